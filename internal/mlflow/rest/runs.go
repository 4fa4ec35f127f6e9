package rest

import (
	"context"
	"encoding/json"
	"math"
	"net/url"
	"strings"
	"time"

	"sadi"
	"sadi/internal/mlflow"
)

// The codes of MLflow that have a meaning here.
const (
	codeAbsent = "RESOURCE_DOES_NOT_EXIST"
	codeExists = "RESOURCE_ALREADY_EXISTS"
)

// Experiment implements mlflow.Store. Two processes may make the same experiment at once: one of them finds it then.
func (s *Store) Experiment(ctx context.Context, name string) (string, error) {
	id, err := s.experiment(ctx, name)
	if err == nil || !hasCode(err, codeAbsent) {
		return id, err
	}
	var made struct {
		ID string `json:"experiment_id"`
	}
	err = s.post(ctx, "experiments/create", map[string]any{"name": name}, &made)
	if hasCode(err, codeExists) {
		return s.experiment(ctx, name)
	}
	return made.ID, err
}

// experiment finds an experiment; one that was deleted still has its name, and nothing can be logged to it.
func (s *Store) experiment(ctx context.Context, name string) (string, error) {
	var found struct {
		Experiment struct {
			ID    string `json:"experiment_id"`
			Stage string `json:"lifecycle_stage"`
		} `json:"experiment"`
	}
	if err := s.get(ctx, "experiments/get-by-name", url.Values{"experiment_name": {name}}, &found); err != nil {
		return "", notOurs(err)
	}
	e := found.Experiment
	if e.ID == "" {
		return "", &mlflow.Fault{Kind: mlflow.ShutOut, Err: sadi.Errorf(sadi.Unavailable, "%s does not answer as an MLflow server", s.base)}
	}
	if e.Stage == "deleted" {
		return e.ID, s.post(ctx, "experiments/restore", map[string]any{"experiment_id": e.ID}, nil)
	}
	return e.ID, nil
}

// notOurs is the fault of a server that does not even know experiments.
func notOurs(err error) error {
	if mlflow.Unsupported(err) {
		return &mlflow.Fault{Kind: mlflow.ShutOut, Err: err}
	}
	return err
}

type pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func pairs(all []mlflow.Pair) []pair {
	out := make([]pair, len(all))
	for i, p := range all {
		out[i] = pair(p)
	}
	return out
}

// info is what a server tells about a run.
type info struct {
	ID         string `json:"run_id"`
	Experiment string `json:"experiment_id"`
	Artifacts  string `json:"artifact_uri"`
}

func (i info) run() mlflow.Run { return mlflow.Run(i) }

// CreateRun implements mlflow.Store.
func (s *Store) CreateRun(ctx context.Context, r mlflow.NewRun) (mlflow.Run, error) {
	name := mlflow.Cut(strings.ToValidUTF8(r.Name, "\uFFFD"), mlflow.MaxKey)
	tags := append([]mlflow.Pair{{Key: mlflow.KeyTag, Value: r.Key}, {Key: mlflow.TagUser, Value: r.User}, {Key: mlflow.TagRunName, Value: name}}, r.Tags...)
	var first []mlflow.Pair
	more := mlflow.Clean(mlflow.Batch{Tags: tags})
	if len(more) > 0 {
		first, more = more[0].Tags, more[1:]
	}
	var made struct {
		Run struct {
			Info info `json:"info"`
		} `json:"run"`
	}
	err := s.post(ctx, "runs/create", map[string]any{"experiment_id": r.Experiment, "user_id": r.User, "run_name": name,
		"start_time": millis(r.Start), "tags": pairs(first)}, &made)
	if err != nil {
		return mlflow.Run{}, err
	}
	run := made.Run.Info.run()
	for _, b := range more {
		if err := s.logBatch(ctx, run.ID, b); err != nil {
			return run, err
		}
	}
	return run, nil
}

// FindRun implements mlflow.Store.
func (s *Store) FindRun(ctx context.Context, experiment, key string) (mlflow.Run, bool, error) {
	if strings.ContainsAny(key, `'"\`) {
		return mlflow.Run{}, false, sadi.Errorf(sadi.Internal, "%q is no key of a run", key)
	}
	var found struct {
		Runs []struct {
			Info info `json:"info"`
		} `json:"runs"`
	}
	err := s.post(ctx, "runs/search", map[string]any{"experiment_ids": []string{experiment}, "run_view_type": "ACTIVE_ONLY", "max_results": 1,
		"filter": "tags.`" + mlflow.KeyTag + "` = '" + key + "'"}, &found)
	if err != nil || len(found.Runs) == 0 {
		return mlflow.Run{}, false, err
	}
	return found.Runs[0].Info.run(), true, nil
}

// metric is a point as the API has it. Numbers that JSON lacks are words: a bare one would be dropped with an answer of
// 200, and all that follows it.
type metric struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
	Time  int64  `json:"timestamp"`
	Step  int64  `json:"step"`
}

func number(v float64) any {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return v
}

// millis is a moment in the API's form. A server may take 0 for absent.
func millis(t time.Time) int64 { return max(t.UnixMilli(), 1) }

// Log implements mlflow.Store.
func (s *Store) Log(ctx context.Context, run string, b mlflow.Batch) error {
	for _, part := range mlflow.Clean(b) {
		if err := s.logBatch(ctx, run, part); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) logBatch(ctx context.Context, run string, b mlflow.Batch) error {
	metrics := make([]metric, len(b.Metrics))
	for i, m := range b.Metrics {
		metrics[i] = metric{m.Key, number(m.Value), millis(m.Time), m.Step}
	}
	return s.post(ctx, "runs/log-batch", map[string]any{"run_id": run, "metrics": metrics, "params": pairs(b.Params), "tags": pairs(b.Tags)}, nil)
}

// LogInput implements mlflow.Store.
func (s *Store) LogInput(ctx context.Context, run string, in mlflow.Input) error {
	return s.post(ctx, "runs/log-inputs", map[string]any{"run_id": run, "datasets": []any{map[string]any{
		"tags": []pair{{mlflow.TagContext, in.Context}},
		"dataset": map[string]any{"name": in.Name, "digest": mlflow.Cut(in.Digest, mlflow.MaxDigest), "source_type": in.SourceType,
			"source": in.Source, "schema": in.Schema, "profile": in.Profile}}}}, nil)
}

// LogModel implements mlflow.Store.
func (s *Store) LogModel(ctx context.Context, run, model string) error {
	if !json.Valid([]byte(model)) {
		return sadi.Errorf(sadi.Internal, "the description of a model is no JSON")
	}
	return s.post(ctx, "runs/log-model", map[string]any{"run_id": run, "model_json": model}, nil)
}

// End implements mlflow.Store.
func (s *Store) End(ctx context.Context, run string, status mlflow.Status, end time.Time) error {
	body := map[string]any{"run_id": run, "status": string(status)}
	if !end.IsZero() {
		body["end_time"] = millis(end)
	}
	return s.post(ctx, "runs/update", body, nil)
}
