package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"sadi/internal/isa"
)

// naive is the definition.
func naive(a, b Matrix, i, j int, factor float32) float32 {
	var sum float32
	for k := range a.Cols {
		sum += float32(a.Data[i*a.RowStep+k*a.ColStep] * b.Data[k*b.RowStep+j*b.ColStep])
	}
	return factor * sum
}

func random(r *rand.Rand, rows, cols int) Matrix {
	data := make([]float32, rows*cols)
	for i := range data {
		data[i] = float32(r.NormFloat64() * math.Exp(2*r.NormFloat64()))
	}
	return Of(data, rows, cols)
}

// The product of every shape, plain and transposed and as a part of a wider matrix, has the bits of the definition with
// every set of instructions, and nothing beside it is written.
func TestMul(t *testing.T) {
	defer func(level isa.Level) { inUse = level }(inUse)
	r := rand.New(rand.NewPCG(1, 2))
	shapes := [][3]int{{1, 1, 1}, {6, 16, 1}, {7, 17, 5}, {12, 32, 33}, {5, 15, 8}, {13, 1, 64}, {1, 40, 3}, {64, 3, 16}, {3, 3, 0}, {0, 4, 4}, {4, 0, 4}}
	for range 60 {
		shapes = append(shapes, [3]int{1 + r.IntN(40), 1 + r.IntN(70), r.IntN(50)})
	}
	var w Workspace
	for _, s := range shapes {
		rows, cols, inner := s[0], s[1], s[2]
		for form := range 4 {
			a, b := random(r, rows, inner), random(r, inner, cols)
			if form&1 != 0 {
				a = random(r, inner, rows).T()
			}
			if form&2 != 0 {
				b = random(r, cols, inner).T()
			}
			wide := cols + 5
			for _, inUse = range isa.Usable() {
				data := make([]float32, rows*wide)
				for i := range data {
					data[i] = -7
				}
				c := Of(data, rows, wide).Columns(2, 2+cols)
				Mul(c, a, b, 0.7, &w)
				for i := range rows {
					for j := range wide {
						want := float32(-7)
						if j >= 2 && j < 2+cols {
							want = naive(a, b, i, j-2, 0.7)
						}
						if got := data[i*wide+j]; math.Float32bits(got) != math.Float32bits(want) {
							t.Fatalf("%v, %v, form %d: entry (%d, %d) is %v, want %v", inUse, s, form, i, j-2, got, want)
						}
					}
				}
			}
		}
	}
}

// A known product: [1 2 3; 4 5 6] · [1 4; 2 5; 3 6] is [14 32; 32 77].
func TestMulKnown(t *testing.T) {
	a := Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	c := Of(make([]float32, 4), 2, 2)
	var w Workspace
	Mul(c, a, a.T(), 1, &w)
	if got := fmt.Sprint(c.Data); got != "[14 32 32 77]" {
		t.Errorf("got %s", got)
	}
}

func FuzzMul(f *testing.F) {
	f.Add(uint64(1), uint8(7), uint8(20), uint8(9))
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, inner uint8) {
		defer func(level isa.Level) { inUse = level }(inUse)
		r := rand.New(rand.NewPCG(seed, 2))
		a, b := random(r, int(rows), int(inner)), random(r, int(cols), int(inner)).T()
		var w Workspace
		for _, inUse = range isa.Usable() {
			c := Of(make([]float32, int(rows)*int(cols)), int(rows), int(cols))
			Mul(c, a, b, 1, &w)
			for i, got := range c.Data {
				if want := naive(a, b, i/int(cols), i%int(cols), 1); math.Float32bits(got) != math.Float32bits(want) {
					t.Fatalf("%v: entry %d is %v, want %v", inUse, i, got, want)
				}
			}
		}
	})
}

func BenchmarkMul(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range [][3]int{{256, 256, 256}, {256, 128, 128}, {128, 128, 256}, {256, 64, 64}, {256, 3, 16}, {16, 3, 256}} {
		x, y := random(r, s[0], s[2]), random(r, s[2], s[1])
		xt, yt := random(r, s[2], s[0]).T(), random(r, s[1], s[2]).T()
		c := Of(make([]float32, s[0]*s[1]), s[0], s[1])
		for form, m := range map[string][2]Matrix{"AB": {x, y}, "A'B": {xt, y}, "AB'": {x, yt}} {
			b.Run(fmt.Sprint(s, form), func(b *testing.B) {
				var w Workspace
				for b.Loop() {
					Mul(c, m[0], m[1], 1, &w)
				}
				b.ReportMetric(2*float64(s[0]*s[1]*s[2])*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
