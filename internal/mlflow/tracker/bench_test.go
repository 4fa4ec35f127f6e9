package tracker

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/manifest/manifesttest"
	"sadi/internal/mlflow"
	"sadi/internal/mlflow/mlflowtest"
	"sadi/internal/mlflow/rest"
)

// bench is a tracker with its store, for tests.
type bench struct {
	t     *testing.T
	dir   string // of the spools
	store mlflow.Store
	*Tracker

	mu    sync.Mutex
	notes []string
	told  []string
	waits []time.Duration // asked for
}

// opened makes a tracker. Pauses last as long as they take the double to come back: they are cut to a millisecond.
func opened(t *testing.T, dir string, store mlflow.Store) *bench {
	b := &bench{t: t, dir: dir, store: store}
	b.Tracker = New(Options{Dir: dir, Open: func(string) (mlflow.Store, error) { return store, nil },
		Note: func(_, text string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.notes = append(b.notes, text)
		},
		Told: func(_ string, at *manifest.MLflow) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.told = append(b.told, at.RunID)
		},
		wait: func(ctx context.Context, d time.Duration) {
			b.mu.Lock()
			b.waits = append(b.waits, d)
			b.mu.Unlock()
			pause(ctx, time.Millisecond)
		}})
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		b.Close(ctx)
	})
	return b
}

func connect(t *testing.T, url string) mlflow.Store {
	t.Helper()
	s, err := rest.New(rest.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func job() Job {
	refit := true
	return Job{ID: "20260102-030405-churn-00", Name: "churn.csv", Dataset: "churn.csv", Hash: manifesttest.Hash(1), Input: "/data/churn.csv", Target: "somewhere",
		Spec:       sadi.Spec{Target: "churn", TaskType: sadi.Auto, Params: sadi.Params{Models: []string{"a", "b"}, HPO: true, Refit: &refit, RegisterAs: "churn"}},
		Experiment: "SADI/auto_ml", User: "ana", Start: start}
}

// play is what the engine tells about a job of n trials; the third one fails.
func play(r sadi.Observer, n int) {
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Second) }
	r.Observe(sadi.Event{Time: at(0), Kind: sadi.EventStage, Stage: "inspect"})
	r.Observe(sadi.Event{Time: at(0), Kind: sadi.EventFacts, Data: sadi.Facts{Target: "churn", Problem: sadi.Binary, Rows: 7043, Features: 20, TestRows: 1409, Folds: 2, Metric: "roc_auc", GreaterIsBetter: true}})
	r.Observe(sadi.Event{Time: at(0), Kind: sadi.EventPlan, Data: manifest.Plan{}})
	for i := range n {
		tr := manifest.Trial{Index: i, Model: "xgb", Name: fmt.Sprintf("xgb #%d", i), Source: manifest.FromPortfolio, Params: map[string]any{"max_depth": 6, "eta": 0.1, "policy": "depthwise"},
			Status: sadi.TrialOK, FoldScores: []float64{0.7}, Score: new(0.75 + float64(i)/1000), StreamPath: "model/xgb"}
		l := sadi.Learned{Trial: i, Seconds: 0.5, Folds: []sadi.FoldLearned{{Score: 0.7, Rounds: 3, Curve: []sadi.CurvePoint{{Round: 1, Loss: 0.6}, {Round: 2, Loss: 0.5}}}, {Score: math.NaN()}}}
		if i == 2 {
			tr.Status, tr.Error, tr.Score, tr.FoldScores, l.Folds = sadi.TrialFailed, "the matrix is singular", nil, nil, nil
		}
		r.Observe(sadi.Event{Time: at(i), Kind: sadi.EventLearned, Data: l})
		r.Observe(sadi.Event{Time: at(i), Kind: sadi.EventTrial, Data: tr})
		r.Observe(sadi.Event{Time: at(i), Kind: sadi.EventBest, Data: 0.75 + float64(i)/1000})
	}
}

// finished is the folder of a job that has ended; its record has six trials.
func finished(t *testing.T) (string, *manifest.Manifest) {
	t.Helper()
	dir, m := manifesttest.Finished(t, sadi.Binary)
	for name, text := range map[string]string{"model/model.sadi": "SADI", "report.html": "<p>"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, m
}

// settle waits for the end of a delivery.
func settle(t *testing.T, r *Run) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r.await(ctx, true)
	if ctx.Err() != nil {
		t.Fatalf("the delivery does not end: %s", r.fault)
	}
}

// check holds what a store has of the job to what was played: n trials, and those that the record has beyond them.
func check(t *testing.T, read mlflowtest.Reader, runs []string, m *manifest.Manifest, n int) {
	t.Helper()
	byKey := map[string]mlflowtest.State{}
	parent := ""
	for _, id := range runs {
		s := read.Run(t, id)
		key := s.Tags[mlflow.KeyTag]
		if _, twice := byKey[key]; twice {
			t.Errorf("%s is there twice", key)
		}
		byKey[key] = s
		if key == job().ID {
			parent = id
		}
	}
	p, ok := byKey[job().ID]
	if !ok {
		t.Fatalf("the job has no run among %d", len(runs))
	}
	if p.Status != "FINISHED" || p.Experiment != "SADI/auto_ml" || p.Name != "churn.csv" || p.Start != start.UnixMilli() || p.End == 0 {
		t.Errorf("the job's run: %s in %s, %s, %d to %d", p.Status, p.Experiment, p.Name, p.Start, p.End)
	}
	for key, want := range map[string]string{"target": "churn", "problem": "binary", "metric": "roc_auc", "rows": "7043", "folds": "2", "task_type": "auto", "models": "a, b", "budget": "small"} {
		if p.Params[key] != want {
			t.Errorf("the parameter %s is %q, want %q", key, p.Params[key], want)
		}
	}
	for key, want := range map[string]string{"sadi.job_id": job().ID, "sadi.dataset_hash": manifesttest.Hash(1), "sadi.target": "churn", "sadi.task": "binary",
		"sadi.version": sadi.Version, "sadi.digest": m.Digest, "mlflow.source.type": "LOCAL", "mlflow.source.name": "sadi", "mlflow.user": "ana", "sadi.state": "succeeded"} {
		if p.Tags[key] != want {
			t.Errorf("the tag %s is %q, want %q", key, p.Tags[key], want)
		}
	}
	best := p.Metrics["best_score"]
	if len(best) != n || best[n-1].Step != int64(n) || best[n-1].Value != 0.75+float64(n-1)/1000 {
		t.Errorf("the best score: %v", best)
	}
	if v := p.Metrics["roc_auc"]; len(v) != 1 || v[0].Value != m.Determined.Ensemble.Score {
		t.Errorf("the score: %v", v)
	}
	for i := range n {
		s, ok := byKey[fmt.Sprintf("%s/%d", job().ID, i)]
		if !ok {
			t.Errorf("trial %d has no run", i)
			continue
		}
		want := "FINISHED"
		if i == 2 {
			want = "FAILED"
		}
		if s.Status != want || s.Tags[mlflow.TagParent] != parent || s.Params["max_depth"] != "6" || s.Params["eta"] != "0.1" || s.Params["policy"] != "depthwise" || s.Params["model"] != "xgb" {
			t.Errorf("trial %d: %+v", i, s)
		}
		if end := start.Add(time.Duration(i) * time.Second).UnixMilli(); s.End != end || s.Start != end-500 {
			t.Errorf("trial %d: from %d to %d", i, s.Start, s.End)
		}
		if i == 2 {
			if s.Tags["sadi.error"] != "the matrix is singular" {
				t.Errorf("trial 2: %v", s.Tags)
			}
			continue
		}
		folds, curve := s.Metrics["fold_roc_auc"], s.Metrics["valid_loss/fold_0"]
		if len(folds) != 2 || folds[0].Value != 0.7 || !math.IsNaN(folds[1].Value) || len(curve) != 2 || curve[1].Value != 0.5 || curve[1].Step != 2 || s.Metrics["roc_auc"][0].Value != 0.75+float64(i)/1000 {
			t.Errorf("trial %d: %v, %v, %v", i, folds, curve, s.Metrics["roc_auc"])
		}
	}
	for _, tr := range m.Determined.Trials {
		_, ok := byKey[fmt.Sprintf("%s/%d", job().ID, tr.Index)]
		if want := tr.Index < n || tr.Status != sadi.TrialSkipped; ok != want {
			t.Errorf("trial %d, which is %s: %v", tr.Index, tr.Status, ok)
		}
	}
}

// checkRest holds the store to the rest, which not every server has.
func checkRest(t *testing.T, read mlflowtest.Reader, runs []string, dir string) {
	t.Helper()
	p := read.Run(t, runs[0])
	for _, id := range runs {
		if s := read.Run(t, id); s.Tags[mlflow.KeyTag] == job().ID {
			p = s
		}
	}
	for _, name := range []string{"manifest.json", "model/model.sadi", "report.html", "dependencies.txt"} {
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if p.Artifacts[name] != string(want) {
			t.Errorf("%s has %d bytes, want %d", name, len(p.Artifacts[name]), len(want))
		}
	}
	if len(p.Inputs) != 1 || p.Inputs[0].Name != "churn.csv" || p.Inputs[0].Digest != manifesttest.Hash(1)[:36] || p.Inputs[0].Context != "training" ||
		!strings.Contains(p.Inputs[0].Schema, `{"type":"string","name":"contract","required":true}`) || !strings.Contains(p.Inputs[0].Source, "/data/churn.csv") {
		t.Errorf("inputs: %+v", p.Inputs)
	}
	v := read.Versions(t, "churn")
	if len(v) != 1 || v[0].Tags["sadi.job_id"] == "" || !strings.HasSuffix(v[0].Source, "/artifacts/model") || p.Tags["sadi.registered_model"] != "churn/1" {
		t.Errorf("versions: %+v, %q", v, p.Tags["sadi.registered_model"])
	}
}

func (b *bench) begin(j Job) *Run {
	b.t.Helper()
	r, err := b.Begin(j)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bench) nothingWaits() {
	b.t.Helper()
	left, err := List(b.dir, "")
	if err != nil || len(left) != 0 {
		b.t.Errorf("%+v, %v", left, err)
	}
}
