package histgb

import (
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/rng"
)

// reference is a case of testdata/reference.json, which reference.py writes with scikit-learn.
type reference struct {
	Name    string
	Problem sadi.Problem
	Params  map[string]any
	X       [][]*float32
	Y       []float64
	Weights []float64
	Pred    []float64
	New     [][]*float32 // rows that were not learned from
	NewPred []float64
}

func matrix(columns [][]*float32) *dataset.Matrix { return modeltest.Matrix(modeltest.Gaps(columns)) }

func TestAgreesWithScikitLearn(t *testing.T) {
	var cases []reference
	modeltest.Read(t, "testdata/reference.json", &cases)
	if len(cases) < 13 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var m model.Model = Classifier{}
			if c.Problem == sadi.RegressionValue {
				m = Regressor{}
			}
			y := dataset.Target{Problem: c.Problem, Y: c.Y, Classes: map[sadi.Problem]int{sadi.Binary: 2, sadi.Multiclass: 3}[c.Problem]}
			train := model.Train{Set: dataset.Set{X: matrix(c.X), Y: y, Weights: c.Weights}, Stream: rng.New(1)}
			f := modeltest.Fit(t, m, train, c.Params)
			agree(t, "prediction", f, train.X, c.Pred)
			if c.New != nil {
				agree(t, "prediction of a new row", f, matrix(c.New), c.NewPred)
			}
		})
	}
}

func agree(t *testing.T, what string, f model.Fitted, x *dataset.Matrix, want []float64) {
	t.Helper()
	got := make([]float64, len(want))
	if err := f.Predict(got, x); err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= 1e-5*max(1, math.Abs(w))) {
			t.Fatalf("%s %d is %v, want %v", what, i, got[i], w)
		}
	}
}
