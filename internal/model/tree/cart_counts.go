package tree

import "math/bits"

// counted is the samples of a tree in the most common case, two classes and small whole weights: the weight of class 1,
// the weight, and the count of rows stand side by side in one number, so that one addition sums up all three.
type counted struct {
	rows, otherRows []uint32
	sums, otherSums []int64
	cells           [MaxBins + 1]int64
}

// strided is the bins of a column in its tile: row i has bins[i·stride]. A row's other columns share its cache line and
// soon have their turn, which makes a forest twice as fast as columns do.
type strided struct {
	bins   []uint8
	stride uint
}

func (s *strided) at(row uint32) uint8 { return s.bins[uint(row)*s.stride] }

// countBits is the room of each of the three.
const countBits = 21

func uncount(v int64, shift uint) tally {
	const mask = 1<<countBits - 1
	return tally{q: v >> (2 * countBits), w: v>>countBits&mask<<shift + v&mask}
}

// fill takes the rows, each counts[i] times (nil = once), and reports whether there are any.
func (c *counted) fill(r *response, counts []uint8) bool {
	c.rows, c.sums = c.rows[:0], c.sums[:0]
	for i, w := range r.w {
		times := int64(1)
		if counts != nil {
			times = int64(counts[i])
		}
		if w == 0 || times == 0 {
			continue
		}
		c.rows = append(c.rows, uint32(i))
		c.sums = append(c.sums, (r.q[i]<<countBits+w)*times<<countBits+1)
	}
	if n := len(c.rows); len(c.otherRows) < n {
		c.otherRows, c.otherSums = make([]uint32, n), make([]int64, n)
	}
	return len(c.rows) > 0
}

func (c *counted) total(shift uint) tally {
	sum := int64(0)
	for _, v := range c.sums {
		sum += v
	}
	return uncount(sum, shift)
}

// part moves the samples lo to hi to their sides, and returns how many are on the left, and their sum.
func (c *counted) part(lo, hi int, bin strided, side *[256]uint8, shift uint) (l int, left tally) {
	rows, sums := c.rows[lo:hi], c.sums[lo:hi]
	sums = sums[:len(rows)]
	right, rightSums := c.otherRows[:len(rows)], c.otherSums[:len(rows)]
	r, sum := 0, int64(0)
	for i, row := range rows { // without a branch on the data
		v := sums[i]
		rows[l], sums[l] = row, v
		right[r], rightSums[r] = row, v
		s := int(side[bin.at(row)])
		l += s
		r += 1 - s
		sum += v & -int64(s)
	}
	copy(rows[l:], right[:r])
	copy(sums[l:], rightSums[:r])
	return l, uncount(sum, shift)
}

// add sums up the samples lo to hi by bin and returns which bins there are.
func (c *counted) add(lo, hi int, bin strided) (occupied [4]uint64) {
	sums := c.sums[lo:hi]
	for i, row := range c.rows[lo:hi] {
		b := bin.at(row)
		c.cells[b] += sums[i]
		occupied[b>>6] |= 1 << (b & 63)
	}
	return occupied
}

// spread empties the cells into those of s.
func (c *counted) spread(s *scratch, occupied [4]uint64, shift uint) {
	s.occupied = occupied
	for w, word := range occupied {
		for ; word != 0; word &= word - 1 {
			b := w<<6 | bits.TrailingZeros64(word)
			s.cells[b] = uncount(c.cells[b], shift)
			c.cells[b] = 0
		}
	}
}

// cutCounts empties the cells and improves best by a cut of the number j, with the result of tryNumber for Gini. A cut
// that is surely not better than the best so far costs no division. It reports whether there are two bins.
func (c *cart) cutCounts(n, j int32, occupied [4]uint64, best *split) (differs bool) {
	total := c.total[n]
	q, w := total.q, total.w>>c.shift
	bar := c.countsBar(best, w)
	left, last := int64(0), -1 // the last occupied bin on the left
	for k, word := range occupied {
		for ; word != 0; word &= word - 1 {
			b := k<<6 | bits.TrailingZeros64(word)
			if last >= 0 {
				differs = true
				wl := left >> countBits & (1<<countBits - 1)
				d := float64(left>>(2*countBits)*w - q*wl) // exact: both are below 2^42
				if d*d >= bar*float64(wl)*float64(w-wl) {
					if gain, ok := c.gain(n, uncount(left, c.shift)); ok && better(gain, j, best) {
						*best = split{gain: gain, feature: j, left: last, right: b, missingLeft: 2*wl > w}
						bar = c.countsBar(best, w)
					}
				}
			}
			left += c.counted.cells[b]
			c.counted.cells[b] = 0
			last = b
		}
	}
	return differs
}

// countsBar is a little less than (left.q·w − q·wl)² / (wl·wr) of a cut that is as good as best, in a node of weight w.
func (c *cart) countsBar(best *split, w int64) float64 {
	return best.gain * c.wScale / 2 * float64(w) * (1 - slack)
}
