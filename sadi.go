// Package sadi holds the vocabulary of SADI AutoML: what a person asks for (Spec), what a job is and becomes
// (State, Event), the kinds of problem, and the error codes. It has no behaviour beyond validation and imports the
// standard library only, so that every other package can speak in its terms.
package sadi

// Version is the version of this program; it is written into every manifest and every model.
const Version = "0.1.0"

// BasePath is what the paths of all routes of the API begin with.
const BasePath = "/unified/v1/wpa/auto-ml"

// TaskType is what the user asks for; the list is open for later tasks (forecasting, clustering, …).
type TaskType string

// The task types that can be asked for.
const (
	Auto           TaskType = "auto"
	Classification TaskType = "classification"
	Regression     TaskType = "regression"
)

// Problem is what a task type turns out to be once the target has been seen.
type Problem string

// The problems that can be solved.
const (
	Binary          Problem = "binary"
	Multiclass      Problem = "multiclass"
	RegressionValue Problem = "regression"
)

// IsClassification reports whether the problem has classes.
func (p Problem) IsClassification() bool { return p == Binary || p == Multiclass }

// State is where a job stands; docs/STATES.md has the legal moves.
type State string

// The job states; the texts are part of the API and never change.
const (
	Queued      State = "queued"
	Running     State = "running"
	NeedsTarget State = "needs_target"
	Succeeded   State = "succeeded"
	Failed      State = "failed"
	Cancelled   State = "cancelled"
)

// Final reports whether no further move leaves the state.
func (s State) Final() bool { return s == Succeeded || s == Failed || s == Cancelled }
