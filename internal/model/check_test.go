package model

import (
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
)

func good() Train {
	x := func() *dataset.Matrix {
		return &dataset.Matrix{Rows: 3, Features: make([]dataset.Feature, 2), Cols: [][]float32{{1, 2, 3}, {4, 5, 6}}}
	}
	y := dataset.Target{Problem: sadi.Multiclass, Y: []float64{0, 2, 1}, Classes: 3}
	return Train{Set: dataset.Set{X: x(), Y: y, Weights: []float64{0, 1, 2}}, Valid: &dataset.Set{X: x(), Y: y}}
}

func TestCheckTrain(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name   string
		change func(*Train)
		in     dataset.Input
		want   sadi.Code
	}{
		{"good", func(*Train) {}, dataset.Dense, ""},
		{"no weights, no rows to stop by", func(t *Train) { t.Weights, t.Valid = nil, nil }, dataset.Dense, ""},
		{"missing in trees", func(t *Train) { t.X.Cols[0][1] = float32(nan) }, dataset.Trees, ""},
		{"missing in encoded", func(t *Train) { t.X.Cols[0][1] = float32(nan) }, dataset.Encoded, ""},
		{"missing in dense", func(t *Train) { t.X.Cols[0][1] = float32(nan) }, dataset.Dense, sadi.Internal},
		{"infinite in trees", func(t *Train) { t.X.Cols[1][2] = float32(-inf) }, dataset.Trees, sadi.Internal},
		{"no rows", func(t *Train) { t.X = &dataset.Matrix{} }, dataset.Dense, sadi.BadData},
		{"short column", func(t *Train) { t.X.Cols[1] = t.X.Cols[1][:2] }, dataset.Dense, sadi.Internal},
		{"undeclared column", func(t *Train) { t.X.Features = t.X.Features[:1] }, dataset.Dense, sadi.Internal},
		{"short target", func(t *Train) { t.Y.Y = t.Y.Y[:2] }, dataset.Dense, sadi.Internal},
		{"short weights", func(t *Train) { t.Weights = t.Weights[:2] }, dataset.Dense, sadi.Internal},
		{"target not finite", func(t *Train) { t.Y.Y = []float64{0, inf, 1} }, dataset.Dense, sadi.BadData},
		{"class too large", func(t *Train) { t.Y.Y = []float64{0, 3, 1} }, dataset.Dense, sadi.Internal},
		{"class negative", func(t *Train) { t.Y.Y = []float64{0, -1, 1} }, dataset.Dense, sadi.Internal},
		{"half a class", func(t *Train) { t.Y.Y = []float64{0, 0.5, 1} }, dataset.Dense, sadi.Internal},
		{"half a value", func(t *Train) { t.Y = dataset.Target{Problem: sadi.RegressionValue, Y: []float64{0, 0.5, -1}} }, dataset.Dense, ""},
		{"no classes", func(t *Train) { t.Y.Classes = 0 }, dataset.Dense, sadi.Internal},
		{"binary with three", func(t *Train) { t.Y.Problem = sadi.Binary }, dataset.Dense, sadi.Internal},
		{"negative weight", func(t *Train) { t.Weights = []float64{1, -1, 1} }, dataset.Dense, sadi.BadData},
		{"weight missing", func(t *Train) { t.Weights = []float64{1, nan, 1} }, dataset.Dense, sadi.BadData},
		{"weight infinite", func(t *Train) { t.Weights = []float64{1, inf, 1} }, dataset.Dense, sadi.BadData},
		{"weights all 0", func(t *Train) { t.Weights = []float64{0, 0, 0} }, dataset.Dense, sadi.BadData},
		{"fewer features to stop by", func(t *Train) { t.Valid.X.Cols = t.Valid.X.Cols[:1] }, dataset.Dense, sadi.Internal},
		{"missing in rows to stop by", func(t *Train) { t.Valid.X.Cols[0][0] = float32(nan) }, dataset.Dense, sadi.Internal},
	} {
		tr := good()
		c.change(&tr)
		if err := CheckTrain(tr, c.in); sadi.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want code %q", c.name, err, c.want)
		}
	}
}

type shape struct{ Fitted }

func (shape) Features() int { return 2 }
func (shape) Outputs() int  { return 3 }

func TestCheckPredict(t *testing.T) {
	x := good().X
	for _, c := range []struct {
		name string
		room int
		cols int
		want sadi.Code
	}{{"fits", 9, 2, ""}, {"too little room", 8, 2, sadi.Internal}, {"too few features", 9, 1, sadi.SchemaMismatch}} {
		err := CheckPredict(shape{}, make([]float64, c.room), &dataset.Matrix{Rows: 3, Cols: x.Cols[:c.cols]})
		if sadi.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want code %q", c.name, err, c.want)
		}
	}
}
