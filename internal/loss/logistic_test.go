package loss

import (
	"math"
	"math/rand/v2"
	"testing"

	"sadi/internal/isa"
)

// The assembly gives the bits of the Go code, at every length and for raw scores of every size.
func TestLogisticAssembly(t *testing.T) {
	defer func(kind isa.Level) { inUse = kind }(inUse)
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
	for _, n := range []int{0, 1, 3, 4, 7, 8, 9, 15, 16, 31, 250, 255, 256, 257, 1000, len(raw)} {
		wantG, wantH := make([]float32, n), make([]float32, n)
		inUse = isa.Portable
		Logistic{}.GradHess(wantG, wantH, y[:n], raw[:n], nil)
		for _, inUse = range isa.Usable() {
			g, h := make([]float32, n+1), make([]float32, n+1)
			g[n], h[n] = -7, -7
			Logistic{}.GradHess(g[:n], h[:n], y[:n], raw[:n], nil)
			if g[n] != -7 || h[n] != -7 {
				t.Fatalf("%v: %d rows are written past the end", inUse, n)
			}
			for i := range n {
				if math.IsNaN(raw[i]) && g[i] != g[i] && h[i] != h[i] {
					continue
				}
				if math.Float32bits(g[i]) != math.Float32bits(wantG[i]) || math.Float32bits(h[i]) != math.Float32bits(wantH[i]) {
					t.Fatalf("%v, raw %v, y %v: got %v and %v, in Go %v and %v", inUse, raw[i], y[i], g[i], h[i], wantG[i], wantH[i])
				}
			}
		}
	}
}
