package loss

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The assembly gives the bits of the Go code, at every length and for raw scores of every size.
func TestLogisticAssembly(t *testing.T) {
	if !assembly {
		t.Skip("this machine has no AVX2")
	}
	defer func() { assembly = true }()
	raw := []float64{0, math.Copysign(0, -1), 1, -1, 36, -36, 40, -40, 745, -745, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN()}
	r := rand.New(rand.NewPCG(3, 4))
	for len(raw) < 5000 {
		raw = append(raw, 10*r.NormFloat64())
	}
	y := make([]float64, len(raw))
	for i := range y {
		y[i] = float64(r.IntN(2))
		if i%5 == 0 {
			y[i] = r.Float64()
		}
	}
	for _, n := range []int{0, 1, 3, 4, 7, 255, 256, 257, 1000, len(raw)} {
		var g, h [2][]float32
		for k, use := range []bool{false, true} {
			assembly = use
			g[k], h[k] = make([]float32, n), make([]float32, n)
			Logistic{}.GradHess(g[k], h[k], y[:n], raw[:n], nil)
		}
		for i := range n {
			if math.IsNaN(raw[i]) && g[1][i] != g[1][i] && h[1][i] != h[1][i] {
				continue
			}
			if math.Float32bits(g[0][i]) != math.Float32bits(g[1][i]) || math.Float32bits(h[0][i]) != math.Float32bits(h[1][i]) {
				t.Fatalf("raw %v, y %v: got %v and %v, in Go %v and %v", raw[i], y[i], g[1][i], h[1][i], g[0][i], h[0][i])
			}
		}
	}
}
