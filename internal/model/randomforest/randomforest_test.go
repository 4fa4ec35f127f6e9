package randomforest

import (
	"testing"

	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	opts := modeltest.Opts{
		Values: map[string]any{"n_estimators": 25},
		XFail: map[string]string{
			"weights_double": "the bootstrap draws rows by their place",
			"weights_zero":   "the bootstrap draws rows by their place",
		},
	}
	t.Run("classifier", func(t *testing.T) { modeltest.Run(t, Classifier{}, opts) })
	opts.Values["criterion"] = "squared_error" // not every target is one for poisson
	t.Run("regressor", func(t *testing.T) { modeltest.Run(t, Regressor{}, opts) })
}
