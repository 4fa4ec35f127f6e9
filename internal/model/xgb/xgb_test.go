package xgb

import (
	"bytes"
	"context"
	"maps"
	"math"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/rng"
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

// fitOn fits a regressor on eighty rows of two features.
func fitOn(t *testing.T, given map[string]any, negative bool) (model.Fitted, *dataset.Matrix, error) {
	t.Helper()
	x := &dataset.Matrix{Rows: 80, Features: []dataset.Feature{{Name: "age", Source: "age"}, {Name: "income", Source: "income"}}}
	x.Cols = [][]float32{make([]float32, 80), make([]float32, 80)}
	y := dataset.Target{Problem: sadi.RegressionValue, Y: make([]float64, 80)}
	for i := range 80 {
		x.Cols[0][i], x.Cols[1][i] = float32(i%9), float32(i%7)
		y.Y[i] = math.Abs(float64(i%9)-4) + float64(i%7)
		if negative {
			y.Y[i] -= 3
		}
	}
	values, err := Regressor{}.Params().Complete(given)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Regressor{}.Fit(context.Background(), model.Train{Set: dataset.Set{X: x, Y: y}, Stream: rng.New(1)}, values)
	return f, x, err
}

// A constraint means the same by name and by place, and holds.
func TestConstraintsByName(t *testing.T) {
	var want []byte
	for _, text := range []string{"(1,0)", "age:1", `{"age": 1, "income": 0}`} {
		f, x, err := fitOn(t, map[string]any{"n_estimators": 9, "monotone_constraints": text}, false)
		if err != nil {
			t.Fatal(err)
		}
		var w codec.Writer
		f.Encode(&w)
		if want == nil {
			want = w.Bytes()
		}
		if !bytes.Equal(w.Bytes(), want) {
			t.Errorf("%s gives another model", text)
		}
		p := make([]float64, 80)
		if err := f.Predict(p, x); err != nil {
			t.Fatal(err)
		}
		for i := range p {
			for j := range p {
				if x.Cols[1][i] == x.Cols[1][j] && x.Cols[0][i] < x.Cols[0][j] && p[i] > p[j] {
					t.Fatalf("%s: %v at %v, but %v at %v", text, p[i], x.Cols[0][i], p[j], x.Cols[0][j])
				}
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		given    map[string]any
		negative bool
		code     sadi.Code
		say      string
	}{
		{map[string]any{"monotone_constraints": "agee:1"}, false, sadi.BadUsage, "did you mean age?"},
		{map[string]any{"interaction_constraints": "[[7]]"}, false, sadi.BadUsage, "no feature 7"},
		{map[string]any{"objective": "count:poisson"}, true, sadi.BadData, "poisson needs targets of at least 0"},
		{map[string]any{"objective": "reg:gamma"}, true, sadi.BadData, "gamma needs targets above 0"},
		{map[string]any{"objective": "reg:absoluteerror", "monotone_constraints": "(1)"}, false, sadi.BadUsage, "can not keep them in order"},
	} {
		f, _, err := fitOn(t, c.given, c.negative)
		if f != nil || sadi.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v: got %v, want %s and %q", c.given, err, c.code, c.say)
		}
	}
}
