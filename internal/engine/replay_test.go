package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/model/xgb"
	"sadi/internal/param"
)

// slow is a booster that takes its time over every round.
type slow struct{ xgb.Classifier }

func (slow) Name() string { return "slow" }

func (s slow) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	ask := train.Proceed
	train.Proceed = func(rounds int) bool {
		time.Sleep(5 * time.Millisecond)
		return ask == nil || ask(rounds)
	}
	return s.Classifier.Fit(ctx, train, values)
}

func TestAJobThatTheClockEndedCanBeRepeated(t *testing.T) {
	j := job(t, shop(240).write(t), func(j *engine.Job) {
		j.Catalog = small(slow{})
		j.Spec.Params.HPO = true
		j.Spec.Params.Models = []string{"slow"}
		j.Spec.Params.Budget = sadi.Budget{Wall: time.Second}
	})
	m := run(t, j).Manifest
	stopped := len(decided(m, manifest.RoundsStopped)) + len(decided(m, manifest.TrialCut))
	if stopped == 0 || len(decided(m, manifest.QueueCut)) != 1 {
		t.Errorf("the clock decided %+v", m.Determined.Clock)
	}
	for _, d := range m.Determined.Clock {
		if d.Why == "" || strings.ContainsAny(d.Why, "0123456789") {
			t.Errorf("%s: %q is no reason, or one that another run does not repeat", d.Kind, d.Why)
		}
	}
	sameDigest(t, replay(t, j, m).Manifest, m)
}

func TestLittleMemoryGivesUpFoldsAndThenRows(t *testing.T) {
	path := shop(240).write(t) // 192 rows to learn from, 3 features; the table itself takes 15360 bytes
	for _, c := range []struct {
		limit int64
		kind  manifest.Kind
		value int
		folds int
	}{
		{1 << 30, "", 0, 5},
		{15360 + 60_000, manifest.FoldsReduced, 1, 1}, // 5 prepared folds would take 69,120 of at most 30,000
		{15360 + 12_000, manifest.RowsReduced, 83, 1},
	} {
		j := job(t, path, func(j *engine.Job) {
			j.Spec.Params.Folds = 0
			j.Spec.Params.Memory = c.limit
		})
		m := run(t, j).Manifest
		s := m.Determined.Split
		if c.kind == "" {
			if len(m.Determined.Clock) != 0 || s.Folds != c.folds || len(m.Determined.Plan.Degraded) != 0 {
				t.Errorf("enough memory: %+v, %d folds, %v", m.Determined.Clock, s.Folds, m.Determined.Plan.Degraded)
			}
			continue
		}
		d := decided(m, c.kind)
		if len(d) != 1 || d[0].Value != c.value || s.Folds != c.folds || len(m.Determined.Plan.Degraded) == 0 {
			t.Errorf("%d bytes: the clock decided %+v, %d folds, %v", c.limit, m.Determined.Clock, s.Folds, m.Determined.Plan.Degraded)
		}
		if c.kind == manifest.RowsReduced && (s.TrainRows != c.value || m.Determined.Delivered.Refit) {
			t.Errorf("%d rows teach, delivered %+v", s.TrainRows, m.Determined.Delivered)
		}
		if len(m.Observed.Warnings) == 0 {
			t.Error("nobody was told what was given up")
		}
		sameDigest(t, replay(t, j, m).Manifest, m)
	}
}

func TestWithoutTestRowsCrossValidationJudges(t *testing.T) {
	none := 0.0
	j := job(t, shop(240).write(t), func(j *engine.Job) { j.Spec.Params.TestSize = &none })
	res := run(t, j)
	m := res.Manifest
	s := m.Determined.Split
	if s.TestRows != 0 || s.TestHash != "" || s.TrainRows != 240 || m.Determined.Delivered.Refit {
		t.Errorf("split %+v, delivered %+v", s, m.Determined.Delivered)
	}
	if _, err := os.Stat(filepath.Join(j.Dir, "predictions", "test.parquet")); err == nil {
		t.Error("there are predictions of test rows")
	}
	if score := res.TestScore(); !(score > 0.8) || !strings.Contains(m.Determined.Delivered.Judged, "out-of-fold") {
		t.Errorf("the score is %v; judged: %s", score, m.Determined.Delivered.Judged)
	}
	sameDigest(t, replay(t, j, m).Manifest, m)
}

func TestAReplayWantsTheSameFile(t *testing.T) {
	c := shop(120)
	j := job(t, c.write(t), nil)
	m := run(t, j).Manifest
	c.rows[7][0] = "0.5"
	j.Path, j.Dir = c.write(t), filepath.Join(t.TempDir(), "again")
	j.Replay, j.Expect = &m.Determined.Clock, m.DatasetHash
	if _, err := engine.Run(context.Background(), j); sadi.CodeOf(err) != sadi.BadData || !strings.Contains(err.Error(), m.DatasetHash) {
		t.Errorf("got %v", err)
	}
}

func TestAFinishedFolderIsNotWrittenAgain(t *testing.T) {
	j := job(t, shop(120).write(t), nil)
	run(t, j)
	before, err := os.ReadFile(filepath.Join(j.Dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Run(context.Background(), j); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("got %v", err)
	}
	if after, err := os.ReadFile(filepath.Join(j.Dir, "manifest.json")); err != nil || string(after) != string(before) {
		t.Errorf("the manifest has changed (%v)", err)
	}
}
