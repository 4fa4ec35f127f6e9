package dummy

import (
	"context"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	modeltest.Run(t, Model{}, modeltest.Opts{
		Equivariant: true,
		XFail:       map[string]string{"quality": "it is the baseline"},
	})
}

// The expected values are counted by hand.
func TestConstants(t *testing.T) {
	for _, c := range []struct {
		name    string
		y       dataset.Target
		weights []float64
		want    []float64
	}{
		{"share of class 1", dataset.Target{Problem: sadi.Binary, Y: []float64{0, 1, 1, 1}, Classes: 2}, nil, []float64{0.75}},
		{"weighted share", dataset.Target{Problem: sadi.Binary, Y: []float64{0, 1}, Classes: 2}, []float64{3, 1}, []float64{0.25}},
		{"shares", dataset.Target{Problem: sadi.Multiclass, Y: []float64{0, 2, 2, 0}, Classes: 4}, []float64{1, 2, 3, 2}, []float64{0.375, 0, 0.625, 0}},
		{"mean", dataset.Target{Problem: sadi.RegressionValue, Y: []float64{1, 2, 6}}, nil, []float64{3}},
		{"weighted mean", dataset.Target{Problem: sadi.RegressionValue, Y: []float64{1, 5}}, []float64{1e300, 1e300}, []float64{3}},
		{"large", dataset.Target{Problem: sadi.RegressionValue, Y: []float64{1e308, 1e308, 1e308}}, nil, []float64{1e308}},
	} {
		x := &dataset.Matrix{Rows: len(c.y.Y)}
		f, err := Model{}.Fit(context.Background(), model.Train{Set: dataset.Set{X: x, Y: c.y, Weights: c.weights}}, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := make([]float64, len(c.want))
		if err := f.Predict(got, &dataset.Matrix{Rows: 1}); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-15*math.Abs(b) }) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
