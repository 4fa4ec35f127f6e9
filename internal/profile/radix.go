package profile

import (
	"math"
	"slices"
)

const (
	digitBits = 11
	digits    = (64 + digitBits - 1) / digitBits
	radixFrom = 2048 // below, the comparison sort is as fast
)

// sortFloats sorts ascending; no value is NaN and the zeros are equal. Long slices are sorted by the digits of their
// bits (least significant first, Knuth 5.2.5), which profiles a column of a million rows several times faster than
// comparing; digits that all values share cost nothing.
func sortFloats(v []float64) {
	if len(v) < radixFrom {
		slices.Sort(v)
		return
	}
	keys, spare := make([]uint64, len(v)), make([]uint64, len(v))
	var counts [digits][1 << digitBits]int
	for i, x := range v {
		k := ordered(x)
		keys[i] = k
		for d := range digits {
			counts[d][digit(k, d)]++
		}
	}
	for d := range digits {
		if counts[d][digit(keys[0], d)] == len(keys) {
			continue
		}
		at := 0
		for b, n := range counts[d] {
			counts[d][b] = at
			at += n
		}
		for _, k := range keys {
			b := digit(k, d)
			spare[counts[d][b]] = k
			counts[d][b]++
		}
		keys, spare = spare, keys
	}
	for i, k := range keys {
		v[i] = unordered(k)
	}
}

func digit(k uint64, d int) int { return int(k >> (d * digitBits) & (1<<digitBits - 1)) }

const signBit = 1 << 63

// ordered maps numbers to integers in the same order: negative ones with all bits turned, the others above them.
func ordered(x float64) uint64 {
	b := math.Float64bits(x + 0) // the negative zero becomes zero
	if b&signBit != 0 {
		return ^b
	}
	return b | signBit
}

func unordered(k uint64) float64 {
	if k&signBit != 0 {
		return math.Float64frombits(k &^ signBit)
	}
	return math.Float64frombits(^k)
}
