package decisiontree

import (
	"testing"

	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	opts := modeltest.Opts{
		Values: map[string]any{"ccp_alpha": 0.01, "max_depth": 3},
	}
	t.Run("classifier", func(t *testing.T) { modeltest.Run(t, Classifier{}, opts) })
	t.Run("regressor", func(t *testing.T) { modeltest.Run(t, Regressor{}, opts) })
}
