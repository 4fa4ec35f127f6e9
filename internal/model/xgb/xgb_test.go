package xgb

import (
	"maps"
	"testing"

	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	seedless := map[string]string{"seed": "without sampling nothing is random"}
	placed := map[string]string{
		"weights_double": "rows are sampled by their place",
		"weights_zero":   "rows are sampled by their place",
	}
	constrained := map[string]string{"one_column": "more constraints than columns are an error"}
	maps.Copy(constrained, seedless)
	for _, c := range []struct {
		name   string
		values map[string]any
		xfail  map[string]string
	}{
		{"plain", nil, seedless},
		{"sampled", map[string]any{"subsample": 0.8, "colsample_bytree": 0.8, "grow_policy": "lossguide", "max_leaves": 12}, placed},
		{"constrained", map[string]any{"monotone_constraints": "(1,-1)", "interaction_constraints": "[[0,1],[0,2,3]]"}, constrained},
	} {
		for objective, m := range map[string]model.Model{"auto": Classifier{}, "reg:squarederror": Regressor{}} {
			values := map[string]any{"n_estimators": 20, "objective": objective}
			maps.Copy(values, c.values)
			t.Run(c.name+" "+m.Name(), func(t *testing.T) {
				modeltest.Run(t, m, modeltest.Opts{Values: values, XFail: c.xfail})
			})
		}
	}
	t.Run("absolute", func(t *testing.T) {
		modeltest.Run(t, Regressor{}, modeltest.Opts{Values: map[string]any{"n_estimators": 20, "objective": "reg:absoluteerror"}, XFail: seedless})
	})
	t.Run("dart", func(t *testing.T) {
		modeltest.Run(t, Regressor{}, modeltest.Opts{Values: map[string]any{"n_estimators": 20, "objective": "reg:squarederror", "booster": "dart",
			"rate_drop": 0.2, "skip_drop": 0.3}})
	})
}
