package num

import (
	"math"
	"math/rand/v2"
	"testing"

	"sadi/internal/isa"
)

func fourRows(n int) (dst []float64, a [4]float64, x [4][]float64) {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	numbers := func() []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(float32((r.Float64() - 0.5) * math.Ldexp(1, r.IntN(40)-20)))
		}
		return v
	}
	for k := range x {
		x[k], a[k] = numbers(), r.Float64()*10-5
	}
	return numbers(), a, x
}

// narrow is a kernel on rows of float32 for rows whose numbers are float32 in truth.
func narrow(kernel func([]float64, *[4]float64, *[4][]float32)) func([]float64, *[4]float64, *[4][]float64) {
	return func(dst []float64, a *[4]float64, x *[4][]float64) {
		var y [4][]float32
		for k, row := range x {
			for _, v := range row {
				y[k] = append(y[k], float32(v))
			}
		}
		kernel(dst, a, &y)
	}
}

// On every level the bits of the plain formulas.
func TestFour(t *testing.T) {
	defer func(l isa.Level) { inUse = l }(inUse)
	for _, level := range isa.Usable() {
		inUse = level
		for n := range 40 {
			for name, f := range map[string]struct {
				kernel func([]float64, *[4]float64, *[4][]float64)
				term   func(v, a, x float64) float64
			}{
				"SubtractFour":         {SubtractFour, func(v, a, x float64) float64 { return v - float64(a*x) }},
				"AddDifferencesFour32": {narrow(AddDifferencesFour32), func(v, a, x float64) float64 { return v + math.Abs(x-a) }},
				"AddSquaresFour32":     {narrow(AddSquaresFour32), func(v, a, x float64) float64 { return v + float64((x-a)*(x-a)) }},
				"AddSquaresFour":       {AddSquaresFour, func(v, a, x float64) float64 { return v + float64((x-a)*(x-a)) }},
			} {
				dst, a, x := fourRows(n)
				want := append([]float64(nil), dst...)
				for i := range want {
					for k := range a {
						want[i] = f.term(want[i], a[k], x[k][i])
					}
				}
				guard := append(dst, 7)[:n]
				f.kernel(guard, &a, &x)
				for i := range want {
					if guard[i] != want[i] {
						t.Fatalf("%s, %v, n=%d: [%d] is %v, want %v", name, level, n, i, guard[i], want[i])
					}
				}
				if guard[:n+1][n] != 7 {
					t.Fatalf("%s, %v, n=%d writes beyond the end", name, level, n)
				}
			}
		}
	}
}

// U'U is the matrix, U'V the further columns, and every level gives the same bits.
func TestCholesky(t *testing.T) {
	defer func(l isa.Level) { inUse = l }(inUse)
	for _, n := range []int{1, 2, 3, 31, 32, 33, 100, 130, 600} {
		m := n + 3
		r := rand.New(rand.NewPCG(2, uint64(n)))
		root := make([]float64, n*n)
		for i := range root {
			root[i] = r.Float64() - 0.5
		}
		a := make([]float64, n*m)
		for i := range n {
			for j := range m {
				if j >= n {
					a[i*m+j] = r.Float64()
					continue
				}
				for p := range n {
					a[i*m+j] += root[p*n+i] * root[p*n+j]
				}
				if i == j {
					a[i*m+j]++
				}
			}
		}
		var first []float64
		for _, level := range isa.Usable() {
			inUse = level
			u := append([]float64(nil), a...)
			if !Cholesky(u, n, m, 1e-12) {
				t.Fatalf("n=%d: fails", n)
			}
			if first == nil {
				first = u
			}
			for i := range u {
				if i%m >= i/m && u[i] != first[i] {
					t.Fatalf("n=%d: %v differs from portable at %d: %v, want %v", n, level, i, u[i], first[i])
				}
			}
		}
		for i := range n {
			for j := i; j < m; j++ {
				sum := 0.0
				for p := 0; p <= i; p++ {
					sum += first[p*m+i] * first[p*m+j]
				}
				if math.Abs(sum-a[i*m+j]) > 1e-11 {
					t.Fatalf("n=%d: entry %d, %d is %v, want %v", n, i, j, sum, a[i*m+j])
				}
			}
		}
	}
	for _, singular := range [][]float64{{0}, {-1}, {math.NaN()}, {1, 1, 1, 1}} {
		if n := int(math.Sqrt(float64(len(singular)))); Cholesky(singular, n, n, 1e-12) {
			t.Errorf("%v passes for positive definite", singular)
		}
	}
}

func BenchmarkCholesky(b *testing.B) {
	const n = 1000
	a := make([]float64, n*n)
	for b.Loop() {
		for i := range a {
			a[i] = 1 / float64(1+i%n+i/n)
			if i%n == i/n {
				a[i] += 5
			}
		}
		if !Cholesky(a, n, n, 1e-12) {
			b.Fatal("fails")
		}
	}
}
