package trial_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"sadi/internal/model"
	"sadi/internal/model/xgb"
	"sadi/internal/trial"
)

// rounds is an algorithm that asks after each of most rounds whether to go on.
func rounds(most int) fake {
	return fake{iterates: true, fit: func(_ context.Context, train model.Train) (model.Fitted, error) {
		n := 1
		for ; n < most && (train.Proceed == nil || train.Proceed(n)); n++ {
		}
		return &learned{guess{features: len(train.X.Cols), outputs: 1}, n}, nil
	}}
}

func TestProceedStopsAndIsReported(t *testing.T) {
	for _, c := range []struct {
		name    string
		proceed func(int) bool
		rounds  int
		stopped bool
	}{
		{"nobody asks", nil, 30, false},
		{"always", func(int) bool { return true }, 30, false},
		{"seven", func(n int) bool { return n < 7 }, 7, true},
		{"at once", func(int) bool { return false }, 1, true},
	} {
		res := fold(t, binaryJob(t, "accuracy"), trial.Config{Model: rounds(30)}, 0, trial.Control{Proceed: c.proceed})
		if res.Rounds != c.rounds || res.Stopped != c.stopped {
			t.Errorf("%s: %d rounds, stopped %v; want %d, %v", c.name, res.Rounds, res.Stopped, c.rounds, c.stopped)
		}
	}
}

// A booster that was stopped after k rounds is what the same booster is when it is stopped there again, as in a replay.
func TestAStoppedBoosterCanBeRepeated(t *testing.T) {
	c := config(t, xgb.Classifier{}, map[string]any{"n_estimators": 40})
	var asked []int
	stopAt := func(k int) trial.Control {
		return trial.Control{Proceed: func(n int) bool { asked = append(asked, n); return n < k }}
	}
	first := fold(t, mixedJob(t, 2), c, 0, stopAt(9))
	if !first.Stopped || first.Rounds < 1 || first.Rounds > 9 || !slices.IsSorted(asked) {
		t.Fatalf("%d rounds, stopped %v, asked after %v", first.Rounds, first.Stopped, asked)
	}
	again := fold(t, mixedJob(t, 1), c, 0, stopAt(9))
	if !bytes.Equal(first.Model, again.Model) || !slices.Equal(first.Pred, again.Pred) {
		t.Error("a fit stopped at the same round is another model")
	}
	if whole := fold(t, mixedJob(t, 1), c, 0, trial.Control{}); whole.Stopped {
		t.Error("a fit that nobody stopped says that it was stopped")
	}
}

func TestRoundsAreLearnedWithoutStoppingEarly(t *testing.T) {
	c := config(t, xgb.Classifier{}, map[string]any{"n_estimators": 40, "early_stopping_rounds": 2})
	if early := fold(t, mixedJob(t, 1), c, 0, trial.Control{}); early.Rounds >= 40 {
		t.Fatalf("early stopping kept all %d rounds: the data do not test what they should", early.Rounds)
	}
	for _, n := range []int{1, 17, 60} {
		if res := fold(t, mixedJob(t, 1), c, 0, trial.Control{Rounds: n}); res.Rounds != n || res.Stopped {
			t.Errorf("%d rounds were asked for and %d learned, stopped %v", n, res.Rounds, res.Stopped)
		}
	}
}

func TestLearnedIsCalledOnceBetweenLearningAndPredicting(t *testing.T) {
	var order []string
	m := fake{fit: func(_ context.Context, train model.Train) (model.Fitted, error) {
		order = append(order, "fit")
		return &guess{features: len(train.X.Cols), outputs: 1, predict: func([]float64) error {
			order = append(order, "predict")
			return nil
		}}, nil
	}}
	fold(t, binaryJob(t, "accuracy"), trial.Config{Model: m}, 0, trial.Control{Learned: func() { order = append(order, "learned") }})
	if want := []string{"fit", "learned", "predict"}; !slices.Equal(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
}
