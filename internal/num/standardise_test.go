package num

import (
	"math"
	"slices"
	"testing"
)

func TestStandardise(t *testing.T) {
	const big, small = 1.5e308, 5e-310
	third := math.Sqrt(1.0 / 3)
	for _, c := range []struct {
		name            string
		values, weights []float64
		mean, unit      float64
		z               []float64
	}{
		{"alike", []float64{1, 3, 1, 3}, nil, 2, 1, []float64{-1, 1, -1, 1}},
		{"weighted", []float64{0, 4}, []float64{3, 1}, 1, math.Sqrt(3), []float64{-third, math.Sqrt(3)}},
		{"a row without weight", []float64{9, 1, 3}, []float64{0, 2, 2}, 2, 1, []float64{7, -1, 1}},
		{"weights of any unit", []float64{0, 4}, []float64{3e-300, 1e-300}, 1, math.Sqrt(3), []float64{-third, math.Sqrt(3)}},
		{"heavy weights", []float64{1, 3}, []float64{big, big}, 2, 1, []float64{-1, 1}},
		{"far from zero", []float64{1e12, 1e12 + 2}, nil, 1e12 + 1, 1, []float64{-1, 1}},
		{"as large as can be", []float64{-big, big}, nil, 0, big, []float64{-1, 1}},
		{"constant", []float64{.1, .1, .1}, nil, .1, 0, []float64{0, 0, 0}},
		{"zeros", []float64{0, 0}, nil, 0, 0, []float64{0, 0}},
		{"one", []float64{-7}, []float64{small}, -7, 0, []float64{0}},
	} {
		values, weights := slices.Clone(c.values), slices.Clone(c.weights)
		z, mean, unit := Standardise(values, weights)
		if !near(mean, c.mean, 1e-15) || !near(unit, c.unit, 1e-15) || len(z) != len(c.z) {
			t.Errorf("%s: mean %v, unit %v, %v; want %v, %v, %v", c.name, mean, unit, z, c.mean, c.unit, c.z)
			continue
		}
		for i := range z {
			if !near(z[i], c.z[i], 1e-15) {
				t.Errorf("%s: z[%d] = %v, want %v", c.name, i, z[i], c.z[i])
			}
		}
		if !slices.Equal(values, c.values) || !slices.Equal(weights, c.weights) {
			t.Errorf("%s: the caller's rows were changed", c.name)
		}
	}
}

func TestMeanOne(t *testing.T) {
	for _, unit := range []float64{1, 1e-309, 4e307} {
		w := []float64{unit, 3 * unit, 0, 4 * unit}
		MeanOne(w)
		for i, want := range []float64{.5, 1.5, 0, 2} {
			if !near(w[i], want, 1e-14) {
				t.Errorf("in units of %v: w[%d] = %v, want %v", unit, i, w[i], want)
			}
		}
	}
}
