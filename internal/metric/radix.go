package metric

import (
	"cmp"
	"math"
	"slices"
)

// Sorting is what AUC costs, and greedy ensembles ask for it thousands of times. Three counting passes over the top 33
// bits of a key bring nearly every key to its place; what they leave in disorder are short runs of equal top bits.
const (
	digitBits = 11
	digits    = 3
	lowBits   = 64 - digits*digitBits
	longRun   = 24 // beyond it insertion is slower than the library's sort
)

// orderedBits is an integer that orders as the float does, with -0 equal to 0. x is not NaN.
func orderedBits(x float64) uint64 {
	b := math.Float64bits(x + 0)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// sortKeys sorts in ascending order; spare is scratch of the same length.
func sortKeys(keys, spare []uint64) {
	var count [digits][1 << digitBits]int32
	for _, k := range keys {
		k >>= lowBits
		count[0][k&(1<<digitBits-1)]++
		count[1][k>>digitBits&(1<<digitBits-1)]++
		count[2][k>>(2*digitBits)]++
	}
	a, b := keys, spare
	for pass := range digits {
		c := &count[pass]
		if !starts(c, len(a)) {
			continue
		}
		shift := lowBits + pass*digitBits
		for _, k := range a {
			at := &c[k>>shift&(1<<digitBits-1)]
			b[*at] = k
			*at++
		}
		a, b = b, a
	}
	if len(a) > 0 && &a[0] != &keys[0] {
		copy(keys, a)
	}
	for lo := 0; lo < len(keys); {
		hi, sorted := lo+1, true
		for ; hi < len(keys) && keys[hi]>>lowBits == keys[lo]>>lowBits; hi++ {
			sorted = sorted && keys[hi-1] <= keys[hi]
		}
		if sorted {
			lo = hi
			continue
		}
		if hi-lo > longRun {
			slices.Sort(keys[lo:hi])
		} else {
			for i := lo + 1; i < hi; i++ {
				k, j := keys[i], i
				for ; j > lo && keys[j-1] > k; j-- {
					keys[j] = keys[j-1]
				}
				keys[j] = k
			}
		}
		lo = hi
	}
}

// pair is a key with the row it came from.
type pair struct {
	key uint64
	row int32
}

// sortPairs sorts by key, equal keys by row, if the rows came in ascending order; spare is scratch of the same length.
func sortPairs(pairs, spare []pair) {
	var count [digits][1 << digitBits]int32
	for _, q := range pairs {
		k := q.key >> lowBits
		count[0][k&(1<<digitBits-1)]++
		count[1][k>>digitBits&(1<<digitBits-1)]++
		count[2][k>>(2*digitBits)]++
	}
	a, b := pairs, spare
	for pass := range digits {
		c := &count[pass]
		if !starts(c, len(a)) {
			continue
		}
		shift := lowBits + pass*digitBits
		for _, q := range a {
			at := &c[q.key>>shift&(1<<digitBits-1)]
			b[*at] = q
			*at++
		}
		a, b = b, a
	}
	if len(a) > 0 && &a[0] != &pairs[0] {
		copy(pairs, a)
	}
	for lo := 0; lo < len(pairs); {
		hi, sorted := lo+1, true
		for ; hi < len(pairs) && pairs[hi].key>>lowBits == pairs[lo].key>>lowBits; hi++ {
			sorted = sorted && pairs[hi-1].key <= pairs[hi].key
		}
		if sorted {
			lo = hi
			continue
		}
		if hi-lo > longRun {
			slices.SortStableFunc(pairs[lo:hi], func(x, y pair) int { return cmp.Compare(x.key, y.key) })
		} else {
			for i := lo + 1; i < hi; i++ {
				q, j := pairs[i], i
				for ; j > lo && pairs[j-1].key > q.key; j-- {
					pairs[j] = pairs[j-1]
				}
				pairs[j] = q
			}
		}
		lo = hi
	}
}

// starts turns counts into first places; it reports false where one digit holds all n keys and a pass would change
// nothing.
func starts(c *[1 << digitBits]int32, n int) bool {
	var at int32
	for i, k := range c {
		if int(k) == n {
			return false
		}
		c[i] = at
		at += k
	}
	return true
}
