package impute_test

import (
	"context"
	"math"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/impute"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

func options() preptest.Options {
	o := preptest.Options{Decode: impute.Decode, NeverNaN: true, Samples: preptest.Columns(table.Number, table.Integer, table.DateTime)}
	o.Samples["two"] = preptest.Numbers([]float64{1, math.NaN(), 4}, []float64{math.NaN(), math.NaN(), math.NaN()})
	o.Samples["wild"] = preptest.Numbers([]float64{math.MaxFloat64, math.MaxFloat64, math.NaN()})
	return o
}

func TestContract(t *testing.T) { preptest.Run(t, impute.Transformer{}, options()) }

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, impute.Transformer{}, options()) }

func TestIsSimpleImputer(t *testing.T) {
	var cases []struct {
		X []*float64
		Z []float64
	}
	preptest.Fixture(t, "impute", &cases)
	for k, c := range cases {
		x := make([]float64, len(c.X))
		for i, v := range c.X {
			x[i] = math.NaN()
			if v != nil {
				x[i] = *v
			}
		}
		s := preptest.Numbers(x)
		l, err := impute.Transformer{}.Fit(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		dst := prep.Columns(1, s.Rows)
		l.Fitted.Transform(dst, s.Block)
		for i, want := range c.Z {
			if got := dst[0][i]; !preptest.Close(got, want, 1e-15) {
				t.Errorf("column %d, row %d: got %g, want %g", k, i, got, want)
			}
		}
	}
}
