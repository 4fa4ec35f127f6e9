package svm

import "sadi/internal/isa"

// inUse says what multiply may use beyond the Go language, which does not show in its results; it is changed by tests only.
var inUse = isa.Best()

// multiply writes the products of x with the rows of a panel. Each is the sum in the order of the features, so that it is the
// same for the two rows exchanged, and |x|² for a row with itself.
//
// Those of package gemm are of float32: |x|² + |z|² − 2·x·z of rows that are near each other would be rounding for the most part.
// And here a panel is packed once for all rows it will ever meet, where gemm packs for each product.
func multiply(dst *[lanes]float64, x, panel []float64) {
	if inUse >= isa.AVX2 && len(x) > 0 {
		panel = panel[:len(x)*lanes]
		multiplyAVX2(dst, &x[0], &panel[0], len(x))
		return
	}
	multiplyGo(dst, x, panel)
}

func multiplyGo(dst *[lanes]float64, x, panel []float64) {
	const half = lanes / 2 // as many sums as there are registers for
	for begin := 0; begin < lanes; begin += half {
		var s0, s1, s2, s3, s4, s5, s6, s7 float64
		for j, v := range x {
			z := (*[half]float64)(panel[j*lanes+begin:])
			s0 += float64(v * z[0])
			s1 += float64(v * z[1])
			s2 += float64(v * z[2])
			s3 += float64(v * z[3])
			s4 += float64(v * z[4])
			s5 += float64(v * z[5])
			s6 += float64(v * z[6])
			s7 += float64(v * z[7])
		}
		*(*[half]float64)(dst[begin:]) = [half]float64{s0, s1, s2, s3, s4, s5, s6, s7}
	}
}
