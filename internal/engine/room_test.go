package engine_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/param"
)

// hungry says that it takes much memory.
type hungry struct {
	odd
	bytes int64
}

func (h *hungry) Need(model.Shape, param.Values) model.Need { return model.Need{Memory: h.bytes} }

func TestATrialThatWouldNotFitIntoTheMemoryIsSkipped(t *testing.T) {
	var fits atomic.Int32
	whale := &hungry{bytes: 2 << 30, odd: odd{name: "whale", before: func(context.Context, model.Train) error {
		fits.Add(1)
		return nil
	}}}
	j := job(t, shop(240).write(t), func(j *engine.Job) {
		j.Catalog = small(whale)
		j.Spec.Params.Memory, j.Spec.Params.Budget.Trials = 1<<30, 12
	})
	m := run(t, j).Manifest
	tr := trialOf(t, m, "whale")
	d := decided(m, manifest.TrialSkipped)
	if fits.Load() != 0 || tr.Status != sadi.TrialSkipped || len(d) == 0 || tr.Error != d[0].Why || *d[0].Trial != tr.Index {
		t.Errorf("%d fits, the trial is %s: %q; the clock decided %+v", fits.Load(), tr.Status, tr.Error, m.Determined.Clock)
	}
	if !strings.Contains(strings.Join(m.Observed.Warnings, "\n"), "whale is left out: learning takes about 2048 MB") {
		t.Errorf("the warnings are %q", m.Observed.Warnings)
	}
	sameDigest(t, replay(t, j, m).Manifest, m) // which has no bound
	j.Dir, j.Spec.Params.Memory = t.TempDir()+"/more", 4<<30
	if tr := trialOf(t, run(t, j).Manifest, "whale"); tr.Status != sadi.TrialOK {
		t.Errorf("with enough memory the trial is %s", tr.Status)
	}
}

// Two folds that would not fit together are learned one after the other, in the search and in the refit.
func TestFitsThatWouldNotFitTogetherWait(t *testing.T) {
	path := shop(240).write(t)
	for _, c := range []struct {
		memory int64
		most   int32
	}{{1 << 30, 1}, {0, 2}} {
		synctest.Test(t, func(t *testing.T) {
			var now, most atomic.Int32
			greedy := &hungry{bytes: 600 << 20, odd: odd{name: "greedy", before: func(context.Context, model.Train) error {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Second)
				now.Add(-1)
				return nil
			}}}
			j := job(t, path, func(j *engine.Job) {
				j.Catalog = small(greedy)
				j.Spec.Params.Models = []string{"greedy"}
				j.Spec.Params.Memory = c.memory
			})
			m := run(t, j).Manifest
			if most.Load() != c.most || len(m.Determined.Clock) != 0 || trialOf(t, m, "greedy").Status != sadi.TrialOK {
				t.Errorf("%d bytes: %d fits at a time, want %d; the clock decided %+v", c.memory, most.Load(), c.most, m.Determined.Clock)
			}
		})
	}
}
