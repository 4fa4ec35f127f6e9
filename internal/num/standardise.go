package num

import (
	"math"
	"slices"
)

// Standardise gives the values less their weighted mean, in units of their weighted deviation (that of the whole, not of a sample).
// Weights are at least 0 with a positive sum; nil = all alike. Values of any finite size are squared without overflow, and any
// unit of the weights does. Of values that are constant but for rounding the unit is 0, and so is every z.
func Standardise(values, weights []float64) (z []float64, mean, unit float64) {
	z = slices.Clone(values)
	top := MaxAbs(z)
	if top == 0 {
		return z, 0, 0
	}
	// Differences from one of the values are exact where the values are close; those of halves do not overflow.
	origin, heaviest := float64(z[0]/2), 1.0
	if weights != nil {
		heaviest = MaxAbs(weights)
	}
	weight := func(i int) float64 {
		if weights == nil {
			return 1
		}
		return weights[i] / heaviest
	}
	total, sum := 0.0, 0.0
	for i, v := range z {
		z[i] = (float64(v/2) - origin) / top
		total += weight(i)
		sum += float64(weight(i) * z[i])
	}
	sum /= total
	squares := 0.0
	for i := range z {
		z[i] -= sum
		squares += float64(weight(i) * float64(z[i]*z[i]))
	}
	mean = 2 * (origin + float64(top*sum))
	deviation := math.Sqrt(squares / total)
	unit = 2 * float64(top*deviation)
	if deviation < 5e-15 || unit == 0 { // what rounding leaves of equal values, in units of the largest
		clear(z)
		return z, mean, 0
	}
	Scale(z, 1/deviation)
	return z, mean, unit
}

// MeanOne scales weights, which are at least 0 with a positive sum, to a mean of 1, whatever their unit.
func MeanOne(weights []float64) {
	heaviest := MaxAbs(weights)
	for i := range weights {
		weights[i] /= heaviest
	}
	Scale(weights, float64(len(weights))/Sum(weights))
}
