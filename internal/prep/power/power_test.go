package power

import (
	"context"
	"math"
	"slices"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

func options() preptest.Options {
	o := preptest.Options{Decode: Decode, Infinite: true, Samples: preptest.Columns(table.Number, table.Integer)}
	o.Samples["wild"] = preptest.Numbers([]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, math.MaxFloat64}, []float64{9, 8, 0, 0, 0, 0, 0, 0, 0, -math.MaxFloat64})
	o.Samples["small"] = preptest.Numbers([]float64{0, 1e-320, 0, 1e-310, 0, 0, 0, 0, 0, 1e-300})
	return o
}

func TestContract(t *testing.T) { preptest.Run(t, Transformer{}, options()) }

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, Transformer{}, options()) }

func TestIsPowerTransformer(t *testing.T) {
	var cases []struct {
		X, Z   []float64
		Skew   float64
		Lambda float64
	}
	preptest.Fixture(t, "power", &cases)
	transformed := 0
	for k, c := range cases {
		if got := skewness(c.X, 1); !preptest.Close(got, c.Skew, 1e-9) {
			t.Errorf("column %d: skewness %g, want %g", k, got, c.Skew)
		}
		if got, want := estimate(c.X), min(max(c.Lambda, minLambda), maxLambda); !preptest.Close(got, want, 1e-5) {
			t.Errorf("column %d: λ %g, want %g", k, got, want)
		}
		for i, want := range c.Z {
			if got := yeoJohnson(c.X[i], c.Lambda); !preptest.Close(got, want, 1e-9) {
				t.Errorf("column %d, row %d: got %g, want %g", k, i, got, want)
			}
		}
		s := preptest.Numbers(c.X)
		l, err := Transformer{}.Fit(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		f := l.Fitted.(*Fitted)
		if skewed := math.Abs(c.Skew) > MinSkew; skewed != (f.unit[0] > 0) {
			t.Errorf("column %d with skewness %g has unit %g", k, c.Skew, f.unit[0])
		}
		if f.unit[0] > 0 {
			transformed++
			dst := prep.Columns(2, s.Rows)
			f.Transform(dst, s.Block)
			if !slices.Equal(dst[0], c.X) {
				t.Errorf("column %d does not stay", k)
			}
			if after := math.Abs(skewness(dst[1], 1)); !(after < math.Abs(c.Skew)) {
				t.Errorf("column %d: skewness %g becomes %g", k, c.Skew, after)
			}
		}
	}
	if transformed < 3 {
		t.Errorf("only %d columns are transformed", transformed)
	}
}

// Multiplying a lognormal column by a tiny number must not keep it from being transformed.
func TestTinyNumbersAreTransformed(t *testing.T) {
	tab, _, _ := preptest.Mixed(300)
	x := make([]float64, tab.Rows)
	for i, v := range tab.Column("skewed").Nums {
		x[i] = 1e-200 * v
	}
	l, err := Transformer{}.Fit(context.Background(), preptest.Numbers(x))
	if err != nil {
		t.Fatal(err)
	}
	dst := prep.Columns(2, len(x))
	l.Fitted.Transform(dst, prep.Block{Rows: len(x), Nums: [][]float64{x}})
	if after := skewness(dst[1], 1); math.Abs(after) > 0.7 {
		t.Errorf("the skewness is still %g", after)
	}
}
