package num

import (
	"math"
	"math/rand/v2"
	"testing"
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
	if !assembly {
		t.Skip("this machine has no AVX2")
	}
	x := expInputs()
	got := make([]float64, len(x))
	for n := range 12 { // every length of a tail
		Exp(got[n:], x[n:])
		for i := n; i < len(x); i++ {
			if want := exp(x[i]); math.Float64bits(got[i]) != math.Float64bits(want) && !math.IsNaN(want) {
				t.Fatalf("Exp(%v): got %v, in Go %v", x[i], got[i], want)
			}
		}
	}
}

func FuzzExp(f *testing.F) {
	f.Add(1.0, -2.5, 710.0, math.NaN())
	f.Fuzz(func(t *testing.T, a, b, c, d float64) {
		x := []float64{a, b, c, d}
		var got [4]float64
		Exp(got[:], x)
		for i, v := range x {
			if want := exp(v); math.Float64bits(got[i]) != math.Float64bits(want) && !math.IsNaN(want) {
				t.Errorf("Exp(%v): got %v, in Go %v", v, got[i], want)
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
