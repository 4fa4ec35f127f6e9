package tree

import (
	"math/bits"
	"slices"
)

// medians finds the splits of AbsoluteError. The samples of a node are put in the order of their targets, and two
// Fenwick trees over that order (Fenwick 1994) hold the two sides of a split: moving a sample, and the loss of a side
// around its weighted median, cost the logarithm of the node's size. All sums are integers.
type medians struct {
	*response
	order []uint64 // of a node's samples: rank of the target << 32 | place among the samples, sorted
	place []int32  // of each sample: its place in order
	ranks []int32  // of each row: the rank of its target; made once

	node, left, right fenwick
	whole             float64 // the loss of the node

	sorted []int32            // places in order, by bin
	start  [MaxBins + 2]int32 // of each bin in sorted
	column []sample           // the samples in order
}

// open takes the samples of a node.
func (m *medians) open(samples []sample) {
	m.sort(samples)
	n := len(samples)
	m.place = slices.Grow(m.place[:0], n)[:n]
	m.column = slices.Grow(m.column[:0], n)[:n]
	for at, key := range m.order {
		i := uint32(key)
		m.place[i], m.column[at] = int32(at), samples[i]
	}
	m.node.reset(n)
	m.left.reset(n)
	m.right.reset(n)
	for at, s := range m.column {
		m.node.sums[at+1] = m.tallyOf(s)
	}
	m.node.build()
	m.whole = m.loss(&m.node)
}

// sort puts the samples in the order of their targets, ties in their own.
func (m *medians) sort(samples []sample) {
	if m.ranks == nil {
		m.ranks = ranksOf(m.y)
	}
	m.order = slices.Grow(m.order[:0], len(samples))
	for i, s := range samples {
		m.order = append(m.order, uint64(m.ranks[s.row])<<32|uint64(i))
	}
	slices.Sort(m.order)
}

// ranksOf numbers values by size; equal ones have the same number.
func ranksOf(y []float64) []int32 {
	sorted := slices.Clone(y)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	ranks := make([]int32, len(y))
	for i, v := range y {
		k, _ := slices.BinarySearch(sorted, v)
		ranks[i] = int32(k)
	}
	return ranks
}

func (m *medians) tallyOf(s sample) tally { return tally{q: s.q, w: s.w >> m.shift} }

// byBin notes which of the node's samples are in which bin of a column.
func (m *medians) byBin(samples []sample, bin strided) {
	clear(m.start[:])
	for _, s := range samples {
		m.start[int(bin.at(s.row))+1]++
	}
	for b := 1; b < len(m.start); b++ {
		m.start[b] += m.start[b-1]
	}
	n := len(samples)
	m.sorted = slices.Grow(m.sorted[:0], n)[:n]
	next := m.start
	for i, s := range samples {
		b := bin.at(s.row)
		m.sorted[next[b]] = m.place[i]
		next[b]++
	}
}

// reset puts all samples on the right side.
func (m *medians) reset() {
	clear(m.left.sums)
	m.left.total = tally{}
	copy(m.right.sums, m.node.sums)
	m.right.total = m.node.total
}

// move puts the samples of a bin on the left side.
func (m *medians) move(bin int) {
	for _, at := range m.sorted[m.start[bin]:m.start[bin+1]] {
		t := m.tallyOf(m.column[at])
		m.left.add(at, t)
		m.right.add(at, tally{-t.q, -t.w})
	}
}

// gain is the decrease of weight × mean absolute error by the split into the two sides.
func (m *medians) gain() float64 { return max(0, m.whole-m.loss(&m.left)-m.loss(&m.right)) }

// loss is Σ w·|y − median| of a side.
func (m *medians) loss(f *fenwick) float64 {
	at, below := f.median()
	above := f.total.sub(below)
	median := m.y[m.column[at].row] - m.base
	return float64(above.q-below.q)/m.qScale + float64(median*(float64(below.w-above.w)/m.wScale))
}

// of is the weighted median of samples less base: where one half of the weight ends between two targets, their mean.
func (m *medians) of(samples []sample) float64 {
	m.sort(samples)
	var total, sum int64
	for _, s := range samples {
		total += s.w >> m.shift
	}
	target := func(k int) float64 { return m.y[samples[uint32(m.order[k])].row] - m.base }
	for k := range m.order {
		sum += samples[uint32(m.order[k])].w >> m.shift
		switch {
		case 2*sum == total:
			return (target(k) + target(k+1)) / 2
		case 2*sum > total:
			return target(k)
		}
	}
	return target(len(m.order) - 1)
}

// fenwick is a binary indexed tree of sums: sums[i] covers the lowest bit of i many places up to place i−1.
type fenwick struct {
	sums  []tally // places + 1; the first is not used
	total tally
}

func (f *fenwick) reset(places int) {
	f.sums = slices.Grow(f.sums[:0], places+1)[:places+1]
	f.sums[0] = tally{}
}

// build makes the sums of what stands in their places.
func (f *fenwick) build() {
	f.total = tally{}
	for i := 1; i < len(f.sums); i++ {
		f.total.add(f.sums[i])
	}
	for i := 1; i < len(f.sums); i++ {
		if up := i + i&-i; up < len(f.sums) {
			f.sums[up].add(f.sums[i])
		}
	}
}

func (f *fenwick) add(place int32, t tally) {
	f.total.add(t)
	for i := int(place) + 1; i < len(f.sums); i += i & -i {
		f.sums[i].add(t)
	}
}

// median is the place at which half of the weight is reached, and the sums before it.
func (f *fenwick) median() (place int, before tally) {
	at, sum := 0, tally{}
	for step := 1 << (bits.Len(uint(len(f.sums)-1)) - 1); step > 0; step >>= 1 {
		if next := at + step; next < len(f.sums) && 2*(sum.w+f.sums[next].w) < f.total.w {
			at = next
			sum.add(f.sums[next])
		}
	}
	return at, sum
}
