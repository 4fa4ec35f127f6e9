package tree

import (
	"math"
	"math/bits"
	"slices"
)

// Projection is a combination of categories, and of yes-no tests on other features, that statistics are kept of
// (section 4 of Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", 2018). Each value that
// training rows have is a slot.
type Projection struct {
	Categories []int32 // features, ascending
	Tests      []ObliviousSplit
	keys       keyTable
}

// Statistic is a number that stands for the slots of a projection, as a code on a grid from 0 to 255: the smoothed mean
// of the target, or how frequent the slot is.
type Statistic struct {
	Projection int32
	Target     int32 // the class whose share it is, 0 for the mean of a number or the share of class 1, −1 = the frequency
	Prior      float32
	Codes      []uint8 // of each slot, from all training rows
	Unseen     uint8   // of a value that no training row has
}

// keyRoom bounds the number of values a projection can have, so that its keys are exact.
const keyRoom = 1 << 62

// room is the number of values that the projection could have, 0 if it is above keyRoom. levels are those of all features.
func (p *Projection) room(levels []int32) uint64 {
	if len(p.Tests) > 32 {
		return 0
	}
	n := uint64(1) << len(p.Tests)
	for _, j := range p.Categories {
		hi, lo := bits.Mul64(n, uint64(levels[j])+1)
		if hi > 0 || lo > keyRoom {
			return 0
		}
		n = lo
	}
	return n
}

// keysOf writes the values of rows lo to lo+len(dst): the codes as digits, missing being the last, then a bit a test.
func (p *Projection) keysOf(dst []uint64, cols [][]float32, levels []int32, lo int) {
	clear(dst)
	for _, j := range p.Categories {
		count := int(levels[j])
		for i, v := range cols[j][lo : lo+len(dst)] {
			code, ok := codeOf(v, count)
			if !ok {
				code = count
			}
			dst[i] = dst[i]*uint64(count+1) + uint64(code)
		}
	}
	for t := range p.Tests {
		q := &p.Tests[t]
		for i, v := range cols[q.Column][lo : lo+len(dst)] {
			var bit uint64
			if q.Equal && categoryIs(v, int(levels[q.Column]), q.Threshold) || !q.Equal && v >= q.Threshold {
				bit = 1
			}
			dst[i] = dst[i]<<1 | bit
		}
	}
}

// slots writes the slots of rows lo to lo+len(dst); −1 = a value that no training row has.
func (p *Projection) slots(dst []int32, cols [][]float32, levels []int32, lo int) {
	var keys [obliviousBlock]uint64
	for from := 0; from < len(dst); from += len(keys) {
		part := keys[:min(len(keys), len(dst)-from)]
		p.keysOf(part, cols, levels, lo+from)
		for i, k := range part {
			dst[from+i] = p.keys.find(k)
		}
	}
}

// features are the features that the projection reads, ascending.
func (p *Projection) features() []int32 {
	f := slices.Clone(p.Categories)
	for _, q := range p.Tests {
		f = append(f, q.Column)
	}
	slices.Sort(f)
	return slices.Compact(f)
}

// keyTable numbers keys: an open-addressed hash table.
type keyTable struct {
	keys  []uint64 // by number
	index []int32  // number + 1; a power of two long, at most half full
}

func (t *keyTable) place(key uint64) int {
	return int((key * 0x9E3779B97F4A7C15) >> (65 - bits.Len(uint(len(t.index)))))
}

// find is the number of a key, −1 = none.
func (t *keyTable) find(key uint64) int32 {
	if len(t.keys) == 0 {
		return -1
	}
	for at := t.place(key); ; at = (at + 1) & (len(t.index) - 1) {
		n := t.index[at] - 1
		if n < 0 || t.keys[n] == key {
			return n
		}
	}
}

// add is the number of a key, which is new if the table did not have it.
func (t *keyTable) add(key uint64) int32 {
	if 2*len(t.keys) >= len(t.index) {
		t.index = make([]int32, max(16, 2*len(t.index)))
		for n, k := range t.keys {
			t.put(k, int32(n+1))
		}
	}
	at := t.place(key)
	for ; t.index[at] > 0; at = (at + 1) & (len(t.index) - 1) {
		if n := t.index[at] - 1; t.keys[n] == key {
			return n
		}
	}
	t.keys = append(t.keys, key)
	t.index[at] = int32(len(t.keys))
	return t.index[at] - 1
}

func (t *keyTable) put(key uint64, n int32) {
	at := t.place(key)
	for t.index[at] > 0 {
		at = (at + 1) & (len(t.index) - 1)
	}
	t.index[at] = n
}

// targetUnits is the number of steps between the smallest and the largest bucket of a regression's target.
const targetUnits = 16

// statisticKind is what a statistic is, apart from its projection.
type statisticKind struct {
	target int32 // as in Statistic
	prior  float32
}

// encoder computes ordered statistics. Row by row along a permutation, the statistic of a row comes from the rows before
// it alone, so that no row's own target is in its features: (Σ target + prior) / (count + 1), equation 5 of the paper
// with a = 1.
type encoder struct {
	kinds   []statisticKind
	combos  int     // how many of kinds, the first, there are of combinations
	classes int     // counts a slot keeps: K for more than two classes, else 1
	target  []int32 // of each row: its class, 0 or 1, or the bucket of its target from 0 to targetUnits
	unit    float64 // the value of one step of target
	weights []float64
}

// counted reports whether a row enters the counts: one without weight counts as absent.
func (e *encoder) counted(row uint32) bool { return e.weights == nil || e.weights[row] > 0 }

// mean is the grid code of a smoothed mean.
func (e *encoder) mean(sum, total int32, prior float32) uint8 {
	return code(float64(float64(sum)*e.unit), float64(prior), 1/float64(total+1))
}

// code puts a mean on the grid.
func code(sum, prior, inverse float64) uint8 { return uint8(min((sum+prior)*inverse*256, 255)) }

// frequency is the grid code of a count: its logarithm as a share of that of the largest.
func frequency(count, largest int32) uint8 {
	return uint8(min(255*log2(count+1)/log2(largest+1), 255))
}

// log2 is the binary logarithm, linear between powers of two: the same bits on every machine.
func log2(n int32) float64 {
	e := bits.Len32(uint32(n)) - 1
	return float64(e) + float64(n)/math.Ldexp(1, e) - 1
}

// ordered writes the codes of all rows, a slice for each kind, along a permutation. Row r is written at r, or, if
// byPlace, at its place in the permutation. slots are the rows' and below size.
func (e *encoder) ordered(dst [][]uint8, slots []uint32, size int, order []uint32, byPlace bool) {
	total := make([]int32, size)
	for r, s := range slots {
		if e.counted(uint32(r)) {
			total[s]++
		}
	}
	often := make([]uint8, size)
	largest := max(1, slices.Max(total))
	for s, n := range total {
		often[s] = frequency(n, largest)
	}
	if e.classes == 1 {
		e.orderedMeans(dst, often, slots, order, byPlace)
	} else {
		e.orderedShares(dst, often, slots, order, byPlace)
	}
}

// orderedMeans is ordered for a number or two classes.
func (e *encoder) orderedMeans(dst [][]uint8, often []uint8, slots, order []uint32, byPlace bool) {
	type state struct{ sum, total int32 }
	states := make([]state, len(often))
	var priors []float64
	var codes [][]uint8
	var frequencies []uint8
	for k, kind := range e.kinds[:len(dst)] {
		if kind.target < 0 {
			frequencies = dst[k]
		} else {
			priors, codes = append(priors, float64(kind.prior)), append(codes, dst[k])
		}
	}
	for place, r := range order {
		slot, at := slots[r], int(r)
		if byPlace {
			at = place
		}
		s := &states[slot]
		sum, inverse := float64(float64(s.sum)*e.unit), 1/float64(s.total+1)
		for k, prior := range priors {
			codes[k][at] = code(sum, prior, inverse)
		}
		frequencies[at] = often[slot]
		if e.counted(r) {
			s.sum += e.target[r]
			s.total++
		}
	}
}

// orderedShares is ordered for more than two classes.
func (e *encoder) orderedShares(dst [][]uint8, often []uint8, slots, order []uint32, byPlace bool) {
	total, sums := make([]int32, len(often)), make([]int32, len(often)*e.classes)
	for place, r := range order {
		slot, at := slots[r], int(r)
		if byPlace {
			at = place
		}
		own := sums[int(slot)*e.classes:][:e.classes]
		inverse := 1 / float64(total[slot]+1)
		for k, kind := range e.kinds[:len(dst)] {
			if kind.target < 0 {
				dst[k][at] = often[slot]
			} else {
				dst[k][at] = code(float64(own[kind.target]), float64(kind.prior), inverse)
			}
		}
		if e.counted(r) {
			total[slot]++
			own[e.target[r]]++
		}
	}
}

// whole is the statistic of a kind from all rows.
func (e *encoder) whole(kind statisticKind, slots []uint32, size int) (codes []uint8, unseen uint8) {
	total, sums := make([]int32, size), make([]int32, size)
	for r, s := range slots {
		if !e.counted(uint32(r)) {
			continue
		}
		total[s]++
		switch {
		case kind.target < 0:
		case e.classes == 1:
			sums[s] += e.target[r]
		case e.target[r] == kind.target:
			sums[s]++
		}
	}
	codes = make([]uint8, size)
	largest := max(1, slices.Max(total))
	for s, n := range total {
		if kind.target < 0 {
			codes[s] = frequency(n, largest)
		} else {
			codes[s] = e.mean(sums[s], n, kind.prior)
		}
	}
	if kind.target >= 0 {
		unseen = e.mean(0, 0, kind.prior)
	}
	return codes, unseen
}
