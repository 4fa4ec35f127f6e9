package manifest

import "time"

// Observed is what is different in another run of the same job. Nothing here enters the digest.
type Observed struct {
	// When the job began, in UTC.
	Started Time `json:"started"`
	// When its work ended, in UTC.
	Finished Time `json:"finished"`
	// How long the job took, in seconds.
	Seconds float64 `json:"seconds"`
	// The revision of the source that the program was built from; empty = not known. A mark says when it was changed.
	Revision string `json:"revision,omitempty"`
	// The name of the machine.
	Host string `json:"host"`
	// The operating system and the processor that the program was compiled for.
	OS string `json:"os"`
	// The level of that processor (GOAMD64, GOARM64, …); empty = the default.
	Level string `json:"level,omitempty"`
	// The processors of the machine.
	CPUs int `json:"cpus"`
	// The worker goroutines.
	Jobs int `json:"jobs"`
	// The bytes of memory that the job might use.
	MemoryLimit int64 `json:"memory_limit"`
	// The most memory that the process held, in bytes; 0 = not known.
	PeakMemory int64 `json:"peak_memory"`
	// The input file as it was given.
	Input string `json:"input"`
	// How long each trial took, in seconds, by number.
	TrialSeconds []float64 `json:"trial_seconds"`
	// How long each stage took, in order.
	Stages []Stage `json:"stages"`
	// What went wrong without harm to the result, one sentence each.
	Warnings []string `json:"warnings,omitempty"`
	// Where the job is tracked; absent = nowhere.
	MLflow *MLflow `json:"mlflow,omitempty"`
	// The files of the folder whose bytes hold times or other observed things.
	Artifacts []File `json:"artifacts"`
}

// Stage is one stage of the job.
type Stage struct {
	// The name of the stage.
	Name string `json:"name"`
	// How long it took, in seconds.
	Seconds float64 `json:"seconds"`
}

// MLflow says where the job is tracked.
type MLflow struct {
	// The address of the tracking server or the folder of the file store.
	TrackingURI string `json:"tracking_uri"`
	// The name of the experiment.
	Experiment string `json:"experiment,omitempty"`
	// The experiment; empty = the server has not been reached yet.
	ExperimentID string `json:"experiment_id"`
	// The run; empty = the server has not been reached yet.
	RunID string `json:"run_id"`
	// The page of the run, where a server shows one.
	Link string `json:"link,omitempty"`
	// How many events of the job had not been delivered when this was written; sadi mlflow status tells how it is now.
	Pending int `json:"pending,omitempty"`
	// Why not, in one sentence.
	Error string `json:"error,omitempty"`
}

// Time is a moment, written in UTC to the millisecond (RFC 3339).
type Time struct{ time.Time }

const timeLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the moment.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.UTC().Format(timeLayout) + `"`), nil
}
