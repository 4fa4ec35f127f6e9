package num

import (
	"math"

	"sadi/internal/elementary"
)

// Logistic is 1/(1+e^-z), without overflow for any z.
func Logistic(z float64) float64 {
	if z >= 0 {
		return 1 / (1 + elementary.Exp(-z))
	}
	e := elementary.Exp(z)
	return e / (1 + e)
}

// Log1pExp is log(1+e^z), without overflow and with full precision for any z (Mächler 2012, "Accurately computing
// log(1−exp(−|a|))", eq. 10).
func Log1pExp(z float64) float64 {
	switch {
	case z <= -37:
		return elementary.Exp(z)
	case z <= 18:
		return elementary.Log1p(elementary.Exp(z))
	case z <= 33.3:
		return z + elementary.Exp(-z)
	}
	return z
}

// LogSumExp is log Σ e^z[i]; −Inf for an empty z.
func LogSumExp(z []float64) float64 {
	m := math.Inf(-1)
	for _, v := range z {
		m = max(m, v)
	}
	if math.IsInf(m, 0) || math.IsNaN(m) {
		return m
	}
	s := 0.0
	for _, v := range z {
		s += elementary.Exp(v - m)
	}
	return m + elementary.Log(s)
}

// Softmax writes e^z[i]/Σe^z to dst and returns log Σ e^z; dst may be z itself. z must be finite.
func Softmax(dst, z []float64) float64 {
	dst = dst[:len(z)]
	m := math.Inf(-1)
	for _, v := range z {
		m = max(m, v)
	}
	s := 0.0
	for i, v := range z {
		dst[i] = elementary.Exp(v - m)
		s += dst[i]
	}
	for i := range dst {
		dst[i] /= s
	}
	return m + elementary.Log(s)
}
