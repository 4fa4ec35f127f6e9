package lgbm

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// On squared error, unit weights and one value a bin, LightGBM and scikit-learn describe the same algorithm (scikit-learn's
// own tests hold it to LightGBM there), so its answers are a reference here too.
func TestAgreesWithScikitLearn(t *testing.T) {
	file, err := os.ReadFile("../histgb/testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name          string
		Problem       sadi.Problem
		Params        map[string]any
		X             [][]*float32
		Y             []float64
		Weights, Pred []float64
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"max_iter": "num_iterations", "max_leaf_nodes": "num_leaves", "max_depth": "max_depth",
		"l2_regularization": "lambda_l2", "min_samples_leaf": "min_data_in_leaf"}
	held := 0
	for _, c := range cases {
		if c.Problem != sadi.RegressionValue || c.Weights != nil || c.Params["loss"] != nil || c.Params["interaction_cst"] != nil {
			continue
		}
		held++
		given := map[string]any{}
		for name, v := range c.Params {
			given[names[name]] = v
		}
		values, err := Regressor{}.Params().Complete(given)
		if err != nil {
			t.Fatal(err)
		}
		x := &dataset.Matrix{Rows: len(c.Y)}
		for j, col := range c.X {
			v := make([]float32, len(col))
			for i, p := range col {
				v[i] = float32(math.NaN())
				if p != nil {
					v[i] = *p
				}
			}
			x.Cols, x.Features = append(x.Cols, v), append(x.Features, dataset.Feature{Name: fmt.Sprint("f", j)})
		}
		set := dataset.Set{X: x, Y: dataset.Target{Problem: c.Problem, Y: c.Y}}
		f, err := Regressor{}.Fit(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, values)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, len(c.Pred))
		if err := f.Predict(got, x); err != nil {
			t.Fatal(err)
		}
		for i, w := range c.Pred {
			if !(math.Abs(got[i]-w) <= 1e-5*max(1, math.Abs(w))) {
				t.Fatalf("%s: prediction %d is %v, want %v", c.Name, i, got[i], w)
			}
		}
	}
	if held < 4 {
		t.Fatalf("only %d cases", held)
	}
}
