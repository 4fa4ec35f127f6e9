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

func TestContract(t *testing.T) { preptest.Run(t, scale.Transformer{}, options()) }

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
