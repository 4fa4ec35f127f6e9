package tree

import (
	"math"
	"slices"
	"sync"
)

// quantileSample is the number of rows from which the cuts of a long column are taken.
const quantileSample = 200_000

// numberColumn bins a column of numbers. A column with at most maxBin distinct values gets a bin for each; another one
// gets bins with near-equal counts of rows.
func numberColumn(x []float32, maxBin int) Column {
	w := quantileRooms.Get().(*quantileRoom)
	defer quantileRooms.Put(w)
	n := len(x)
	m := min(n, quantileSample)
	w.count(x, m)
	if m < n && len(w.values) <= maxBin { // a rare value may have escaped the sample
		m = n
		w.count(x, m)
	}
	first := binStarts(w.counts, w.total, maxBin)
	c := Column{Bin: make([]uint8, n), Count: len(first)}
	c.Lo, c.Hi = make([]float32, c.Count), make([]float32, c.Count)
	for b, f := range first {
		last := len(w.values) - 1
		if b+1 < len(first) {
			last = first[b+1] - 1
		}
		c.Lo[b], c.Hi[b] = floatOf(w.values[f]), floatOf(w.values[last])
	}
	var a assigner
	a.prepare(c.Lo)
	c.Missing = a.assign(&c, x)
	return c
}

// quantileRoom is the memory in which a column's values are counted.
type quantileRoom struct {
	keys, other []uint32
	values      []uint32 // the distinct keys, ascending
	counts      []int    // how often each occurs
	total       int
}

var quantileRooms = sync.Pool{New: func() any { return new(quantileRoom) }}

// count takes m evenly spaced values of x, without the missing ones, and counts each.
func (w *quantileRoom) count(x []float32, m int) {
	w.keys = slices.Grow(w.keys[:0], m)
	for i := range m {
		f := x[i]
		if m < len(x) {
			f = x[int(uint64(i)*uint64(len(x))/uint64(m))]
		}
		if f == f {
			w.keys = append(w.keys, keyOf(f+0)) // −0 becomes 0
		}
	}
	w.sort()
	w.values, w.counts, w.total = w.values[:0], w.counts[:0], len(w.keys)
	for i := 0; i < len(w.keys); {
		j, k := i+1, w.keys[i]
		for j < len(w.keys) && w.keys[j] == k {
			j++
		}
		w.values, w.counts = append(w.values, k), append(w.counts, j-i)
		i = j
	}
}

// sort sorts keys ascending: by radix, 11 bits a pass, when there are many.
func (w *quantileRoom) sort() {
	if len(w.keys) < 2048 {
		slices.Sort(w.keys)
		return
	}
	w.other = slices.Grow(w.other[:0], len(w.keys))[:len(w.keys)]
	var at [3][2048]uint32
	for _, u := range w.keys {
		at[0][u&2047]++
		at[1][u>>11&2047]++
		at[2][u>>22&2047]++
	}
	for pass := range at {
		sum := uint32(0)
		for i, n := range at[pass] {
			at[pass][i] = sum
			sum += n
		}
		shift, to, place := uint(11*pass), w.other, &at[pass]
		for _, u := range w.keys {
			d := u >> shift & 2047
			to[place[d]] = u
			place[d]++
		}
		w.keys, w.other = w.other, w.keys
	}
}

// keyOf maps floats to integers in the same order, floatOf goes back.
func keyOf(f float32) uint32 {
	b := math.Float32bits(f)
	return b ^ (uint32(int32(b)>>31) | 1<<31)
}

func floatOf(k uint32) float32 {
	return math.Float32frombits(k ^ (^uint32(int32(k)>>31) | 1<<31))
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
