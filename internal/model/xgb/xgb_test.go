package xgb

import (
	"testing"

	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	plain := modeltest.Opts{
		Values: map[string]any{"n_estimators": 20},
		XFail:  map[string]string{"seed": "without sampling nothing is random"},
	}
	sampled := modeltest.Opts{
		Values: map[string]any{"n_estimators": 20, "subsample": 0.8, "colsample_bytree": 0.8, "grow_policy": "lossguide", "max_leaves": 12},
		XFail: map[string]string{
			"weights_double": "rows are sampled by their place",
			"weights_zero":   "rows are sampled by their place",
		},
	}
	t.Run("classifier", func(t *testing.T) { modeltest.Run(t, Classifier{}, plain) })
	t.Run("regressor", func(t *testing.T) { modeltest.Run(t, Regressor{}, plain) })
	t.Run("sampled classifier", func(t *testing.T) { modeltest.Run(t, Classifier{}, sampled) })
	t.Run("sampled regressor", func(t *testing.T) { modeltest.Run(t, Regressor{}, sampled) })
}
