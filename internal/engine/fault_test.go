package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/model/decisiontree"
	"sadi/internal/model/dummy"
	"sadi/internal/param"
)

// odd is a decision tree under another name that does something before it learns.
type odd struct {
	decisiontree.Classifier
	name   string
	before func(ctx context.Context, train model.Train) error
}

func (o *odd) Name() string { return o.name }

func (o *odd) Card() model.Card { return model.Card{Title: o.name} }

func (o *odd) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	if err := o.before(ctx, train); err != nil {
		return nil, err
	}
	return o.Classifier.Fit(ctx, train, values)
}

// trialOf is the record of an algorithm's first trial.
func trialOf(t *testing.T, m *manifest.Manifest, name string) manifest.Trial {
	t.Helper()
	for _, tr := range m.Determined.Trials {
		if tr.Model == name {
			return tr
		}
	}
	t.Fatalf("%s was not tried", name)
	return manifest.Trial{}
}

func TestBadTrialsAreRecordedAndTheJobGoesOn(t *testing.T) {
	failing := &odd{name: "failing", before: func(context.Context, model.Train) error { return errors.New("the matrix is singular") }}
	panicking := &odd{name: "panicking", before: func(context.Context, model.Train) error { panic("no such leaf") }}
	late := &odd{name: "late", before: func(_ context.Context, train model.Train) error {
		if train.Stream.Uint64()%2 == 0 { // some of the folds
			return errors.New("not this fold")
		}
		return nil
	}}
	j := job(t, shop(240).write(t), func(j *engine.Job) {
		j.Catalog = small(failing, panicking, late)
		j.Spec.Params.Budget.Trials = 12
	})
	m := run(t, j).Manifest
	for name, cause := range map[string]string{"failing": "the matrix is singular", "panicking": "no such leaf"} {
		if tr := trialOf(t, m, name); tr.Status != sadi.TrialFailed || !strings.Contains(tr.Error, cause) || tr.Score != nil || tr.PredictionsSHA256 != "" {
			t.Errorf("%s: %s, %q, score %v", name, tr.Status, tr.Error, tr.Score)
		}
	}
	good := 0
	for _, tr := range m.Determined.Trials {
		if tr.Status == sadi.TrialOK {
			good++
		}
	}
	if good < 3 || len(m.Determined.Trials) < 6 || m.Status != sadi.Succeeded {
		t.Errorf("%d of %d trials came to an end, the job has %s", good, len(m.Determined.Trials), m.Status)
	}
	for _, member := range m.Determined.Ensemble.Members {
		if m.Determined.Trials[member.Trial].Status != sadi.TrialOK {
			t.Errorf("trial %d is in the ensemble and has no score", member.Trial)
		}
	}
	sameDigest(t, replay(t, j, m).Manifest, m)
}

// broken is a baseline that can not be fitted.
type broken struct{ dummy.Model }

func (broken) Fit(context.Context, model.Train, param.Values) (model.Fitted, error) {
	return nil, errors.New("even the mean overflows")
}

func TestAJobWithoutAnyModelSaysWhy(t *testing.T) {
	j := job(t, shop(120).write(t), func(j *engine.Job) {
		j.Catalog = engine.Catalog{Searcher: small().Searcher, Models: []model.Model{broken{}}}
	})
	_, err := engine.Run(context.Background(), j)
	if sadi.CodeOf(err) != sadi.NoModel || !strings.Contains(err.Error(), "even the mean overflows") {
		t.Errorf("got %v (%s)", err, sadi.CodeOf(err))
	}
	if _, err := os.Stat(filepath.Join(j.Dir, "manifest.json")); err == nil {
		t.Error("a job without a model has left a manifest")
	}
	if _, err := os.Stat(filepath.Join(j.Dir, ".work")); err == nil {
		t.Error("work in progress was left in the folder")
	}
}

// A model that can be judged and then not be fitted again is delivered as it was judged.
func TestARefitThatFailsLeavesTheJudgedModel(t *testing.T) {
	rows := map[int]bool{}
	var mu sync.Mutex
	moody := &odd{name: "moody"}
	moody.before = func(_ context.Context, train model.Train) error {
		mu.Lock()
		defer mu.Unlock()
		if n := len(train.Y.Y); len(rows) > 0 && !rows[n] && n > 180 {
			panic("too many rows")
		}
		rows[len(train.Y.Y)] = true
		return nil
	}
	j := job(t, shop(300).write(t), func(j *engine.Job) {
		j.Catalog = engine.Catalog{Searcher: small().Searcher, Models: []model.Model{dummy.Model{}, moody}}
		j.Spec.Params.Budget.Trials = 2
	})
	m := run(t, j).Manifest
	if d := m.Determined.Delivered; d.Refit || !strings.Contains(d.Why, "could be fitted again") || len(m.Determined.Clock) != 0 {
		t.Errorf("delivered: %+v; the clock decided %+v", d, m.Determined.Clock)
	}
	if !slices.ContainsFunc(m.Observed.Warnings, func(w string) bool { return strings.Contains(w, "too many rows") }) {
		t.Errorf("the cause is not told: %v", m.Observed.Warnings)
	}
}

// stopper ends a context while its trial is being fitted.
func stopper(cancel context.CancelCauseFunc, cause error) *odd {
	return &odd{name: "stopper", before: func(ctx context.Context, _ model.Train) error {
		cancel(cause)
		<-ctx.Done()
		return context.Cause(ctx)
	}}
}

func TestAnInterruptedSearchKeepsTheBestSoFar(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	j := job(t, shop(240).write(t), func(j *engine.Job) {
		j.Catalog = small(stopper(cancel, engine.ErrInterrupted))
		j.Spec.Params.Budget.Trials = 50
		j.Spec.Params.HPO = true
		j.Spec.Params.Jobs = 1
	})
	m := runWith(t, ctx, j).Manifest
	if m.Status != sadi.Succeeded || len(decided(m, manifest.QueueCut)) != 1 || len(decided(m, manifest.TrialCut)) != 1 {
		t.Errorf("the job has %s; the clock decided %+v", m.Status, m.Determined.Clock)
	}
	if tr := trialOf(t, m, "stopper"); tr.Status != sadi.TrialCut || !strings.Contains(tr.Error, "asked to stop") {
		t.Errorf("the trial that was stopped is %s: %q", tr.Status, tr.Error)
	}
	if len(m.Determined.Trials) >= 50 || len(m.Determined.Ensemble.Members) == 0 || m.Determined.Delivered.Refit {
		t.Errorf("%d trials, the ensemble %+v, delivered %+v", len(m.Determined.Trials), m.Determined.Ensemble, m.Determined.Delivered)
	}
	sameDigest(t, replay(t, j, m).Manifest, m)
}

// hesitant is a baseline that waits for the end.
type hesitant struct {
	dummy.Model
	asked func()
}

func (h hesitant) Fit(ctx context.Context, _ model.Train, _ param.Values) (model.Fitted, error) {
	h.asked()
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func TestAnInterruptedSearchWithoutAModelSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	j := job(t, shop(120).write(t), func(j *engine.Job) {
		h := hesitant{asked: func() { cancel(engine.ErrInterrupted) }}
		j.Catalog = engine.Catalog{Searcher: small().Searcher, Models: []model.Model{h}}
		j.Spec.Params.Jobs = 1
	})
	if _, err := engine.Run(ctx, j); sadi.CodeOf(err) != sadi.Interrupted || !strings.Contains(err.Error(), "before it had a model") {
		t.Errorf("got %v (%s)", err, sadi.CodeOf(err))
	}
}

func TestAnyOtherEndAbortsTheJob(t *testing.T) {
	cause := errors.New("the machine goes down")
	ctx, cancel := context.WithCancelCause(context.Background())
	j := job(t, shop(120).write(t), func(j *engine.Job) {
		j.Catalog = small(stopper(cancel, cause))
		j.Spec.Params.Budget.Trials = 50
	})
	if _, err := engine.Run(ctx, j); !errors.Is(err, cause) {
		t.Errorf("got %v, want the cause", err)
	}
	if _, err := os.Stat(filepath.Join(j.Dir, "manifest.json")); err == nil {
		t.Error("an aborted job has left a manifest")
	}
	ended, cancelNow := context.WithCancelCause(context.Background())
	cancelNow(engine.ErrInterrupted)
	if _, err := engine.Run(ended, job(t, j.Path, nil)); !errors.Is(err, engine.ErrInterrupted) || sadi.CodeOf(err) != sadi.Interrupted {
		t.Errorf("interrupted before the search: got %v", err)
	}
}
