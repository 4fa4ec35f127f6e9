// Copyright 2011 The Go Authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package elementary

import "math"

// Cos returns the cosine of x in radians, as Sincos does.
func Cos(x float64) float64 {
	_, cos := Sincos(x)
	return cos
}

// Sincos returns the sine and the cosine of x in radians, for |x| below 2^29 (NaN beyond): by the polynomials of Cephes
// (Copyright 1984 to 1992 by Stephen L. Moshier) after a reduction to [-π/4, π/4].
func Sincos(x float64) (sin, cos float64) {
	const pi4a, pi4b, pi4c = 7.85398125648498535156e-1, 3.77489470793079817668e-8, 2.69515142907905952645e-15 // π/4 in parts
	if !(math.Abs(x) < 1<<29) {
		return math.NaN(), math.NaN()
	}
	j := uint64(math.Abs(x) * (4 / math.Pi)) // the octant
	j += j & 1
	y := float64(j)
	z := ((math.Abs(x) - float64(y*pi4a)) - float64(y*pi4b)) - float64(y*pi4c)
	zz := z * z
	sin = z + float64(z*zz*polynomial(zz, 1.58962301576546568060e-10, -2.50507477628578072866e-8, 2.75573136213857245213e-6,
		-1.98412698295895385996e-4, 8.33333333332211858878e-3, -1.66666666666666307295e-1))
	cos = 1 - float64(0.5*zz) + float64(zz*zz*polynomial(zz, -1.13585365213876817300e-11, 2.08757008419747316778e-9,
		-2.75573141792967388112e-7, 2.48015872888517045348e-5, -1.38888888888730564116e-3, 4.16666666666665929218e-2))
	switch j & 7 {
	case 2:
		sin, cos = cos, -sin
	case 4:
		sin, cos = -sin, -cos
	case 6:
		sin, cos = -cos, sin
	}
	if math.Signbit(x) {
		sin = -sin
	}
	return sin, cos
}

// polynomial is Horner's rule, the highest power first.
func polynomial(x float64, coefficients ...float64) float64 {
	sum := 0.0
	for _, c := range coefficients {
		sum = float64(sum*x) + c
	}
	return sum
}
