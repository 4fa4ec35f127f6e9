package model

import (
	"sadi/internal/dataset"
	"sadi/internal/elementary"
)

// Balance multiplies the weights (nil = all 1) of each class by (W / (K · its weight))^power, for the K classes that have
// any of the whole weight W. With power 1 all classes weigh the same, with ½ they are half-way there.
func Balance(t dataset.Target, weights []float64, power float64) []float64 {
	class := make([]float64, t.Classes)
	total, present := 0.0, 0.0
	own := make([]float64, len(t.Y))
	for i, y := range t.Y {
		own[i] = 1
		if weights != nil {
			own[i] = weights[i]
		}
		class[int(y)] += own[i]
		total += own[i]
	}
	for _, w := range class {
		if w > 0 {
			present++
		}
	}
	for c, w := range class {
		if w > 0 {
			class[c] = elementary.Pow(total/(present*w), power) // exact for power 1
		}
	}
	for i, y := range t.Y {
		own[i] *= class[int(y)]
	}
	return own
}
