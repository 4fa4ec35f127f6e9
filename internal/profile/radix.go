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

// sortFloats sorts ascending; no value is NaN or the negative zero. Long slices are sorted by the digits of their
// bits (least significant first, Knuth 5.2.5), which profiles a column of a million rows several times faster than
// comparing; digits that all values share cost nothing.
func sortFloats(v []float64) {
	if len(v) < radixFrom {
		slices.Sort(v)
		return
	}
	keys := make([]uint64, len(v))
	for i, x := range v {
		keys[i] = ordered(x)
	}
	sortKeys(keys)
	for i, k := range keys {
		v[i] = unordered(k)
	}
}

// sortKeys sorts ascending by the digits of the keys.
func sortKeys(keys []uint64) {
	if len(keys) < radixFrom {
		slices.Sort(keys)
		return
	}
	own, spare := keys, make([]uint64, len(keys))
	var counts [digits][1 << digitBits]int
	for _, k := range keys {
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
	if &own[0] != &keys[0] {
		copy(own, keys)
	}
}

func digit(k uint64, d int) int { return int(k >> (d * digitBits) & (1<<digitBits - 1)) }

const signBit = 1 << 63

// ordered maps numbers to integers in the same order: negative ones with all bits turned, the others above them.
func ordered(x float64) uint64 {
	b := math.Float64bits(x)
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
