package mlp

import (
	"math"

	"sadi/internal/isa"
)

// activation is the function between the layers.
type activation uint8

// The activations; their numbers stand in model files.
const (
	selu activation = iota // Klambauer et al. 2017: keeps mean 0 and variance 1 from layer to layer
	mish                   // Misra 2019: x·tanh(ln(1 + e^x)), smooth
	relu
	activations // their count
)

// inUse says what the kernels may use beyond the Go language, which does not show in their results; it is changed by tests only.
var inUse = isa.Best()

const (
	seluScale = 1.0507009873554804934193349852946
	seluFloor = 1.7580993408473768599402175208123 // scale · alpha
	mishMost  = 20                                // above, tanh(ln(1 + e^x)) is 1
)

// apply replaces z by the activation f(z + bias) of each of its rows, and writes f' to slope.
func (a activation) apply(z, slope, bias []float32) {
	n := len(bias)
	whole := 0
	if inUse >= isa.AVX2 && a != relu {
		whole = n &^ 7
	}
	for ; len(z) > 0; z, slope = z[n:], slope[n:] {
		row, by := z[:n], slope[:n]
		if whole > 0 {
			if a == selu {
				seluAVX2(&row[0], &by[0], &bias[0], whole)
			} else {
				mishAVX2(&row[0], &by[0], &bias[0], whole)
			}
		}
		for i := whole; i < n; i++ {
			row[i], by[i] = a.at(row[i] + bias[i])
		}
	}
}

// at is the activation of a number, and its slope there.
func (a activation) at(z float32) (f, slope float32) {
	switch a {
	case selu:
		e := exp(min(z, 0))
		if z > 0 {
			return seluScale * z, seluScale
		}
		return seluFloor * (e - 1), seluFloor * e
	case mish:
		// With e = e^z, tanh(ln(1 + e^z)) is n / (n + 2) for n = e·(e + 2), and its slope is 4e·(e + 1) / (n + 2)².
		e := exp(min(z, mishMost))
		n := float32(e * (e + 2))
		d := n + 2
		t := n / d
		return z * t, t + float32(z*(float32(float32(4*e)*(e+1))/float32(d*d)))
	}
	if z > 0 {
		return z, 1
	}
	return 0, 0
}

const (
	expLeast, expMost = -87, 88
	roundToWhole      = 3 << 22 // added to a float32, leaves the nearest whole number in its low bits
	ln2Hi, ln2Lo      = 0.693145751953125, 1.428606765330187e-06
)

// expSeries are 1/7!, 1/6!, …, 1/0!.
var expSeries = [...]float32{1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1}

// exp is e^x to within two units in the last place, for x within −87 and 88 and at those ends beyond: 2^k·e^r with the whole
// number k nearest to x·log2 e.
func exp(x float32) float32 {
	x = min(max(x, expLeast), expMost)
	t := float32(x*math.Log2E) + roundToWhole
	k := t - roundToWhole
	r := x - float32(k*ln2Hi) - float32(k*ln2Lo)
	p := expSeries[0]
	for _, c := range expSeries[1:] {
		p = float32(p*r) + c
	}
	return float32(p * math.Float32frombits((math.Float32bits(t)+127)<<23))
}

// turn is the cosine and the sine of t whole turns, |t| < 2^21: those of πf, where f is t to the nearest whole number, are
// polynomials, and doubling the angle gives those of 2πf.
func turn(t float32) (cos, sin float32) {
	x := t - ((t + roundToWhole) - roundToWhole)
	x = float32(x * math.Pi)
	q := float32(x * x)
	s, c := sinSeries[0], cosSeries[0]
	for i := 1; i < len(sinSeries); i++ {
		s = float32(s*q) + sinSeries[i]
		c = float32(c*q) + cosSeries[i]
	}
	s = float32(s * x)
	c = float32(c*q) + 1
	return 1 - float32(float32(2*s)*s), float32(float32(2*s) * c)
}

// The polynomials of Taylor: sin x = x·(… x²…), cos x = 1 + x²·(… x²…).
var (
	sinSeries = [...]float32{-1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6, 1}
	cosSeries = [...]float32{1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320, -1.0 / 720, 1.0 / 24, -1.0 / 2}
)

// turns writes the cosine and the sine of t whole turns.
func turns(cos, sin, t []float32) {
	cos, sin = cos[:len(t)], sin[:len(t)]
	whole := 0
	if inUse >= isa.AVX2 && len(t) >= 8 {
		whole = len(t) &^ 7
		turnsAVX2(&cos[0], &sin[0], &t[0], whole)
	}
	for i := whole; i < len(t); i++ {
		cos[i], sin[i] = turn(t[i])
	}
}
