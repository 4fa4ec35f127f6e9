package mlp

import (
	"math"

	"sadi/internal/elementary"
)

// schedule is the course of a quantity over the whole of learning: a factor for each share t of it that is done, from 0 to 1.
// Beyond the end it stays as it is there.
type schedule func(t float64) float64

// schedules are those of the learning rate, by their names.
var schedules = map[string]schedule{
	// Four waves, each about twice as long as the one before: learning cools down, and is shaken up to look elsewhere.
	"coslog4": func(t float64) float64 {
		return 0.5 * (1 - elementary.Cos(2*math.Pi*elementary.Log2(1+float64(15*t))))
	},
	"cosine":   func(t float64) float64 { return 0.5 * (1 + elementary.Cos(math.Pi*t)) },
	"flat_cos": flatCos,
	"constant": func(float64) float64 { return 1 },
}

// flatCos is 1 for the first half and then falls to 0.
func flatCos(t float64) float64 {
	if t < 0.5 {
		return 1
	}
	return 0.5 * (1 + elementary.Cos(math.Pi*(float64(2*t)-1)))
}

// at is the factor after a number of steps out of all.
func (s schedule) at(done, all int) float64 {
	return s(min(float64(done)/float64(all), 1))
}

// waveEnds are the shares of learning at which the waves of coslog4 end, but for the last.
var waveEnds = [...]float64{1.0 / 15, 3.0 / 15, 7.0 / 15}
