package lgbm

import (
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/rng"
)

// On squared error, unit weights and one value a bin, LightGBM and scikit-learn describe the same algorithm (scikit-learn's
// own tests hold it to LightGBM there), so its answers are a reference here too.
func TestAgreesWithScikitLearn(t *testing.T) {
	var cases []struct {
		Name          string
		Problem       sadi.Problem
		Params        map[string]any
		X             [][]*float32
		Y             []float64
		Weights, Pred []float64
	}
	modeltest.Read(t, "../histgb/testdata/reference.json", &cases)
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
		x := modeltest.Matrix(modeltest.Gaps(c.X))
		set := dataset.Set{X: x, Y: dataset.Target{Problem: c.Problem, Y: c.Y}}
		f := modeltest.Fit(t, Regressor{}, model.Train{Set: set, Stream: rng.New(1)}, given)
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
