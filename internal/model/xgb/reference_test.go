package xgb

import (
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/model/tree"
	"sadi/internal/rng"
)

// reference is a case of testdata/reference.json, which reference.py writes with XGBoost.
type reference struct {
	Name    string
	Problem sadi.Problem
	Method  string
	Params  map[string]any
	X       [][]*float32
	Y       []float64
	Weights []float64
	Pred    []float64
	Trees   []any
}

func (r *reference) train() model.Train {
	x := modeltest.Matrix(modeltest.Gaps(r.X))
	y := dataset.Target{Problem: r.Problem, Y: r.Y}
	switch r.Problem {
	case sadi.Binary:
		y.Classes = 2
	case sadi.Multiclass:
		y.Classes = 3
	}
	return model.Train{Set: dataset.Set{X: x, Y: y, Weights: r.Weights}, Stream: rng.New(1)}
}

func TestAgreesWithXGBoost(t *testing.T) {
	var cases []reference
	modeltest.Read(t, "testdata/reference.json", &cases)
	if len(cases) < 25 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var m model.Model = Classifier{}
			if c.Problem == sadi.RegressionValue {
				m = Regressor{}
			}
			train := c.train()
			f := modeltest.Fit(t, m, train, c.Params)
			b := f.(*tree.Booster)
			if len(b.Trees) != len(c.Trees) {
				t.Fatalf("got %d trees, want %d", len(b.Trees), len(c.Trees))
			}
			for k := range b.Trees {
				sameTree(t, fmt.Sprint("tree ", k), &b.Trees[k], 0, c.Trees[k].([]any), c.Method)
			}
			got := modeltest.Predict(t, f, train.X)
			for i, want := range c.Pred {
				if !(math.Abs(got[i]-want) <= 1e-5*max(1, math.Abs(want))) {
					t.Fatalf("prediction %d is %v, want %v", i, got[i], want)
				}
			}
		})
	}
}

// sameTree compares a subtree with nested lists [leaf] or [feature, threshold, left, right]. XGBoost's thresholds on
// histograms are ends of bins rather than middles between values, so there they are not compared, nor are leaves where
// XGBoost keeps the trees' weights apart.
func sameTree(t *testing.T, at string, tr *tree.Tree, n int32, want []any, method string) {
	t.Helper()
	nd := &tr.Nodes[n]
	if len(want) == 1 {
		leaf := want[0].(float64)
		if nd.Feature >= 0 {
			t.Fatalf("%s: got a split on feature %d, want the leaf %v", at, nd.Feature, leaf)
		}
		if got := float64(tr.Values[nd.Left]); method != "dart" && math.Abs(got-leaf) > 1e-5*max(1, math.Abs(leaf)) {
			t.Fatalf("%s: got the leaf %v, want %v", at, got, leaf)
		}
		return
	}
	if feature := int32(want[0].(float64)); nd.Feature != feature {
		t.Fatalf("%s: got feature %d, want %d", at, nd.Feature, feature)
	}
	// Where only missing values go right, XGBoost writes a number above all others and we write infinity.
	if threshold := want[1].(float64); method == "exact" && !math.IsInf(float64(nd.Threshold), 1) && math.Abs(float64(nd.Threshold)-threshold) > 1e-5 {
		t.Fatalf("%s: got the threshold %v, want %v", at, nd.Threshold, threshold)
	}
	sameTree(t, at+" left", tr, nd.Left, want[2].([]any), method)
	sameTree(t, at+" right", tr, nd.Left+1, want[3].([]any), method)
}
