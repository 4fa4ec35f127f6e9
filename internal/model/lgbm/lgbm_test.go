package lgbm

import (
	"maps"
	"testing"

	"sadi"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	estimated := map[string]string{
		"weights_double": "a leaf's rows are estimated from what they weigh",
		"weights_zero":   "a leaf's rows are estimated from what they weigh",
	}
	seedless := maps.Clone(estimated)
	seedless["seed"] = "without sampling nothing is random"
	both := []model.Model{Classifier{}, Regressor{}}
	for _, c := range []struct {
		name   string
		values map[string]any
		xfail  map[string]string
		models []model.Model
	}{
		{"plain", nil, seedless, both},
		{"bagging", map[string]any{"bagging_fraction": 0.8, "bagging_freq": 2, "feature_fraction": 0.8, "path_smooth": 2.0}, estimated, both},
		{"goss", map[string]any{"boosting": "goss"}, estimated, both[:1]},
		{"dart", map[string]any{"boosting": "dart", "drop_rate": 0.3}, estimated, both[1:]},
	} {
		for _, m := range c.models {
			values := map[string]any{"n_estimators": 25, "min_data_in_leaf": 5}
			maps.Copy(values, c.values)
			if m.Name() == (Regressor{}).Name() {
				values["objective"] = "regression"
			}
			t.Run(c.name+" "+m.Name(), func(t *testing.T) { modeltest.Run(t, m, modeltest.Opts{Values: values, XFail: c.xfail}) })
		}
	}
}

func TestQuantileIsBelowOne(t *testing.T) {
	values, err := Regressor{}.Params().Complete(map[string]any{"objective": "quantile", "alpha": 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lossOf(values); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("a quantile of 2: got %v", err)
	}
}
