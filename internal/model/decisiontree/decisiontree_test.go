package decisiontree

import (
	"testing"

	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	opts := modeltest.Opts{
		Values: map[string]any{"ccp_alpha": 0.01, "max_depth": 3},
	}
	t.Run("classifier", func(t *testing.T) { modeltest.Run(t, Classifier{}, opts) })
	for _, criterion := range []string{"squared_error", "absolute_error"} {
		opts.Values = map[string]any{"ccp_alpha": 0.01, "max_depth": 3, "criterion": criterion}
		t.Run("regressor "+criterion, func(t *testing.T) { modeltest.Run(t, Regressor{}, opts) })
	}
	opts.Values = map[string]any{"splitter": "random", "max_depth": 6, "criterion": "squared_error"}
	opts.XFail = map[string]string{"weights_zero": "thresholds are drawn among the bins, which know nothing of weights"}
	t.Run("random splitter", func(t *testing.T) { modeltest.Run(t, stochastic{}, opts) })
}

// stochastic is a tree with the random splitter, which declares that its seed matters.
type stochastic struct{ Regressor }

func (stochastic) Caps() model.Caps {
	c := Regressor{}.Caps()
	c.Stochastic = true
	return c
}
