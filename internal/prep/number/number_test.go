package number_test

import (
	"context"
	"math"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/number"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

func options() preptest.Options {
	o := preptest.Options{Decode: number.Decode, Samples: preptest.Columns(table.Number, table.Integer)}
	o.Samples["wild"] = preptest.Numbers([]float64{math.MaxFloat64, -math.MaxFloat64, 0, 1, math.NaN()})
	o.Samples["denormal"] = preptest.Numbers([]float64{5e-324, 1e-323, 0})
	return o
}

func TestContract(t *testing.T) { preptest.Run(t, number.Transformer{}, options()) }

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, number.Transformer{}, options()) }

// What float32 can hold passes unchanged; what it would melt together stays apart and in order.
func TestFloat32KeepsValuesApart(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float64
		same bool
	}{
		{"small", []float64{1, 2.5, -3}, true},
		{"years", []float64{1999, 2000, 2024}, true},
		{"decimals", []float64{0.1, 0.2, 0.3}, true},
		{"wide", []float64{0.1, 1e12, -5}, true},
		{"serial numbers", []float64{1e15, 1e15 + 1, 1e15 + 2}, false},
		{"milliseconds", []float64{1.6e12, 1.6e12 + 40, 1.6e12 + 5e8}, false},
		{"far below 0", []float64{-1e15, -1e15 + 1}, false},
		{"huge", []float64{1e300, 2e300, -1e300}, false},
		{"tiny", []float64{1e-300, 2e-300, -1e-300}, false},
		{"close decimals", []float64{1e6 + 0.001, 1e6 + 0.002}, false},
	} {
		s := preptest.Numbers(c.x)
		l, err := number.Transformer{}.Fit(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		dst := prep.Columns(1, s.Rows)
		l.Fitted.Transform(dst, s.Block)
		same := true
		for i, v := range dst[0] {
			same = same && v == c.x[i]
			for j, u := range dst[0] {
				if (c.x[i] < c.x[j]) != (float32(v) < float32(u)) {
					t.Errorf("%s: %g and %g become %g and %g", c.name, c.x[i], c.x[j], float32(v), float32(u))
				}
			}
		}
		if same != c.same {
			t.Errorf("%s: %v becomes %v", c.name, c.x, dst[0])
		}
	}
}
