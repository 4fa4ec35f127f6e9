package mlp

import (
	"math"
	"math/rand/v2"
	"testing"

	"sadi/internal/isa"
)

// singles are numbers of every size, and the edges of the kernels.
func singles(seed uint64) []float32 {
	x := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 87, -87, 88, -88, 89, 20, 20.5, -20, 1e30, -1e30, 1e-30, -1e-30, 0.25, 0.5, -0.5, 0.75, 1000.125,
		math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32}
	r := rand.New(rand.NewPCG(seed, 2))
	for range 4001 {
		x = append(x, float32(r.NormFloat64()*math.Exp(2*r.NormFloat64())))
	}
	return x
}

func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: number %d is %v, in Go %v", what, i, got[i], want[i])
		}
	}
}

// atEveryLevel calls run with every set of instructions that this machine has.
func atEveryLevel(run func(level isa.Level)) {
	defer func(level isa.Level) { inUse = level }(inUse)
	for _, inUse = range isa.Usable() {
		run(inUse)
	}
}

// The activations have the bits of the Go code for every width of a row.
func TestActivationAssembly(t *testing.T) {
	all := singles(1)
	for a := range activations {
		for _, width := range []int{1, 7, 8, 9, 16, 31, len(all)} {
			x, bias := all[:len(all)/width*width], all[len(all)-width:]
			wantValue, wantSlope := make([]float32, len(x)), make([]float32, len(x))
			for i, v := range x {
				wantValue[i], wantSlope[i] = a.at(v + bias[i%width])
			}
			atEveryLevel(func(level isa.Level) {
				value, slope := append([]float32{}, x...), make([]float32, len(x))
				a.apply(value, slope, bias)
				sameBits(t, level.String(), value, wantValue)
				sameBits(t, level.String(), slope, wantSlope)
			})
		}
	}
}

// The definitions, in float64.
func TestActivations(t *testing.T) {
	definitions := map[activation]func(x float64) float64{
		selu: func(x float64) float64 {
			if x > 0 {
				return 1.0507009873554804934 * x
			}
			return 1.0507009873554804934 * 1.6732632423543772848 * math.Expm1(x)
		},
		mish: func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) },
		relu: func(x float64) float64 { return max(x, 0) },
	}
	for a, f := range definitions {
		for x := -30.0; x < 30; x += 0.0371 {
			got, slope := a.at(float32(x))
			x := float64(float32(x))
			const h = 1e-6
			want, wantSlope := f(x), (f(x+h)-f(x-h))/(2*h)
			if math.Abs(float64(got)-want) > 3e-7*(1+math.Abs(want)) || math.Abs(float64(slope)-wantSlope) > 2e-6 {
				t.Errorf("activation %d of %v: %v and slope %v, want %v and %v", a, x, got, slope, want, wantSlope)
			}
		}
	}
}

func TestTurns(t *testing.T) {
	x := singles(3)
	for i, v := range x {
		if math.Abs(float64(v)) >= 1<<20 {
			x[i] = 0.125
		}
	}
	wantCos, wantSin := make([]float32, len(x)), make([]float32, len(x))
	for i, v := range x {
		wantCos[i], wantSin[i] = turn(v)
		cos, sin := math.Cos(2*math.Pi*float64(v)), math.Sin(2*math.Pi*float64(v))
		if math.Abs(float64(wantCos[i])-cos) > 1e-6 || math.Abs(float64(wantSin[i])-sin) > 1e-6 {
			t.Errorf("%v turns: %v and %v, want %v and %v", v, wantCos[i], wantSin[i], cos, sin)
		}
	}
	atEveryLevel(func(level isa.Level) {
		for _, n := range []int{0, 1, 8, 13, len(x)} {
			cos, sin := make([]float32, n), make([]float32, n)
			turns(cos, sin, x[:n])
			sameBits(t, level.String(), cos, wantCos[:n])
			sameBits(t, level.String(), sin, wantSin[:n])
		}
	})
}

func TestExp(t *testing.T) {
	for x := float32(-87); x < 88; x += 0.0113 {
		want := math.Exp(float64(x))
		if got := float64(exp(x)); math.Abs(got-want) > 2.5e-7*want {
			t.Errorf("exp(%v) is %v, want %v", x, got, want)
		}
	}
}

// Adam's kernel has the bits of the Go code, and the Go code is the definition.
func TestAdam(t *testing.T) {
	x := singles(4)
	for i, v := range x {
		x[i] = min(max(v, -1e6), 1e6)
	}
	n := len(x) / 3
	s := adamStep{Beta1: 0.9, Rest1: 0.1, Beta2: 0.95, Rest2: 0.05, Rate: 0.04, Unbias: 1.7, Epsilon: 1e-8, Keep: 0.999}
	var want [3][]float32
	atEveryLevel(func(level isa.Level) {
		w, g, m, v := append([]float32{}, x[:n]...), x[n:2*n], append([]float32{}, x[2*n:3*n]...), make([]float32, n)
		for i := range v {
			v[i] = m[i] * m[i]
		}
		s.move(w, g, m, v)
		if level == isa.Portable {
			want = [3][]float32{w, m, v}
			for i := range w {
				first := 0.9*float64(x[2*n+i]) + 0.1*float64(g[i])
				second := 0.95*math.Pow(float64(x[2*n+i]), 2) + 0.05*math.Pow(float64(g[i]), 2)
				moved := 0.999*float64(x[i]) - 0.04*first/(math.Sqrt(second)*1.7+1e-8)
				if math.Abs(float64(w[i])-moved) > 1e-5*(1+math.Abs(moved)) {
					t.Errorf("parameter %d is %v, want %v", i, w[i], moved)
				}
			}
			return
		}
		for k, got := range [3][]float32{w, m, v} {
			sameBits(t, level.String(), got, want[k])
		}
	})
}
