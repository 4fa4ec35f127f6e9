// Package num holds the float kernels that several packages share; each adds up in one fixed order, so that a result
// depends on its arguments only.
//
// Kernels write into dst and trust their caller: slices that must be of equal length are not checked beyond what the
// language does. Products are rounded before they are added (float64(a*b) + c), so that no processor fuses them and
// every architecture gives the same sums.
package num

import "math"

// Sum adds up x in four interleaved partial sums. It is 0 for an empty x.
func Sum(x []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(x) >= 4 {
		s0 += x[0]
		s1 += x[1]
		s2 += x[2]
		s3 += x[3]
		x = x[4:]
	}
	for _, v := range x {
		s0 += v
	}
	return (s0 + s1) + (s2 + s3)
}

// Dot is the sum of x[i]·y[i]; y must be at least as long as x.
func Dot(x, y []float64) float64 {
	y = y[:len(x)]
	var s0, s1, s2, s3 float64
	for len(x) >= 4 && len(y) >= 4 {
		s0 += float64(x[0] * y[0])
		s1 += float64(x[1] * y[1])
		s2 += float64(x[2] * y[2])
		s3 += float64(x[3] * y[3])
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		s0 += float64(v * y[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// Axpy adds a·x to dst; dst must be at least as long as x.
func Axpy(dst []float64, a float64, x []float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] += float64(a * v)
	}
}

// Scale multiplies dst by a.
func Scale(dst []float64, a float64) {
	for i := range dst {
		dst[i] *= a
	}
}

// Norm2 is the Euclidean length of x. It neither overflows nor underflows where the result is representable.
func Norm2(x []float64) float64 {
	m := MaxAbs(x)
	if m == 0 || math.IsInf(m, 0) || math.IsNaN(m) {
		return m
	}
	s := 0.0
	for _, v := range x {
		v /= m
		s += float64(v * v)
	}
	return m * math.Sqrt(s)
}

// MaxAbs is the largest |x[i]|, 0 for an empty x, NaN when x holds a NaN.
func MaxAbs(x []float64) float64 {
	m := 0.0
	for _, v := range x {
		m = max(m, math.Abs(v)) // the built-in max passes NaN on
	}
	return m
}

// ArgMax is the index of the largest value, the smallest such index on a tie; NaN is never chosen unless all are NaN.
// x must not be empty.
func ArgMax(x []float64) int {
	best := 0
	for i, v := range x {
		if v > x[best] || (math.IsNaN(x[best]) && !math.IsNaN(v)) {
			best = i
		}
	}
	return best
}

// Finite reports whether x holds neither NaN nor ±Inf.
func Finite(x []float64) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}
