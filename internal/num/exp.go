package num

import (
	"math"

	"sadi/internal/isa"
)

const (
	expLeast, expMost = -708, 709
	roundToWhole      = 3 << 51 // added to a float64, leaves the nearest whole number in its low bits
	ln2Hi, ln2Lo      = 6.93147180369123816490e-01, 1.90821492927058770002e-10
)

// expSeries are 1/13!, 1/12!, …, 1/0!.
var expSeries = [...]float64{
	1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
	1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1,
}

// inUse says what Exp may use beyond the Go language, which does not show in its results; it is changed by tests only.
var inUse = isa.Best()

// Exp writes e^x[i] to dst[i], to within two units in the last place; below −708 it writes 0, and above 709 +Inf. dst may
// be x. The result is the same on every machine, which that of math.Exp is not, and takes a fraction of its time.
func Exp(dst, x []float64) {
	dst = dst[:len(x)]
	n := 0
	switch {
	case inUse >= isa.AVX512 && len(x) > 0:
		n = len(x)
		expAVX512(&dst[0], &x[0], n)
	case inUse >= isa.AVX2 && len(x) >= 4:
		n = len(x) &^ 3
		expAVX2(&dst[0], &x[0], n)
	}
	for i := n; i < len(x); i++ {
		dst[i] = exp(x[i])
	}
}

// exp is 2^k·e^r with the whole number k nearest to x·log2 e, and so |r| ≤ ln 2 / 2.
func exp(x float64) float64 {
	switch {
	case x < expLeast:
		return 0
	case x > expMost:
		return math.Inf(1)
	}
	t := float64(x*math.Log2E) + roundToWhole
	k := t - roundToWhole
	r := x - float64(k*ln2Hi) - float64(k*ln2Lo)
	p := expSeries[0]
	for _, c := range expSeries[1:] {
		p = float64(p*r) + c
	}
	return p * math.Float64frombits((math.Float64bits(t)+1023)<<52)
}
