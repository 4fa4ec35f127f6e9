package scale_test

import (
	"context"
	"math"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/preptest"
	"sadi/internal/prep/scale"
	"sadi/internal/table"
)

func options() preptest.Options {
	o := preptest.Options{Decode: scale.Decode, NeverNaN: true, Samples: preptest.Columns(table.Number, table.Integer)}
	o.Samples["two"] = preptest.Numbers([]float64{1, 2, 4}, []float64{-5, math.NaN(), 1e308})
	o.Samples["wild"] = preptest.Numbers([]float64{math.MaxFloat64, -math.MaxFloat64, 0, 1})
	return o
}

func TestContract(t *testing.T) {
	preptest.Run(t, scale.Transformer{}, options())
	preptest.Run(t, scale.Transformer{Shared: true}, options())
}

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, scale.Transformer{}, options()) }

func TestIsStandardScaler(t *testing.T) {
	var cases []struct{ X, Z []float64 }
	preptest.Fixture(t, "scale", &cases)
	for k, c := range cases {
		s := preptest.Numbers(c.X)
		l, err := scale.Transformer{}.Fit(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		dst := prep.Columns(1, s.Rows)
		l.Fitted.Transform(dst, s.Block)
		for i, want := range c.Z {
			if got := dst[0][i]; !preptest.Close(got, want, 1e-6) {
				t.Errorf("column %d, row %d: got %g, want %g", k, i, got, want)
			}
		}
	}
}

// The squared distances of the columns of a chain add up to those of one standardised column.
func TestShared(t *testing.T) {
	for _, cols := range [][][]float64{{{1, 3}}, {{1, 3}, {40, -8}}, {{1, 3}, {0, 1e-9}, {7, 8}, {3, 2}}} {
		l, err := scale.Transformer{Shared: true}.Fit(context.Background(), preptest.Numbers(cols...))
		if err != nil {
			t.Fatal(err)
		}
		dst, squares := prep.Columns(len(cols), 2), 0.0
		l.Fitted.Transform(dst, prep.Block{Rows: 2, Nums: cols})
		for _, z := range dst {
			squares += (z[1] - z[0]) * (z[1] - z[0])
		}
		if !preptest.Close(squares, 4, 1e-12) { // one such column: −1 and 1
			t.Errorf("%d columns: the squared distance is %g, want 4", len(cols), squares)
		}
	}
}

func TestClips(t *testing.T) {
	s := preptest.Numbers([]float64{-1, 1})
	l, err := scale.Transformer{}.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	dst := prep.Columns(1, 4)
	l.Fitted.Transform(dst, prep.Block{Rows: 4, Nums: [][]float64{{50, -50, 3, math.NaN()}}})
	for i, want := range []float64{scale.Limit, -scale.Limit, 3, 0} {
		if dst[0][i] != want {
			t.Errorf("row %d: got %g, want %g", i, dst[0][i], want)
		}
	}
}
