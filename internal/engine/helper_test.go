package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
)

// A fold that another worker computes hears the same forecast as one at home.
func TestAHelperEndsAFitThatWouldHaveTooFewRounds(t *testing.T) {
	path := shop(240).write(t)
	for _, c := range []struct {
		rounds int
		want   error
	}{{5, nil}, {50, engine.ErrTooFewRounds}} {
		synctest.Test(t, func(t *testing.T) {
			var fits atomic.Int32
			fits.Store(3)
			kept := &memory{}
			j := job(t, path, func(j *engine.Job) {
				j.Catalog, j.Folds = small(weary{fits: &fits, long: time.Second}), kept
			})
			h, err := engine.Prepare(t.Context(), j, nil)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			failed, err := h.Fold(t.Context(), engine.FoldTask{Trial: 1, Model: "weary", Seconds: 10, Rounds: c.rounds})
			took := time.Since(began)
			if err != nil || !errors.Is(failed, c.want) {
				t.Fatalf("at least %d rounds: %v, %v; want %v", c.rounds, failed, err, c.want)
			}
			there, _ := kept.Has(t.Context(), engine.FoldName(j.ID, 1, 0))
			if early := took < 8*time.Second; there != (c.want == nil) || early == there {
				t.Errorf("at least %d rounds: after %v, a result is there: %v", c.rounds, took, there)
			}
		})
	}
}

// Folds that would not fit together into the memory of a helper are learned one after the other there too.
func TestAHelperKeepsToTheMemory(t *testing.T) {
	path := shop(240).write(t)
	for memory, want := range map[int64]int32{1 << 30: 1, 4 << 30: 2} {
		synctest.Test(t, func(t *testing.T) {
			var now, most atomic.Int32
			greedy := &hungry{bytes: 600 << 20, odd: odd{name: "greedy", before: func(context.Context, model.Train) error {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Second)
				now.Add(-1)
				return nil
			}}}
			j := job(t, path, func(j *engine.Job) {
				j.Catalog, j.Spec.Params.Memory, j.Spec.Params.Jobs = small(greedy), memory, 1
			})
			h, err := engine.Prepare(t.Context(), j, nil)
			if err != nil {
				t.Fatal(err)
			}
			var slots sync.WaitGroup
			for fold := range 2 {
				slots.Go(func() {
					if failed, err := h.Fold(t.Context(), engine.FoldTask{Trial: 1, Fold: fold, Model: "greedy"}); failed != nil || err != nil {
						t.Error(failed, err)
					}
				})
			}
			slots.Wait()
			if most.Load() != want {
				t.Errorf("%d bytes: %d fits at a time, want %d", memory, most.Load(), want)
			}
		})
	}
}

// What a helper found hopeless is given up, and recorded as a decision of the clock.
func TestWhatAHelperCutsIsGivenUp(t *testing.T) {
	path := shop(240).write(t)
	synctest.Test(t, func(t *testing.T) {
		slow := &odd{name: "slow", before: func(context.Context, model.Train) error { time.Sleep(3 * time.Second); return nil }}
		j := job(t, path, func(j *engine.Job) {
			j.Catalog = small(slow)
			j.Spec.Params.Jobs = 1
			j.Spec.Params.Budget = sadi.Budget{Wall: 60 * time.Second}
		})
		var cut atomic.Int32
		j.Share = func(s *engine.Shared) func() {
			done := make(chan struct{})
			go func() {
				for {
					select {
					case <-done:
						return
					case <-time.After(time.Millisecond):
					}
					task, ok := s.Take()
					switch {
					case !ok:
					case task.Model != "slow":
						s.Back(task)
					default:
						if !s.Wanted(task) {
							t.Error("the fold is not wanted before its trial is given up")
						}
						s.Cut(task)
						if s.Wanted(task) {
							t.Error("the fold is wanted though its trial is given up")
						}
						cut.Add(1)
					}
				}
			}()
			return func() { close(done) }
		}
		m := run(t, j).Manifest
		d := decided(m, manifest.TrialCut)
		if tr := trialOf(t, m, "slow"); cut.Load() != 1 || len(d) != 1 || tr.Status != sadi.TrialCut || tr.Error != d[0].Why {
			t.Errorf("%d folds were cut, the trial is %s: %q; the clock decided %+v", cut.Load(), tr.Status, tr.Error, m.Determined.Clock)
		}
		j.Share = nil
		sameDigest(t, replay(t, j, m).Manifest, m)
	})
}
