package manifest

import "sadi"

// Request is the request as it was made, for a file that lies at path now.
func (s Spec) Request(path string) sadi.Spec {
	refit := s.Refit
	return sadi.Spec{Input: path, Target: s.Target, TaskType: s.TaskType, Params: sadi.Params{
		Models: s.Models, HPO: s.HPO, Budget: s.Budget, Metric: s.Metric, Folds: s.Folds, TestSize: s.TestSize,
		Seed: uint64(s.Seed), Ignore: s.Ignore, Group: s.Group, Time: s.Time, Weight: s.Weight, Refit: &refit}}
}

// SpecOf is the part of a request that can change a result; input is the name of the file without its folder.
func SpecOf(r sadi.Spec, input string) Spec {
	p := r.Params
	return Spec{Input: input, Target: r.Target, TaskType: r.TaskType, Models: p.Models, HPO: p.HPO, Budget: p.Budget,
		Metric: p.Metric, Folds: p.Folds, TestSize: p.TestSize, Seed: Seed(p.Seed), Ignore: p.Ignore, Group: p.Group,
		Time: p.Time, Weight: p.Weight, Refit: p.Refit == nil || *p.Refit}
}
