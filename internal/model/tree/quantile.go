package tree

import (
	"math"
	"slices"
)

// quantileSample is the number of rows from which the cuts of a long column are taken.
const quantileSample = 200_000

// numberColumn bins a column of numbers. A column with at most maxBin distinct values gets a bin for each; another one
// gets bins with near-equal counts of rows.
func numberColumn(x []float32, maxBin int) Column {
	n := len(x)
	m := min(n, quantileSample)
	sorted := sortedValues(x, m)
	values, counts := distinct(sorted)
	if m < n && len(values) <= maxBin { // a rare value may have escaped the sample
		m = n
		sorted = sortedValues(x, m)
		values, counts = distinct(sorted)
	}
	first := binStarts(counts, len(sorted), maxBin)
	c := Column{Bin: make([]uint8, n), Count: len(first)}
	c.Lo, c.Hi = make([]float32, c.Count), make([]float32, c.Count)
	for b, f := range first {
		last := len(values) - 1
		if b+1 < len(first) {
			last = first[b+1] - 1
		}
		c.Lo[b], c.Hi[b] = values[f], values[last]
	}
	c.Missing = assignBins(c.Bin, x, c.Lo)
	if m < n {
		c.widen(x)
	}
	return c
}

// sortedValues are m evenly spaced values of x, the missing ones left out, in ascending order.
func sortedValues(x []float32, m int) []float32 {
	v := make([]float32, 0, m)
	for i := range m {
		f := x[i]
		if m < len(x) {
			f = x[int(uint64(i)*uint64(len(x))/uint64(m))]
		}
		if f == f {
			v = append(v, f+0) // −0 becomes 0
		}
	}
	sortFloats(v)
	return v
}

func distinct(sorted []float32) (values []float32, counts []int) {
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		values, counts = append(values, sorted[i]), append(counts, j-i)
		i = j
	}
	return values, counts
}

// binStarts returns, for each bin, the index of its first distinct value. A value with a bin's share of the rows or more
// has a bin alone; the other bins are closed when they hold their share of the other rows, or half of it before a value
// that stands alone (LightGBM's greedy rule).
func binStarts(counts []int, total, maxBin int) []int {
	first := []int{}
	if len(counts) <= maxBin {
		for i := range counts {
			first = append(first, i)
		}
		return first
	}
	alone := func(i int) bool { return counts[i]*maxBin >= total }
	rest, bins := total, maxBin
	for i, n := range counts {
		if alone(i) {
			rest -= n
			bins--
		}
	}
	held, left := 0, maxBin-1 // bins that may still begin
	first = append(first, 0)
	for i := 0; i+1 < len(counts) && left > 0; i++ {
		end := alone(i)
		if !end {
			held += counts[i]
			end = held*bins >= rest || alone(i+1) && 2*held*bins >= rest
		}
		if !end {
			continue
		}
		if !alone(i) {
			rest -= held
			bins = max(bins-1, 1)
		}
		held = 0
		left--
		first = append(first, i+1)
	}
	return first
}

// assignBins writes each value's bin, the count of lower ends at or below it, and reports whether one is missing. A
// value below all of them goes to bin 1.
func assignBins(dst []uint8, x []float32, lo []float32) (missing bool) {
	var ends [256]int32 // order-preserving keys of lo[1:], padded above
	for i := range ends {
		ends[i] = math.MaxInt32
		if i+1 < len(lo) {
			ends[i] = sortKey(lo[i+1])
		}
	}
	for i, f := range x {
		if f != f {
			dst[i] = 0
			missing = true
			continue
		}
		k := int64(sortKey(f + 0))
		p := uint32(0)
		for step := uint32(128); step > 0; step >>= 1 { // branch-free binary search
			p += step & uint32((int64(ends[(p+step-1)&255])-k-1)>>63)
		}
		dst[i] = uint8(p + 1)
	}
	return missing
}

// widen extends the bins' ends, which came from a sample, to all values.
func (c *Column) widen(x []float32) {
	for i, f := range x {
		if b := c.Bin[i]; b > 0 {
			c.Lo[b-1], c.Hi[b-1] = min(c.Lo[b-1], f), max(c.Hi[b-1], f)
		}
	}
}

// sortKey maps floats to integers in the same order.
func sortKey(f float32) int32 {
	b := int32(math.Float32bits(f))
	return b ^ int32(uint32(b>>31)>>1)
}

// sortFloats sorts ascending: by radix, 11 bits a pass, when v is long.
func sortFloats(v []float32) {
	if len(v) < 2048 {
		slices.Sort(v)
		return
	}
	a, b := make([]uint32, len(v)), make([]uint32, len(v))
	var at [3][2048]uint32
	for i, f := range v {
		u := uint32(sortKey(f)) ^ 1<<31
		a[i] = u
		at[0][u&2047]++
		at[1][u>>11&2047]++
		at[2][u>>22]++
	}
	for pass := range at {
		sum := uint32(0)
		for i, n := range at[pass] {
			at[pass][i] = sum
			sum += n
		}
		shift := uint(11 * pass)
		for _, u := range a {
			d := u >> shift & 2047
			b[at[pass][d]] = u
			at[pass][d]++
		}
		a, b = b, a
	}
	for i, u := range a {
		k := int32(u ^ 1<<31)
		v[i] = math.Float32frombits(uint32(k ^ int32(uint32(k>>31)>>1)))
	}
}
