// Package mlflow is the contract of a store of runs in MLflow's sense (experiments, runs, metrics, artifacts, registered
// models) and the rules for names and values that every such store holds to. A tracking server and a folder are its two
// kinds.
package mlflow

import (
	"context"
	"time"
)

// DefaultExperiment is where jobs are logged when nobody names another one.
const DefaultExperiment = "SADI/auto_ml"

// KeyTag is the tag that holds a run's Key, by which FindRun finds it.
const KeyTag = "sadi.run"

// The tags that MLflow itself gives a meaning.
const (
	TagParent     = "mlflow.parentRunId"
	TagRunName    = "mlflow.runName"
	TagUser       = "mlflow.user"
	TagSourceName = "mlflow.source.name"
	TagSourceType = "mlflow.source.type"
	TagCommit     = "mlflow.source.git.commit"
	TagNote       = "mlflow.note.content"
	TagContext    = "mlflow.data.context" // of a data set
)

// Status is where a run stands.
type Status string

// The states of a run.
const (
	Running   Status = "RUNNING"
	Scheduled Status = "SCHEDULED"
	Finished  Status = "FINISHED"
	Failed    Status = "FAILED"
	Killed    Status = "KILLED"
)

// Metric is one point of a metric.
type Metric struct {
	Key   string
	Value float64 // NaN and the infinities are values, too
	Time  time.Time
	Step  int64
}

// Pair is a parameter or a tag.
type Pair struct{ Key, Value string }

// Batch is what is logged to a run at once. It may be of any size.
type Batch struct {
	Metrics []Metric
	Params  []Pair
	Tags    []Pair
}

// Input is a data set that a run learned from.
type Input struct {
	Name       string
	Digest     string // at most 36 characters
	SourceType string // local, http, …
	Source     string // JSON, such as {"uri": "/data/iris.csv"}
	Schema     string // JSON
	Profile    string // JSON
	Context    string // training, …
}

// NewRun is a run to be made.
type NewRun struct {
	Experiment string // its id
	Key        string // unique in the experiment: made twice, it is to be the same run
	Name       string // for people
	User       string
	Start      time.Time
	Tags       []Pair
}

// Run is a run as its store knows it.
type Run struct {
	ID         string `json:"id"`
	Experiment string `json:"experiment"` // its id
	Artifacts  string `json:"artifacts"`  // the address below which its artifacts lie
}

// Version is a model version to be registered.
type Version struct {
	Model       string // the name in the registry; the entry is made if need be
	Source      string // the address of the model's folder
	Run         string // the id of the run it came from
	Description string
	Tags        []Pair
}

// Store keeps runs. Calls may be repeated: what a store already has is not an error and is not there twice. Only
// CreateRun on a server can be in doubt after a failure; FindRun tells then. Errors are classified by Temporary,
// Unsupported and Refused; any other error is about the very call.
type Store interface {
	// Experiment returns the id of an experiment, which is made if it is not there and restored if it was deleted.
	Experiment(ctx context.Context, name string) (id string, err error)
	// CreateRun makes a run that is RUNNING.
	CreateRun(ctx context.Context, r NewRun) (Run, error)
	// FindRun finds a run by its Key.
	FindRun(ctx context.Context, experiment, key string) (r Run, found bool, err error)
	// Log adds to a run. Keys and values that no store takes are made legal (Clean).
	Log(ctx context.Context, run string, b Batch) error
	// LogInput says what a run learned from.
	LogInput(ctx context.Context, run string, in Input) error
	// LogModel says that a folder of the run's artifacts is a model; info is JSON.
	LogModel(ctx context.Context, run string, info string) error
	// End moves a run to a status; end is when it ended, zero while it goes on.
	End(ctx context.Context, run string, s Status, end time.Time) error
	// Put makes the file an artifact of the run under a relative path with slashes.
	Put(ctx context.Context, run Run, path, file string) error
	// Register adds a version to the model registry and returns its number. A version of the same run and source that
	// is there already is that version.
	Register(ctx context.Context, v Version) (number string, err error)
	// Link is the page of a run for people, "" where there is none.
	Link(run Run) string
}
