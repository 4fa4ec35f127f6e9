package manifest

import "sadi"

// Source says where a configuration comes from.
type Source string

// The sources.
const (
	FromBaseline  Source = "baseline"  // the dummy and linear models that come first
	FromPortfolio Source = "portfolio" // a starting configuration
	FromHPO       Source = "hpo"       // the search
)

// Plan is what was to be tried, before anything was.
type Plan struct {
	// How many trials the search may begin before it hears a result; fixed, so that any number of workers gives the same sequence.
	Lookahead int `json:"lookahead"`
	// The searcher that goes on after the entries; empty = no search.
	Searcher string `json:"searcher,omitempty"`
	// The greatest number of trials; 0 = only the clock ends the search.
	MaxTrials int `json:"max_trials,omitempty"`
	// The configurations known beforehand, in order.
	Entries []Entry `json:"entries"`
	// What was given up to stay within memory or time, one sentence each.
	Degraded []string `json:"degraded,omitempty"`
}

// Entry is one planned trial.
type Entry struct {
	// Its number, from 0.
	Index int `json:"index"`
	// A name for people, unique within the job.
	Name string `json:"name"`
	// The algorithm.
	Model string `json:"model"`
	// The values that are not the algorithm's defaults.
	Params map[string]any `json:"params"`
	// Where the configuration comes from.
	Source Source `json:"source"`
}

// Trial is the record of one configuration on all folds.
type Trial struct {
	// Its number, from 0, in ask order.
	Index int `json:"index"`
	// The algorithm.
	Model string `json:"model"`
	// A name for people, unique within the job.
	Name string `json:"name"`
	// Where the configuration comes from.
	Source Source `json:"source"`
	// Every parameter with its value.
	Params map[string]any `json:"params"`
	// How it ended.
	Status sadi.TrialState `json:"status"`
	// Why it failed, was cut or skipped; empty when it did not.
	Error string `json:"error,omitempty"`
	// The score on each fold that was finished, in units of the metric.
	FoldScores []float64 `json:"fold_scores,omitempty"`
	// The score on all out-of-fold predictions, in units of the metric; absent without one.
	Score *float64 `json:"score,omitempty"`
	// The rounds kept on each fold, for algorithms that learn in rounds.
	Rounds []int `json:"rounds,omitempty"`
	// The path of the random stream from which the trial drew.
	StreamPath string `json:"stream_path"`
	// The SHA-256 of the out-of-fold predictions, row-major, each as 8 bytes little-endian (IEEE 754).
	PredictionsSHA256 string `json:"predictions_sha256,omitempty"`
}

// Kind names a decision of the clock.
type Kind string

// The kinds of decision.
const (
	QueueCut        Kind = "queue_cut"        // no trial from number Value on was begun
	TrialSkipped    Kind = "trial_skipped"    // one trial was not begun, since it would not fit into the memory; later ones were
	TrialCut        Kind = "trial_cut"        // a trial was stopped before it had a score; Value folds were finished
	RoundsStopped   Kind = "rounds_stopped"   // a fit was stopped after Value rounds and kept
	RefitSkipped    Kind = "refit_skipped"    // only Value members, the weightiest first, were fitted again on all rows
	EnsembleStopped Kind = "ensemble_stopped" // the greedy selection ended after Value steps
	ExplainReduced  Kind = "explain_reduced"  // importances were taken on Value rows or repeats
	ShapleySkipped  Kind = "shapley_skipped"  // the contributions of the features were left out
	ExportSkipped   Kind = "export_skipped"   // an exported form was left out
	FoldsReduced    Kind = "folds_reduced"    // memory allowed Value folds only; 1 = one hold-out
	RowsReduced     Kind = "rows_reduced"     // memory allowed Value rows to learn from only
)

// Decision is one thing that the clock, the memory of the machine or a person who asked the job to stop decided.
type Decision struct {
	// What was decided.
	Kind Kind `json:"kind"`
	// The trial it is about; absent = none.
	Trial *int `json:"trial,omitempty"`
	// The fold it is about; absent = all.
	Fold *int `json:"fold,omitempty"`
	// The count that the decision set: of trials, rounds, steps, as the kind says.
	Value int `json:"value"`
	// One sentence: the reason. It names no time, which would differ in a replay.
	Why string `json:"why"`
}

// Ensemble is the weighted mean of trials.
type Ensemble struct {
	// The trials with a weight above 0, by number.
	Members []Member `json:"members"`
	// The score on the out-of-fold predictions, in units of the metric.
	Score float64 `json:"score"`
	// The number of the trial chosen at each step of the greedy selection.
	Path []int `json:"path"`
}

// Member is one trial in the ensemble.
type Member struct {
	// The number of the trial.
	Trial int `json:"trial"`
	// Its weight; all weights add up to 1.
	Weight float64 `json:"weight"`
}
