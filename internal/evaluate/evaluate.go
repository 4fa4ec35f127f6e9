// Package evaluate is the judge: what a model is worth on rows that it has not seen, how sure that is, and whether it
// beats a constant answer.
package evaluate

import (
	"context"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// Input is what is to be judged.
type Input struct {
	Data     metric.Data // truth and predictions of the model
	Baseline metric.Data // the same rows with the predictions of a constant answer; Pred nil = no comparison
	Labels   []string    // of the classes, by index; nil for regression
	Scorer   metric.Scorer
	Stream   rng.Stream
	Pool     *par.Pool

	// Resamples of the bootstrap; 0 = 500, or fewer for many rows (see Bootstrap).
	Resamples int

	most int // replaces mostRows in tests
}

// Judge measures. Equal inputs give equal reports, whatever the pool.
func Judge(ctx context.Context, in Input) (*Report, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	model, err := metric.Prepare(in.Data)
	if err != nil {
		return nil, err
	}
	r := &Report{Problem: in.Data.Problem, Rows: len(in.Data.Y), Weighted: in.Data.Weights != nil, Metric: in.Scorer.Name}
	scorers := reported(in.Scorer, in.Data.Problem)
	var baseline *metric.Prepared
	if in.Baseline.Pred != nil {
		if baseline, err = metric.Prepare(in.baseline()); err != nil {
			return nil, err
		}
	}
	s, err := in.resample(ctx, scorers, model, baseline)
	if err != nil {
		return nil, err
	}
	r.Bootstrap = s.facts
	view := model.View()
	for i, scorer := range scorers {
		r.Metrics = append(r.Metrics, s.metric(i, scorer, view))
	}
	if baseline != nil {
		r.Baseline = s.compare(in, model, baseline)
	}
	r.Verdict = verdict(in, r)
	if in.Data.Problem.IsClassification() {
		r.Classification = classify(in, model)
	} else {
		r.Regression = residuals(in.Data, model)
	}
	return r, nil
}

// baseline is the given baseline on the rows and weights of the model.
func (in Input) baseline() metric.Data {
	d := in.Data
	d.Pred = in.Baseline.Pred
	return d
}

func (in Input) check() error {
	d := in.Data
	switch {
	case len(d.Y) == 0:
		return sadi.Errorf(sadi.BadData, "there are no rows to judge the model on")
	case !in.Scorer.Fits(d.Problem):
		return sadi.Errorf(sadi.Internal, "the scorer %q can not judge a %s problem", in.Scorer.Name, d.Problem)
	case len(in.Labels) != d.Classes:
		return sadi.Errorf(sadi.Internal, "%d labels for %d classes", len(in.Labels), d.Classes)
	case in.Resamples < 0:
		return sadi.Errorf(sadi.Internal, "%d resamples", in.Resamples)
	}
	return nil
}

// reported are the scorers of a report: the one that decided, then the others that say something of their own.
func reported(chosen metric.Scorer, p sadi.Problem) []metric.Scorer {
	out := []metric.Scorer{chosen}
	for _, s := range metric.For(p) {
		if s.Name != chosen.Name && !s.RedundantIn(p) {
			out = append(out, s)
		}
	}
	return out
}
