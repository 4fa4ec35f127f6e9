package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/model/xgb"
	"sadi/internal/param"
)

// The folds of a trial take four seconds each: after the first, the time does not suffice for the other four.
func TestATrialWhoseFoldsTakeTooLongIsGivenUp(t *testing.T) {
	path := shop(240).write(t)
	synctest.Test(t, func(t *testing.T) {
		var fits atomic.Int32
		long := &odd{name: "long", before: func(context.Context, model.Train) error {
			fits.Add(1)
			time.Sleep(4 * time.Second)
			return nil
		}}
		j := job(t, path, func(j *engine.Job) {
			j.Catalog = small(long)
			j.Spec.Params.Folds, j.Spec.Params.Jobs = 5, 1
			j.Spec.Params.Budget = sadi.Budget{Wall: 12 * time.Second}
		})
		began := time.Now()
		m := run(t, j).Manifest
		took := time.Since(began)
		d := decided(m, manifest.TrialCut)
		if len(d) != 1 || d[0].Value != 1 || fits.Load() != 1 {
			t.Fatalf("%d folds were fitted, the clock decided %+v", fits.Load(), m.Determined.Clock)
		}
		tr := trialOf(t, m, "long")
		if tr.Status != sadi.TrialCut || tr.Error != d[0].Why || *d[0].Trial != tr.Index {
			t.Errorf("the trial is %s: %q", tr.Status, tr.Error)
		}
		if len(decided(m, manifest.QueueCut)) != 0 || took > 5*time.Second {
			t.Errorf("the job took %v and decided %+v", took, m.Determined.Clock)
		}
		sameDigest(t, replay(t, j, m).Manifest, m)
	})
}

// weary is a booster of which each fit after the first few takes its time over every round.
type weary struct {
	xgb.Classifier
	fits *atomic.Int32
	long time.Duration
}

func (weary) Name() string { return "weary" }

func (w weary) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	pause := time.Millisecond
	if w.fits.Add(1) > 3 {
		pause = w.long
	}
	ask := train.Proceed
	train.Proceed = func(rounds int) bool {
		time.Sleep(pause)
		return ask == nil || ask(rounds)
	}
	return w.Classifier.Fit(ctx, train, values)
}

// A booster that would be stopped after a tenth of the usual rounds or fewer is given up after the first ones.
func TestABoosterThatWouldHaveFewRoundsIsGivenUp(t *testing.T) {
	path := shop(240).write(t)
	for _, long := range []time.Duration{time.Second, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			var fits atomic.Int32
			j := job(t, path, func(j *engine.Job) {
				j.Catalog = small(weary{fits: &fits, long: long})
				j.Spec.Params.HPO, j.Spec.Params.Models, j.Spec.Params.Jobs = true, []string{"weary"}, 1
				no := false
				j.Spec.Params.Refit = &no
				j.Spec.Params.Budget = sadi.Budget{Wall: 10 * time.Second}
			})
			m := run(t, j).Manifest
			var first *manifest.Trial
			for i, tr := range m.Determined.Trials {
				if tr.Model != "weary" {
					continue
				}
				if first == nil {
					first = &m.Determined.Trials[i]
					if first.Status != sadi.TrialOK || first.Rounds[0] < 20 {
						t.Fatalf("the first trial is %s with %v rounds", first.Status, first.Rounds)
					}
				} else if tr.Status != sadi.TrialCut {
					t.Errorf("trial %d is %s with %v rounds", tr.Index, tr.Status, tr.Rounds)
				}
			}
			if cut := decided(m, manifest.TrialCut); len(cut) == 0 || cut[0].Value != 0 || len(decided(m, manifest.RoundsStopped)) != 0 {
				t.Errorf("the clock decided %+v", m.Determined.Clock)
			}
			fits.Store(-1 << 20)
			sameDigest(t, replay(t, j, m).Manifest, m)
		})
	}
}

// Without a bound on time no forecast ends anything, however long it takes.
func TestWithABudgetOfTrialsNothingIsGivenUp(t *testing.T) {
	path := shop(240).write(t)
	synctest.Test(t, func(t *testing.T) {
		var fits atomic.Int32
		long := &odd{name: "long", before: func(context.Context, model.Train) error { time.Sleep(time.Hour); return nil }}
		j := job(t, path, func(j *engine.Job) {
			j.Catalog = small(long, weary{fits: &fits, long: time.Hour})
			j.Spec.Params.HPO = true
			j.Spec.Params.Budget.Trials = 8
		})
		m := run(t, j).Manifest
		if len(m.Determined.Clock) != 0 {
			t.Errorf("the clock decided %+v", m.Determined.Clock)
		}
	})
}
