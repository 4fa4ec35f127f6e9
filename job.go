package sadi

import "time"

// Job is the record of a job: what was asked, where it stands, and what came of it. A queue keeps it; the API shows it.
type Job struct {
	ID          string `json:"job_id"`
	Spec        Spec   `json:"spec"`
	DatasetHash string `json:"dataset_hash"` // SHA-256 of the file, hex: by this name workers find it
	DatasetName string `json:"dataset_name"` // the file's own name, as it stands in the manifest
	Priority    int    `json:"priority"`     // higher goes first, equal ones in the order they came; 0 = usual

	State     State      `json:"state"`
	Stage     string     `json:"stage,omitempty"` // of a running job: inspect, split, plan, search, …
	Submitted time.Time  `json:"submitted"`
	Started   *time.Time `json:"started,omitempty"` // when a worker first took it
	Finished  *time.Time `json:"finished,omitempty"`
	Progress  Progress   `json:"progress"`

	Worker   string `json:"worker,omitempty"`           // who holds it
	Attempts int    `json:"attempts"`                   // how often it was taken since it last made progress
	Fence    uint64 `json:"fence"`                      // how often it was taken in all; only the newest holder may write
	Stopping bool   `json:"cancel_requested,omitempty"` // its owner asked for its end

	MLflowRunID string `json:"mlflow_run_id,omitempty"` // the run in MLflow that tells of this job
	MLflowURL   string `json:"mlflow_url,omitempty"`    // its page, where a server shows one

	Candidates []TargetCandidate `json:"candidates,omitempty"` // of a job that needs a target
	Error      *Error            `json:"error,omitempty"`      // of a job that failed
	Outcome    *Outcome          `json:"outcome,omitempty"`    // of a job that succeeded
	Artifacts  []Artifact        `json:"artifacts,omitempty"`  // what it left behind, by path
	Pack       string            `json:"pack,omitempty"`       // SHA-256 of the blob that holds them, one after the other
}

// Progress is how far a running job is.
type Progress struct {
	Trials   int      `json:"trials"`                // ended so far
	Planned  int      `json:"planned,omitempty"`     // 0 = as many as the budget allows
	Best     *float64 `json:"best,omitempty"`        // score of the ensemble so far, in the metric as it is shown
	Metric   string   `json:"metric,omitempty"`      // its name
	TimeLeft *float64 `json:"time_left,omitempty"`   // seconds of the budget; absent where no time bounds the job
	Elapsed  float64  `json:"elapsed"`               // seconds of work on it, over all workers that held it in turn
	Leaders  []Leader `json:"leaderboard,omitempty"` // the best trials so far, best first, at most ten
}

// Leader is a line of a leaderboard.
type Leader struct {
	Trial int     `json:"trial"`
	Name  string  `json:"name"`
	Model string  `json:"model"`
	Score float64 `json:"score"`
}

// TargetCandidate is a column that may be the target.
type TargetCandidate struct {
	Column     string  `json:"column"`
	Confidence float64 `json:"confidence"` // 0..1
	Problem    Problem `json:"problem"`
	Why        string  `json:"why"` // one sentence
}

// Artifact is a file that a job left behind.
type Artifact struct {
	Path   string `json:"path"` // below the job's folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Outcome is a finished job in short: the last line of sadi run --json, and the result that the API gives.
type Outcome struct {
	JobID   string             `json:"job_id"`
	Dir     string             `json:"dir"`
	Task    Problem            `json:"task"`
	Target  string             `json:"target"`
	Metric  string             `json:"metric"`
	Score   float64            `json:"score"` // of the judged model on the test rows
	Test    map[string]float64 `json:"test"`  // every metric that has a value there
	Seconds float64            `json:"seconds"`
	Trials  int                `json:"trials"` // that ended with a score
	Digest  string             `json:"digest"`

	MLflowRunID string `json:"mlflow_run_id,omitempty"`
}
