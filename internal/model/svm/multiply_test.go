package svm

import (
	"math"
	"testing"

	"sadi/internal/isa"
	"sadi/internal/rng"
)

// The assembly gives the bits of the Go code, and these are the sums in the order of the features.
func TestMultiply(t *testing.T) {
	defer func(kind isa.Level) { inUse = kind }(inUse)
	r := rng.New(1).Rand()
	for _, inUse = range isa.Usable() {
		for d := range 40 {
			x, panel := make([]float64, d), make([]float64, d*lanes)
			for _, v := range [][]float64{x, panel} {
				for i := range v {
					v[i] = r.NormFloat64() * math.Pow(10, float64(r.IntN(9)-4))
				}
			}
			room := [lanes + 2]float64{-7, lanes + 1: -7}
			multiply((*[lanes]float64)(room[1:]), x, panel)
			for k, got := range room[1 : lanes+1] {
				want := 0.0
				for j, v := range x {
					want += float64(v * panel[j*lanes+k])
				}
				if math.Float64bits(got) != math.Float64bits(want) {
					t.Fatalf("%v, %d features, row %d: got %v, want %v", inUse, d, k, got, want)
				}
			}
			if room[0] != -7 || room[lanes+1] != -7 {
				t.Fatalf("%v, %d features: written beyond the room", inUse, d)
			}
		}
	}
}
