package num

import (
	"math"

	"sadi/internal/isa"
)

// SubtractFour subtracts a[0]·x[0], then a[1]·x[1], a[2]·x[2] and a[3]·x[3] from dst: four steps of an elimination in one pass.
// The rows of x must be at least as long as dst.
func SubtractFour(dst []float64, a *[4]float64, x *[4][]float64) {
	n := 0
	x0, x1, x2, x3 := x[0][:len(dst)], x[1][:len(dst)], x[2][:len(dst)], x[3][:len(dst)]
	if inUse >= isa.AVX2 && len(dst) >= 4 {
		n = len(dst) &^ 3
		subtractFourAVX2(&dst[0], &a[0], &x0[0], &x1[0], &x2[0], &x3[0], n)
	}
	for i := n; i < len(dst); i++ {
		v := dst[i] - float64(a[0]*x0[i])
		v -= float64(a[1] * x1[i])
		v -= float64(a[2] * x2[i])
		dst[i] = v - float64(a[3]*x3[i])
	}
}

// AddSquaresFour adds (x[0] − a[0])², then those of the other three rows, to dst: four coordinates of squared distances in one
// pass. The rows of x must be at least as long as dst.
func AddSquaresFour(dst []float64, a *[4]float64, x *[4][]float64) {
	n := 0
	x0, x1, x2, x3 := x[0][:len(dst)], x[1][:len(dst)], x[2][:len(dst)], x[3][:len(dst)]
	if inUse >= isa.AVX2 && len(dst) >= 4 {
		n = len(dst) &^ 3
		addSquaresFourAVX2(&dst[0], &a[0], &x0[0], &x1[0], &x2[0], &x3[0], n)
	}
	for i := n; i < len(dst); i++ {
		d0, d1, d2, d3 := x0[i]-a[0], x1[i]-a[1], x2[i]-a[2], x3[i]-a[3]
		v := dst[i] + float64(d0*d0)
		v += float64(d1 * d1)
		v += float64(d2 * d2)
		dst[i] = v + float64(d3*d3)
	}
}

// AddSquaresFour32 is AddSquaresFour for rows of float32.
func AddSquaresFour32(dst []float64, a *[4]float64, x *[4][]float32) {
	n := 0
	x0, x1, x2, x3 := x[0][:len(dst)], x[1][:len(dst)], x[2][:len(dst)], x[3][:len(dst)]
	if inUse >= isa.AVX2 && len(dst) >= 4 {
		n = len(dst) &^ 3
		addSquaresFour32AVX2(&dst[0], &a[0], &x0[0], &x1[0], &x2[0], &x3[0], n)
	}
	for i := n; i < len(dst); i++ {
		d0, d1, d2, d3 := float64(x0[i])-a[0], float64(x1[i])-a[1], float64(x2[i])-a[2], float64(x3[i])-a[3]
		v := dst[i] + float64(d0*d0)
		v += float64(d1 * d1)
		v += float64(d2 * d2)
		dst[i] = v + float64(d3*d3)
	}
}

// AddDifferencesFour32 adds |x[0] − a[0]|, then those of the other three rows, to dst.
func AddDifferencesFour32(dst []float64, a *[4]float64, x *[4][]float32) {
	n := 0
	x0, x1, x2, x3 := x[0][:len(dst)], x[1][:len(dst)], x[2][:len(dst)], x[3][:len(dst)]
	if inUse >= isa.AVX2 && len(dst) >= 4 {
		n = len(dst) &^ 3
		addDifferencesFour32AVX2(&dst[0], &a[0], &x0[0], &x1[0], &x2[0], &x3[0], n)
	}
	for i := n; i < len(dst); i++ {
		v := dst[i] + math.Abs(float64(x0[i])-a[0])
		v += math.Abs(float64(x1[i]) - a[1])
		v += math.Abs(float64(x2[i]) - a[2])
		dst[i] = v + math.Abs(float64(x3[i])-a[3])
	}
}
