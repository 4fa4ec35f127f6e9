package num

import (
	"math"
	"math/rand/v2"
	"testing"

	"sadi/internal/isa"
)

// expInputs are the edges of Exp and numbers of every size.
func expInputs() []float64 {
	x := []float64{0, math.Copysign(0, -1), 1, -1, 708, 709, 709.0001, 1e300, -707.99, -708, -708.0001, -745, -1e300, math.Inf(1),
		math.Inf(-1), math.NaN(), 5e-324, -5e-324, 1e-17, math.MaxFloat64, math.Ln2 / 2, -math.Ln2 / 2}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		x = append(x, r.NormFloat64()*math.Exp(3*r.NormFloat64()))
	}
	return x
}

func TestExp(t *testing.T) {
	x := expInputs()
	got := make([]float64, len(x))
	Exp(got, x)
	for i, v := range x {
		want := math.Exp(v)
		switch {
		case v > 709:
			want = math.Inf(1)
		case v < -708:
			want = 0
		}
		if math.Float64bits(got[i]) == math.Float64bits(want) || math.IsNaN(got[i]) && math.IsNaN(want) {
			continue
		}
		if ulps := math.Abs(float64(int64(math.Float64bits(got[i]) - math.Float64bits(want)))); !(ulps <= 2) {
			t.Errorf("Exp(%v): got %v, want %v, %v units away", v, got[i], want, ulps)
		}
	}
	Exp(x, x) // in place
	for i := range x {
		if math.Float64bits(x[i]) != math.Float64bits(got[i]) {
			t.Fatalf("in place: got %v, want %v", x[i], got[i])
		}
	}
}

// The assembly gives the bits of the Go code.
func TestExpAssembly(t *testing.T) {
	defer func(kind isa.Level) { inUse = kind }(inUse)
	x := expInputs()
	got := make([]float64, len(x)+1)
	for _, inUse = range isa.Usable() {
		for n := range 40 { // every length of a tail, with and without whole vectors before it
			for _, r := range [][2]int{{n, len(x)}, {0, n}} {
				lo, hi := r[0], r[1]
				got[hi] = -7
				Exp(got[lo:hi], x[lo:hi])
				for i := lo; i < hi; i++ {
					if want := exp(x[i]); math.Float64bits(got[i]) != math.Float64bits(want) && !math.IsNaN(want) {
						t.Fatalf("%v: Exp(%v): got %v, in Go %v", inUse, x[i], got[i], want)
					}
				}
				if got[hi] != -7 {
					t.Fatalf("%v: %d numbers are written past the end", inUse, hi-lo)
				}
			}
		}
	}
}

func FuzzExp(f *testing.F) {
	f.Add(1.0, -2.5, 710.0, math.NaN())
	f.Fuzz(func(t *testing.T, a, b, c, d float64) {
		defer func(kind isa.Level) { inUse = kind }(inUse)
		x := []float64{a, b, c, d}
		var got [4]float64
		for _, inUse = range isa.Usable() {
			Exp(got[:], x)
			for i, v := range x {
				if want := exp(v); math.Float64bits(got[i]) != math.Float64bits(want) && !math.IsNaN(want) {
					t.Errorf("%v: Exp(%v): got %v, in Go %v", inUse, v, got[i], want)
				}
			}
		}
	})
}

func BenchmarkExp(b *testing.B) {
	x := expInputs()[:512]
	dst := make([]float64, len(x))
	for b.Loop() {
		Exp(dst, x)
	}
}
