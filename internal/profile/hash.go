package profile

import (
	"math"

	"sadi/internal/table"
)

// missingCell stands for a value that is not there.
const missingCell = 0x9e3779b97f4a7c15

// cells is a 64-bit number for the value of each row, equal for equal values: also for a number and the word that
// writes it.
func cells(c *table.Column) func(i int) uint64 {
	if c.Kind.Numeric() {
		return func(i int) uint64 { return numberCell(c.Nums[i]) }
	}
	levels := make([]uint64, len(c.Levels))
	for k, word := range c.Levels {
		if v, ok := number(word); ok && formatNumber(v) == word {
			levels[k] = numberCell(v)
		} else {
			levels[k] = wordCell(word)
		}
	}
	return func(i int) uint64 {
		if k := c.Codes[i]; k >= 0 {
			return levels[k]
		}
		return missingCell
	}
}

func numberCell(v float64) uint64 {
	if math.IsNaN(v) {
		return missingCell
	}
	return mix(math.Float64bits(v + 0)) // the negative zero becomes zero
}

// wordCell is FNV-1a, finished by mix.
func wordCell(word string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return mix(h + 1)
}

// mix is the finisher of SplitMix64 (Steele, Lea, Flood 2014): each bit of the input changes half of the output's.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
