package power

import (
	"math"

	"sadi/internal/elementary"
)

// yeoJohnson is the transform ψ(λ, x):
//
//	((x+1)^λ − 1)/λ             x ≥ 0, λ ≠ 0
//	ln(x+1)                     x ≥ 0, λ = 0
//	−((1−x)^(2−λ) − 1)/(2−λ)    x < 0, λ ≠ 2
//	−ln(1−x)                    x < 0, λ = 2
//
// Near the two special cases the power is computed by expm1, which does not cancel.
func yeoJohnson(x, lambda float64) float64 {
	if x < 0 {
		return -positive(-x, 2-lambda)
	}
	return positive(x, lambda) // NaN stays NaN
}

func positive(x, lambda float64) float64 {
	l := elementary.Log1p(x)
	if lambda == 0 {
		return l
	}
	return elementary.Expm1(lambda*l) / lambda
}

// logLikelihood of λ under normality after the transform, up to a constant; −Inf where it can not be computed.
//
//	−n/2 · ln var(ψ(λ, x)) + (λ − 1) Σ sign(x) ln(1 + |x|)
func logLikelihood(x []float64, lambda, jacobian float64) float64 {
	n := float64(len(x))
	var mean, ss float64
	for _, v := range x {
		mean += yeoJohnson(v, lambda)
	}
	mean /= n
	for _, v := range x {
		d := yeoJohnson(v, lambda) - mean
		ss += float64(d * d)
	}
	ll := float64(-n/2*elementary.Log(ss/n)) + float64((lambda-1)*jacobian)
	if math.IsNaN(ll) || math.IsInf(ss, 0) {
		return math.Inf(-1)
	}
	return ll
}

// λ is looked for in [minLambda, maxLambda], which ψ(λ, −x) = −ψ(2−λ, x) makes the same on both sides of 0. Counts that
// are mostly 0 have their maximum far beyond it, where 0 is told from all other values and nothing else.
const minLambda, maxLambda = -1, 3

// estimate maximises the likelihood of λ by golden-section search (Kiefer 1953).
func estimate(x []float64) float64 {
	var jacobian float64
	for _, v := range x {
		jacobian += math.Copysign(elementary.Log1p(math.Abs(v)), v)
	}
	ratio := (math.Sqrt(5) - 1) / 2
	lo, hi := float64(minLambda), float64(maxLambda)
	a, b := hi-float64(ratio*(hi-lo)), lo+float64(ratio*(hi-lo))
	fa, fb := logLikelihood(x, a, jacobian), logLikelihood(x, b, jacobian)
	for hi-lo > 1e-7 {
		if fa >= fb {
			hi, b, fb = b, a, fa
			a = hi - float64(ratio*(hi-lo))
			fa = logLikelihood(x, a, jacobian)
		} else {
			lo, a, fa = a, b, fb
			b = lo + float64(ratio*(hi-lo))
			fb = logLikelihood(x, b, jacobian)
		}
	}
	return (lo + hi) / 2
}

// skewness is the third standardised moment of x/unit, 0 for a constant; NaN is left out.
func skewness(x []float64, unit float64) float64 {
	for _, v := range x {
		if !math.IsNaN(v) {
			unit = max(unit, math.Abs(v)) // cubes of x/unit do not overflow
		}
	}
	var n, mean, m2, m3 float64
	for _, v := range x {
		if !math.IsNaN(v) {
			n++
			mean += v / unit
		}
	}
	mean /= n
	for _, v := range x {
		if !math.IsNaN(v) {
			d := v/unit - mean
			m2 += float64(d * d)
			m3 += float64(d * d * d)
		}
	}
	m2, m3 = m2/n, m3/n
	if !(m2 > 1e-30) {
		return 0
	}
	return m3 / (m2 * math.Sqrt(m2))
}
