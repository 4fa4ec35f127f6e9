package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sadi"
	"sadi/internal/service"
)

// Budget is a budget as it was written; it is read where an error can name its place.
type Budget json.RawMessage

// UnmarshalJSON keeps the text.
func (b *Budget) UnmarshalJSON(data []byte) error {
	*b = append((*b)[:0], data...)
	return nil
}

// MarshalJSON gives the text back.
func (b Budget) MarshalJSON() ([]byte, error) { return json.RawMessage(b).MarshalJSON() }

// Schema describes the forms. They stand in an extension, so that the reader of the budget itself judges them: its
// error says more than that no form fits.
func (Budget) Schema(huma.Registry) *huma.Schema {
	one := func(name, text string, kind string) map[string]any {
		return map[string]any{"type": "object", "properties": map[string]any{name: map[string]any{"type": kind, "minimum": 1, "description": text}},
			"required": []string{name}, "additionalProperties": false}
	}
	return &huma.Schema{Description: "What the whole job may take: small (60 s), medium (10 min), large (1 h), a duration such as 90s, a count such as 20trials, {\"seconds\": n} or {\"trials\": n}",
		Examples: []any{"small", map[string]any{"seconds": 90}, map[string]any{"trials": 20}},
		Extensions: map[string]any{"oneOf": []any{
			map[string]any{"type": "string", "examples": []string{"small", "medium", "large", "30s", "20trials"}},
			one("seconds", "wall time of the whole job", "number"), one("trials", "configurations to try", "integer")}}}
}

// RequestParams are the choices within a job.
type RequestParams struct {
	Models   []string `json:"models,omitempty" maxItems:"100" doc:"Algorithms by name or alias; none = all that fit. GET /models lists them" example:"[\"logistic_regression\",\"xgb_classifier\"]"`
	HPO      *bool    `json:"hpo,omitempty" doc:"Tune beyond the starting configurations; absent = true"`
	Budget   Budget   `json:"budget,omitempty"`
	Metric   string   `json:"metric,omitempty" maxLength:"100" doc:"The score to optimise, by scikit-learn's name; absent = roc_auc, neg_log_loss or neg_root_mean_squared_error" example:"roc_auc"`
	Folds    int      `json:"cv_folds,omitempty" minimum:"2" maximum:"50" doc:"Folds of the cross-validation; absent = by the size of the data"`
	TestSize *float64 `json:"test_size,omitempty" minimum:"0" maximum:"0.5" doc:"Fraction of the rows set aside to judge; 0 = judge by cross-validation; absent = by the size of the data"`
	Seed     uint64   `json:"seed,omitempty" doc:"The seed of all chance"`
	Jobs     int      `json:"n_jobs,omitempty" minimum:"1" maximum:"4096" doc:"Worker threads at most; absent = what the workers have"`
	Ignore   []string `json:"ignore,omitempty" maxItems:"10000" doc:"Columns to leave out"`
	Group    string   `json:"group,omitempty" maxLength:"1000" doc:"Column whose equal values never stand on both sides of a split"`
	Time     string   `json:"time,omitempty" maxLength:"1000" doc:"Column by which later rows judge earlier ones"`
	Weight   string   `json:"weight,omitempty" maxLength:"1000" doc:"Column of sample weights"`
	Refit    *bool    `json:"refit,omitempty" doc:"Fit again on all rows after the verdict; absent = true"`
	Memory   int64    `json:"memory,omitempty" minimum:"67108864" doc:"Bytes of memory at most; absent = what the worker has"`

	Experiment string `json:"mlflow_experiment,omitempty" maxLength:"500" doc:"The experiment in MLflow; absent = that of the workers' settings" example:"SADI/auto_ml"`
	RegisterAs string `json:"register_as,omitempty" maxLength:"250" doc:"Register the model in MLflow under this name; absent = do not"`
}

// Request is a request for a job.
type Request struct {
	Input    string         `json:"input_csv_path" minLength:"1" maxLength:"1024" doc:"The file, below the data root; a leading data/ or /data/ names that root. CSV, also .gz and .zst" example:"data/incoming/sample.csv"`
	Target   string         `json:"target,omitempty" maxLength:"1000" doc:"The column to predict; absent = found by itself, or asked for in the state needs_target"`
	Task     string         `json:"task_type,omitempty" enum:"auto,classification,regression" default:"auto" doc:"The kind of problem; auto = by the target"`
	Priority int            `json:"priority,omitempty" minimum:"-100" maximum:"100" doc:"Higher goes first"`
	Params   *RequestParams `json:"params,omitempty"`
}

// Tuning is a request to tune one algorithm.
type Tuning struct {
	Request
	Model string `json:"model" minLength:"1" maxLength:"100" doc:"The algorithm to tune, by name or alias" example:"xgb_classifier"`
}

// Submitted is the answer to a request for a job.
type Submitted struct {
	JobID     string     `json:"job_id" doc:"The name of the job"`
	State     sadi.State `json:"state" enum:"queued,running,needs_target,succeeded,failed,cancelled"`
	StatusURL string     `json:"status_url" doc:"Where its state is read"`
	EventsURL string     `json:"events_url" doc:"Where its events are read as they happen"`
}

type submittedOutput struct {
	Location string `header:"Location" doc:"Where the job's state is read"`
	Replayed string `header:"Idempotent-Replayed" doc:"true when an earlier request had the same key"`
	Body     Submitted
}

// Keyed is a request that may be sent again.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"A name of the request: sent again within a day, it gives the same job"`
}

func (a *API) submitRoutes() {
	register(a, operation{method: http.MethodPost, path: "/submit", tag: "jobs", id: "submit", role: Submit, status: http.StatusAccepted,
		summary: "Submit a job", text: "Queues a job for the workers. Only input_csv_path is needed.",
		errors: []int{400, 408, 409, 413, 415}},
		func(ctx context.Context, in *struct {
			Keyed
			Body Request
		}) (*submittedOutput, error) {
			return a.submit(ctx, in.Body, in.Key)
		})
	register(a, operation{method: http.MethodPost, path: "/hpo/submit", tag: "jobs", id: "submit-hpo", role: Submit, status: http.StatusAccepted,
		summary: "Tune one algorithm", text: "A job that tunes the named algorithm alone: /submit with params.models = [model] and params.hpo = true.",
		errors: []int{400, 408, 409, 413, 415}},
		func(ctx context.Context, in *struct {
			Keyed
			Body Tuning
		}) (*submittedOutput, error) {
			r := in.Body.Request
			p := RequestParams{}
			if r.Params != nil {
				p = *r.Params
			}
			yes := true
			if len(p.Models) > 0 || p.HPO != nil && !*p.HPO {
				return nil, sadi.Errorf(sadi.BadUsage, "the tuning of one algorithm takes no other models and no hpo = false").At("params").
					Advise("leave params.models and params.hpo out, or use /submit")
			}
			p.Models, p.HPO = []string{in.Body.Model}, &yes
			r.Params = &p
			out, err := a.submit(ctx, r, in.Key)
			var e *sadi.Error
			if errors.As(err, &e) && e.Where == "params.models[0]" {
				err = e.At("model")
			}
			return out, err
		})
}

// submit queues a job.
func (a *API) submit(ctx context.Context, r Request, key string) (*submittedOutput, error) {
	spec, err := r.spec()
	if err != nil {
		return nil, err
	}
	j, existed, err := a.service.Submit(ctx, service.Submission{Spec: spec, Priority: r.Priority, Key: key, Owner: requestOf(ctx).label})
	if err != nil {
		return nil, err
	}
	url := Base + "/jobs/" + j.ID
	out := &submittedOutput{Location: url, Body: Submitted{JobID: j.ID, State: j.State, StatusURL: url, EventsURL: url + "/events"}}
	if existed {
		out.Replayed = "true"
	}
	return out, nil
}

// spec is the request in the words of the engine.
func (r Request) spec() (sadi.Spec, error) {
	s := sadi.Spec{Input: r.Input, Target: r.Target, TaskType: sadi.TaskType(r.Task), Params: sadi.Params{HPO: true}}
	p := r.Params
	if p == nil {
		return s, nil
	}
	s.Params = sadi.Params{Models: p.Models, HPO: p.HPO == nil || *p.HPO, Metric: p.Metric, Folds: p.Folds, TestSize: p.TestSize,
		Seed: p.Seed, Jobs: p.Jobs, Ignore: p.Ignore, Group: p.Group, Time: p.Time, Weight: p.Weight, Refit: p.Refit, Memory: p.Memory,
		Experiment: p.Experiment, RegisterAs: p.RegisterAs}
	if len(p.Budget) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(p.Budget, &s.Params.Budget); err != nil {
		var e *sadi.Error
		if !errors.As(err, &e) {
			e = sadi.Errorf(sadi.BadUsage, "the budget is not understood").Advise(`use "small", "medium", "large", {"seconds": n} or {"trials": n}`)
		}
		return s, e.At("params.budget")
	}
	return s, nil
}
