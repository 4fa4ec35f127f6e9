package tree

import (
	"cmp"
	"slices"
)

// categoryColumn bins a column of codes 0..levels-1. Each level that occurs has a bin of its own, the most frequent
// first; when there are more than 255, the rarest share the last one. NaN, and any value that is not a code, is missing.
func categoryColumn(x []float32, levels int) Column {
	c := Column{Bin: make([]uint8, len(x)), Levels: levels, BinOf: make([]uint8, levels)}
	counts := make([]int, levels)
	for _, f := range x {
		if k, ok := codeOf(f, levels); ok {
			counts[k]++
		}
	}
	var codes []int
	for k, n := range counts {
		if n > 0 {
			codes = append(codes, k)
		}
	}
	slices.SortStableFunc(codes, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	for i, k := range codes {
		c.BinOf[k] = uint8(min(i+1, MaxBins))
	}
	c.Count = min(len(codes), MaxBins)
	for i, f := range x {
		if k, ok := codeOf(f, levels); ok {
			c.Bin[i] = c.BinOf[k]
		} else {
			c.Missing = true
		}
	}
	return c
}

// codeOf is the level of a value, if it is one.
func codeOf(f float32, levels int) (code int, ok bool) {
	if !(f >= 0 && f < float32(levels)) { // false for NaN
		return 0, false
	}
	return int(f), true
}
