package trial_test

import (
	"math"
	"slices"
	"testing"

	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/model/logisticregression"
	"sadi/internal/model/xgb"
	"sadi/internal/trial"
)

// The trace of a booster is the mean loss of the validation rows; with as many rounds as it kept, that is the log loss of
// the very predictions that the fold returns.
func TestAFoldTellsHowItLearned(t *testing.T) {
	j := mixedJob(t, 1)
	c := config(t, xgb.Classifier{}, map[string]any{"n_estimators": 40})
	res := fold(t, j, c, 0, trial.Control{})
	at := slices.Index(res.Trace.Rounds, res.Rounds)
	if len(res.Trace.Rounds) != 40 || at < 0 || !slices.IsSorted(res.Trace.Rounds) {
		t.Fatalf("%d rounds kept, traced %v", res.Rounds, res.Trace.Rounds)
	}
	want, k := 0.0, 3
	for i, row := range j.Folds[0].Valid {
		want -= math.Log(res.Pred[i*k+int(j.Target.Y[row])])
	}
	if want /= float64(len(j.Folds[0].Valid)); math.Abs(res.Trace.Losses[at]-want) > 1e-6 {
		t.Errorf("the loss after round %d is %g, want %g", res.Rounds, res.Trace.Losses[at], want)
	}
	if best := slices.Min(res.Trace.Losses); best != res.Trace.Losses[at] {
		t.Errorf("the round that was kept has the loss %g, another one %g", res.Trace.Losses[at], best)
	}
	fitted, err := c.Model.Decode(codec.NewReader(res.Model))
	if err != nil {
		t.Fatal(err)
	}
	if tr := fitted.(model.Traced).Trace(); len(tr.Rounds) != 0 {
		t.Error("the model's bytes hold its trace")
	}
	if res := fold(t, j, config(t, logisticregression.Model{}, nil), 0, trial.Control{}); len(res.Trace.Rounds) != 0 {
		t.Error("an algorithm without a trace has one")
	}
}
