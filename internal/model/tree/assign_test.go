package tree

import (
	"math"
	"slices"
	"testing"

	"sadi/internal/rng"
)

// The bin of a value is the count of lower ends at or below it, whatever the distances of the ends.
func TestAssign(t *testing.T) {
	r := rng.New(14).Rand()
	inf := float32(math.Inf(1))
	draws := map[string]func() float32{
		"even":      func() float32 { return float32(r.Float64()) },
		"normal":    func() float32 { return float32(r.NormFloat64()) },
		"heavy":     func() float32 { return float32(math.Exp(9 * r.NormFloat64())) },
		"clustered": func() float32 { return float32(1e6*float64(r.IntN(2)) + 1e-3*r.NormFloat64()) },
		"neighbours": func() float32 {
			if r.IntN(20) == 0 {
				return float32(1e30 * r.NormFloat64())
			}
			return math.Float32frombits(math.Float32bits(1) + uint32(r.IntN(300)))
		},
		"whole": func() float32 { return float32(r.IntN(300)) },
		"any":   func() float32 { return math.Float32frombits(r.Uint32()) },
	}
	ways := map[bool]int{}
	for name, draw := range draws {
		for _, n := range []int{1, 2, 3, 100, 255} {
			var lo []float32
			for range n {
				if f := draw(); f == f {
					lo = append(lo, f+0)
				}
			}
			slices.Sort(lo)
			lo = slices.Compact(lo)
			x := []float32{float32(math.NaN()), -inf, inf, 0, float32(math.Copysign(0, -1)), math.MaxFloat32, math.SmallestNonzeroFloat32}
			for _, f := range lo {
				x = append(x, f, math.Nextafter32(f, inf), math.Nextafter32(f, -inf))
			}
			for range 2000 {
				x = append(x, draw())
			}
			var a assigner
			a.prepare(lo)
			ways[a.steps > 0]++
			c := Column{Bin: make([]uint8, len(x)), Lo: slices.Clone(lo), Hi: slices.Clone(lo)}
			if !a.assign(&c, x) {
				t.Errorf("%s: the missing value is not seen", name)
			}
			got := c.Bin
			for i, f := range x {
				want := 0
				if f == f {
					want = 1
					for _, e := range lo[1:] {
						if e <= f {
							want++
						}
					}
				}
				if int(got[i]) != want {
					t.Fatalf("%s, %d bins: %v has bin %d, want %d", name, len(lo), f, got[i], want)
				}
				if want > 0 && !(c.Lo[want-1] <= f && f <= c.Hi[want-1]) {
					t.Fatalf("%s, %d bins: %v is in a bin from %v to %v", name, len(lo), f, c.Lo[want-1], c.Hi[want-1])
				}
			}
		}
	}
	if ways[true] == 0 || ways[false] == 0 {
		t.Errorf("not both ways are taken: %v", ways)
	}
}

func BenchmarkBinning(b *testing.B) {
	r := rng.New(15).Rand()
	x := make([]float32, 1_000_000)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	for b.Loop() {
		numberColumn(x, 255)
	}
}
