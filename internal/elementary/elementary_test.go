package elementary

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"
)

// functions are those of one argument, with package math's and the range of interest.
var functions = []struct {
	name    string
	f, math func(float64) float64
	lo, hi  float64
	ulps    float64 // how far they may be apart
	digest  string  // of the results for inputs(lo, hi), on every machine
}{
	{"Exp", Exp, math.Exp, -745, 709, 2, "b470041471694a36"},
	{"Log", Log, math.Log, 0, 1e3, 1, "795d015cfb58ab99"},
	{"Log2", Log2, math.Log2, 0, 1e3, 1, "ef72cde2cded05f6"},
	{"Log10", Log10, math.Log10, 0, 1e3, 4, "998fd4a556e57450"},
	{"Log1p", Log1p, math.Log1p, -1, 1e3, 1, "9cfa1a40d6e4df27"},
	{"Expm1", Expm1, math.Expm1, -60, 715, 1, "84f10aa3bc72b30a"},
	{"Erf", Erf, math.Erf, -7, 7, 1, "a80b0b098bffb50f"},
	{"Erfc", Erfc, math.Erfc, -7, 28, 4, "384de01d29da99e2"},
	{"Erfinv", Erfinv, math.Erfinv, -1, 1, 64, "eb88673899ff9c89"},
	{"Cos", Cos, math.Cos, 0, math.Pi, 4, "f709807b41484be8"},
	{"Sin", func(x float64) float64 { sin, _ := Sincos(x); return sin }, math.Sin, -3, 3, 4, "44fdc1f42c2daa9e"},
	{"PowOfBase", func(x float64) float64 { return Pow(x, -2.75) }, func(x float64) float64 { return math.Pow(x, -2.75) }, 0, 1e3, 64, "325248b67bbce780"},
	{"PowOfExponent", func(x float64) float64 { return Pow(3.7, x) }, func(x float64) float64 { return math.Pow(3.7, x) }, -500, 500, 64, "56a1a7eed2853cfc"},
	{"Hypot", func(x float64) float64 { return Hypot(x, 3) }, func(x float64) float64 { return math.Hypot(x, 3) }, -50, 50, 16, "4e7c1736881e36f6"},
}

// inputs are numbers of every size between lo and hi.
func inputs(lo, hi float64) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	x := []float64{0, math.Copysign(0, -1), 1, -1, lo, hi, 0.5, 2, 1e-17, 5e-324, math.Ln2 / 2}
	for range 5000 {
		u := r.Float64()
		x = append(x, lo+float64((hi-lo)*u), math.Ldexp(u, -r.IntN(40)), -math.Ldexp(u, -r.IntN(40)))
	}
	return x
}

func digest(y []float64) string {
	h := sha256.New()
	for _, v := range y {
		if v != v {
			v = math.NaN() // processors make NaN of different bits
		}
		h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func near(got, want, ulps float64) bool {
	if math.IsNaN(got) && math.IsNaN(want) || got == want {
		return true
	}
	return math.Abs(float64(int64(math.Float64bits(got))-int64(math.Float64bits(want)))) <= ulps
}

func TestAgainstMath(t *testing.T) {
	for _, c := range functions {
		x := inputs(c.lo, c.hi)
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = c.f(v)
			if want := c.math(v); !near(y[i], want, c.ulps) && math.Abs(v) > 1e-300 { // math.Log of amd64 fails below it
				t.Errorf("%s(%v): got %v, package math %v", c.name, v, y[i], want)
			}
		}
		if got := digest(y); got != c.digest {
			t.Errorf("%s: the results have the digest %s, want %s: the same bits on every machine", c.name, got, c.digest)
		}
	}
}

// At the ends of the range the results are package math's, which are by the definition of IEEE 754 and C99.
func TestEdges(t *testing.T) {
	edges := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, x := range edges {
		for _, c := range functions[:9] {
			if got, want := c.f(x), c.math(x); !near(got, want, 2) || math.Signbit(got) != math.Signbit(want) && got == got {
				t.Errorf("%s(%v): got %v, want %v", c.name, x, got, want)
			}
		}
		for _, y := range edges {
			if got, want := Pow(x, y), math.Pow(x, y); !near(got, want, 4) || math.Signbit(got) != math.Signbit(want) && got == got {
				t.Errorf("Pow(%v, %v): got %v, want %v", x, y, got, want)
			}
			if got, want := Hypot(x, y), math.Hypot(x, y); !near(got, want, 1) {
				t.Errorf("Hypot(%v, %v): got %v, want %v", x, y, got, want)
			}
		}
	}
}

func BenchmarkExp(b *testing.B) {
	x, sum := inputs(-30, 3)[:1024], 0.0
	b.Run("elementary", func(b *testing.B) {
		for b.Loop() {
			for _, v := range x {
				sum += Exp(v)
			}
		}
	})
	b.Run("math", func(b *testing.B) {
		for b.Loop() {
			for _, v := range x {
				sum += math.Exp(v)
			}
		}
	})
	if sum == 1 {
		b.Log(sum)
	}
}

func BenchmarkLog(b *testing.B) {
	x, sum := inputs(0, 3)[:1024], 0.0
	b.Run("elementary", func(b *testing.B) {
		for b.Loop() {
			for _, v := range x {
				sum += Log(math.Abs(v))
			}
		}
	})
	b.Run("math", func(b *testing.B) {
		for b.Loop() {
			for _, v := range x {
				sum += math.Log(math.Abs(v))
			}
		}
	})
	if sum == 1 {
		b.Log(sum)
	}
}
