package histgb

import (
	"maps"
	"testing"

	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	counted := map[string]string{
		"weights_double": "rows are counted whatever they weigh",
		"weights_zero":   "rows are counted whatever they weigh",
	}
	small := map[string]any{"max_iter": 20, "min_samples_leaf": 5}
	for _, m := range []model.Model{Classifier{}, Regressor{}} {
		values := maps.Clone(small)
		if m.Name() == (Regressor{}).Name() {
			values["loss"] = "squared_error"
		}
		t.Run(m.Name(), func(t *testing.T) { modeltest.Run(t, m, modeltest.Opts{Values: values, XFail: counted}) })
	}
	absolute := maps.Clone(small)
	absolute["loss"] = "absolute_error"
	t.Run("absolute", func(t *testing.T) { modeltest.Run(t, Regressor{}, modeltest.Opts{Values: absolute, XFail: counted}) })
}
