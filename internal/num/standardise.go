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
	origin := float64(z[0] / 2)
	weight := RelativeWeights(weights, len(z))
	total, sum := 0.0, 0.0
	for i, v := range z {
		z[i] = (float64(v/2) - origin) / top
		total += weight[i]
		sum += float64(weight[i] * z[i])
	}
	sum /= total
	squares := 0.0
	for i := range z {
		z[i] -= sum
		squares += float64(weight[i] * float64(z[i]*z[i]))
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

// RelativeWeights are the weights of n rows in units of the heaviest, so that their sum is finite whatever their unit; nil = all 1.
// Weights are at least 0, one of them positive.
func RelativeWeights(weights []float64, n int) []float64 {
	if weights == nil {
		return slices.Repeat([]float64{1}, n)
	}
	relative, heaviest := make([]float64, n), MaxAbs(weights)
	for i, w := range weights {
		relative[i] = w / heaviest
	}
	return relative
}

// MeanOne scales weights, which are at least 0, one of them positive, to a mean of 1, whatever their unit.
func MeanOne(weights []float64) {
	copy(weights, RelativeWeights(weights, len(weights)))
	Scale(weights, float64(len(weights))/Sum(weights))
}
