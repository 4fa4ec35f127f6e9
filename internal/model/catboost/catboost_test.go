package catboost

import (
	"testing"

	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	places := map[string]string{
		"weights_double": "rows are ordered and weighed at random by their place",
		"weights_zero":   "rows are ordered and weighed at random by their place",
	}
	plain := modeltest.Opts{Values: map[string]any{"iterations": 20, "one_hot_max_size": 2}, XFail: places}
	ordered := modeltest.Opts{
		Values: map[string]any{"iterations": 20, "learning_rate": 0.2, "boosting_type": "Ordered", "bootstrap_type": "Bernoulli",
			"score_function": "L2", "depth": 4, "one_hot_max_size": 2},
		XFail: places,
	}
	t.Run("classifier", func(t *testing.T) { modeltest.Run(t, Classifier{}, plain) })
	t.Run("regressor", func(t *testing.T) { modeltest.Run(t, Regressor{}, plain) })
	t.Run("ordered classifier", func(t *testing.T) { modeltest.Run(t, Classifier{}, ordered) })
	t.Run("ordered regressor", func(t *testing.T) { modeltest.Run(t, Regressor{}, ordered) })
}
