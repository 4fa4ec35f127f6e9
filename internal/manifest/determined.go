package manifest

import (
	"encoding/json"

	"sadi"
	"sadi/internal/table"
)

// Determined is what must come out the same when the job is run again: from the same bytes, with the same request,
// seed and program, and with the decisions of the clock taken from Clock.
type Determined struct {
	// What was asked for.
	Spec Spec `json:"spec"`
	// What ran.
	Program Program `json:"program"`
	// What was read.
	Dataset Dataset `json:"dataset"`
	// What is predicted, and how that was found.
	Target Target `json:"target"`
	// What a person should know about the data, the most severe first.
	Guardrails []Guardrail `json:"guardrails"`
	// The columns that the models see.
	Features []string `json:"features"`
	// The columns that no model sees.
	Dropped []Dropped `json:"dropped"`
	// Which rows fitted, validated and judged.
	Split Split `json:"split"`
	// The score that the search maximised or minimised.
	Metric Metric `json:"metric"`
	// What was to be tried, in order.
	Plan Plan `json:"plan"`
	// What was tried, in order.
	Trials []Trial `json:"trials"`
	// Every decision that a clock made, in order; a replay takes them from here.
	Clock []Decision `json:"clock"`
	// How the trials were combined; null when nothing was.
	Ensemble *Ensemble `json:"ensemble"`
	// Which model the folder holds.
	Delivered Delivered `json:"delivered"`
	// The verdict on the rows that were set aside, as docs/FORMATS/report.md has it; null when none were.
	Test json.RawMessage `json:"test"`
	// How much each feature matters to the delivered model, the greatest first.
	Importances []Importance `json:"importances"`
	// What each feature adds to one member of the ensemble; absent when no member is made of trees, or there was no time.
	Contributions *Contributions `json:"contributions,omitempty"`
	// The files of the folder whose bytes follow from the data and the request.
	Artifacts []File `json:"artifacts"`
	// The modules of the program; dependencies.txt has the same list.
	Dependencies []Module `json:"dependencies"`
}

// Spec is the request as far as it can change a result: where the file lay, how many threads worked and how much
// memory there was stand in Observed.
type Spec struct {
	// The name of the input file, without its folder.
	Input string `json:"input"`
	// The target column that was asked for; empty = detect it.
	Target string `json:"target,omitempty"`
	// The task that was asked for.
	TaskType sadi.TaskType `json:"task_type"`
	// The algorithms that were asked for; empty = the whole portfolio.
	Models []string `json:"models,omitempty"`
	// Whether to tune beyond the starting configurations.
	HPO bool `json:"hpo"`
	// What the whole job may take: a name, {"seconds": n} or {"trials": n}.
	Budget sadi.Budget `json:"budget"`
	// The scorer that was asked for; empty = the default of the problem.
	Metric string `json:"metric,omitempty"`
	// The number of folds that was asked for; 0 = by the size of the data.
	Folds int `json:"cv_folds,omitempty"`
	// The fraction to set aside that was asked for; absent = by the size of the data, 0 = none.
	TestSize *float64 `json:"test_size,omitempty"`
	// The seed of all chance; a text when it is above 2^53, which a JSON number can not carry.
	Seed Seed `json:"seed"`
	// The columns to leave out.
	Ignore []string `json:"ignore,omitempty"`
	// The column whose equal values never stand on both sides of a split.
	Group string `json:"group,omitempty"`
	// The column by which later rows judge earlier ones.
	Time string `json:"time,omitempty"`
	// The column of sample weights.
	Weight string `json:"weight,omitempty"`
	// Whether to fit again on all rows after the verdict.
	Refit bool `json:"refit"`
}

// Program is what ran. Another Go release may compile a sum differently, so it is part of what is determined; the
// processor is not: the same program gives the same bits on each.
type Program struct {
	// The version of SADI.
	Version string `json:"version"`
	// The Go release that compiled it.
	GoVersion string `json:"go_version"`
	// The SHA-256 of dependencies.txt.
	DependenciesSHA256 string `json:"dependencies_sha256"`
}

// Dataset is the input file and how it was read.
type Dataset struct {
	// The name of the file, without its folder.
	Name string `json:"name"`
	// Its size in bytes, as it lies on the disk.
	Bytes int64 `json:"bytes"`
	// The SHA-256 of its bytes, as they lie on the disk.
	SHA256 string `json:"sha256"`
	// The number of rows, without a header.
	Rows int `json:"rows"`
	// The number of columns.
	Columns int `json:"columns"`
	// How the file was understood: encoding, delimiter, decimal sign, and so on, each with its reason.
	Dialect []Finding `json:"dialect"`
	// What had to be mended to read it.
	Repairs []Repair `json:"repairs"`
	// Every column with its type and the reason for it.
	Schema table.Schema `json:"schema"`
}

// Finding is one thing that was found out about the form of the file.
type Finding struct {
	// What was found out: encoding, delimiter, header, …
	What string `json:"what"`
	// What it is.
	Value string `json:"value"`
	// One sentence: the reason.
	Why string `json:"why,omitempty"`
}

// Repair is one thing that was mended while reading.
type Repair struct {
	// The kind of repair.
	Code string `json:"code"`
	// One sentence: what was wrong and what was made of it.
	Text string `json:"text"`
	// How often it happened.
	Count int `json:"count"`
	// Where it happened first: a row, a column.
	Where string `json:"where,omitempty"`
}

// Target is what is predicted.
type Target struct {
	// The name of the column.
	Column string `json:"column"`
	// What kind of problem it is.
	Problem sadi.Problem `json:"problem"`
	// The classes in the order of their index; empty for a regression.
	Labels []string `json:"labels,omitempty"`
	// One sentence: why this column and this problem.
	Why string `json:"why"`
	// How sure the detection was, from 0 to 1; 1 when the target was given.
	Confidence float64 `json:"confidence"`
	// Whether the target was found by the program; false = it was given.
	Found bool `json:"found"`
	// The number of rows without a target, which nothing was learned from.
	RowsDropped int `json:"rows_dropped"`
}

// Severity says how much a guardrail matters.
type Severity string

// The severities.
const (
	Info     Severity = "info"     // good to know
	Warning  Severity = "warning"  // may spoil the result
	Critical Severity = "critical" // the result should not be trusted before someone has looked
)

// Guardrail is one thing about the data that a person should know.
type Guardrail struct {
	// The kind of guardrail.
	Code string `json:"code"`
	// How much it matters.
	Severity Severity `json:"severity"`
	// The column it is about; empty = the whole table.
	Column string `json:"column,omitempty"`
	// One sentence: what was seen.
	Text string `json:"text"`
	// What to do about it.
	Advice string `json:"advice,omitempty"`
}

// Dropped is a column that no model sees.
type Dropped struct {
	// The name of the column.
	Column string `json:"column"`
	// One sentence: the reason.
	Reason string `json:"reason"`
}

// Split says which rows fitted, validated and judged. A row set's hash is the SHA-256 of its ascending row numbers,
// each as 8 bytes little-endian.
type Split struct {
	// How rows were divided: stratified, shuffled, grouped, by time.
	Kind string `json:"kind"`
	// One sentence: why so.
	Why string `json:"why"`
	// The fraction of the rows set aside to judge.
	TestSize float64 `json:"test_size"`
	// The number of rows set aside to judge.
	TestRows int `json:"test_rows"`
	// The hash of the rows set aside; empty = none were.
	TestHash string `json:"test_hash,omitempty"`
	// The number of rows to learn from.
	TrainRows int `json:"train_rows"`
	// The hash of the rows to learn from.
	TrainHash string `json:"train_hash"`
	// The number of folds; 1 = one hold-out.
	Folds int `json:"folds"`
	// The hash of the validation rows of each fold.
	FoldHashes []string `json:"fold_hashes"`
}

// Metric is the score that decided.
type Metric struct {
	// Its name, as in scikit-learn.
	Name string `json:"name"`
	// Whether more of it is better; an error is better when it is less.
	GreaterIsBetter bool `json:"greater_is_better"`
	// The value of a perfect model.
	Optimum float64 `json:"optimum"`
	// One sentence: why this one.
	Why string `json:"why,omitempty"`
}

// Delivered says which model the folder holds and which one the test rows judged.
type Delivered struct {
	// What it is: the ensemble or one algorithm.
	Model string `json:"model"`
	// One sentence: which model the test rows judged, and what it had been fitted on.
	Judged string `json:"judged"`
	// One sentence: which rows the delivered model was fitted on.
	Rows string `json:"rows"`
	// Whether the delivered model was fitted again on all rows after the verdict.
	Refit bool `json:"refit"`
	// One sentence: why it was or was not fitted again.
	Why string `json:"why,omitempty"`
}

// Importance says how much a feature matters: by how much the score falls when the feature's values are shuffled.
type Importance struct {
	// The column.
	Feature string `json:"feature"`
	// The mean fall of the score over the shuffles, in units of the metric.
	Mean float64 `json:"mean"`
	// The standard deviation over the shuffles.
	Std float64 `json:"std"`
}

// Contributions says how much each feature adds to what a member of the ensemble, made of trees, answers: exact Shapley
// values by the distribution of the training rows, taken over the member's fold models and rows that were set aside.
type Contributions struct {
	// The number of the member's trial: of the members that are made of trees, the one with the best score.
	Trial int `json:"trial"`
	// What the contributions add up to: "margin", before the link (log-odds for classes), or "prediction".
	Scale string `json:"scale"`
	// The count of rows.
	Rows int `json:"rows"`
	// The features, the greatest first.
	Features []Contribution `json:"features"`
}

// The scales of contributions.
const (
	OnMargin     = "margin"
	OnPrediction = "prediction"
)

// Contribution is what a feature adds.
type Contribution struct {
	// The column.
	Feature string `json:"feature"`
	// The mean absolute contribution, over rows, outputs and fold models; what is made of one column is added up first.
	Mean float64 `json:"mean"`
}

// Module is one Go module of the program.
type Module struct {
	// The path of the module.
	Path string `json:"path"`
	// Its version.
	Version string `json:"version"`
	// Its checksum, as in go.sum; empty for the main module.
	Sum string `json:"sum,omitempty"`
}
