package decisiontree

import (
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/model/tree"
	"sadi/internal/rng"
)

func TestAgreesWithScikitLearn(t *testing.T) {
	var cases []struct {
		Name       string
		Problem    sadi.Problem
		Params     map[string]any
		X, Fresh   [][]float32
		Y, Weights []float64
		Pred       []float64
		Nodes      int
		Importance []float64
		Root       [2]float64
	}
	modeltest.Read(t, "testdata/reference.json", &cases)
	if len(cases) < 25 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var m model.Model = Classifier{}
			y := dataset.Target{Problem: c.Problem, Y: c.Y}
			switch c.Problem {
			case sadi.Binary:
				y.Classes = 2
			case sadi.Multiclass:
				y.Classes = 4
			default:
				m = Regressor{}
			}
			train := model.Train{Set: dataset.Set{X: modeltest.Matrix(c.X), Y: y, Weights: c.Weights}, Stream: rng.New(1)}
			f := modeltest.Fit(t, m, train, c.Params)
			s := f.(*tree.Single)
			root := s.Trees[0].Nodes[0]
			if root.Feature != int32(c.Root[0]) || math.Abs(float64(root.Threshold)-c.Root[1]) > 1e-4 {
				t.Errorf("the root asks feature %d < %v, want %v", root.Feature, root.Threshold, c.Root)
			}
			if got := len(s.Trees[0].Nodes); got != c.Nodes {
				t.Errorf("got %d nodes, want %d", got, c.Nodes)
			}
			for j, got := range s.Importance() {
				if math.Abs(got-c.Importance[j]) > 1e-6 {
					t.Errorf("the importance of feature %d is %v, want %v", j, got, c.Importance[j])
				}
			}
			got := make([]float64, len(c.Pred))
			if err := f.Predict(got, modeltest.Matrix(c.Fresh)); err != nil {
				t.Fatal(err)
			}
			tolerance := 1e-6
			if c.Problem == sadi.RegressionValue {
				tolerance = 2e-7 * max(250, slices.Max(c.Y)) // leaves are float32
			}
			for i, want := range c.Pred {
				if !(math.Abs(got[i]-want) <= tolerance) {
					t.Fatalf("prediction %d is %v, want %v", i, got[i], want)
				}
			}
		})
	}
}
