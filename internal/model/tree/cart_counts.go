package tree

import "math/bits"

// counts reports whether node n is of the common kind that tryCounts is for: two classes, Gini, all thresholds, and sums
// so small that products of two are exact.
func (c *cart) counts(n int32) bool {
	return c.classes == 0 && !c.regress && c.Criterion == Gini && !c.RandomThresholds && c.total[n].w>>c.shift < 1<<31
}

// tryCounts is try for a number in a node as counts describes it, with the same result. It looks at the cuts while it
// empties the cells, and without a division at those that are surely not better than the best so far. Where values are
// missing it leaves the cuts to tryNumber.
func (c *cart) tryCounts(n, j int32, best *split) bool {
	nd, s := &c.nodes[n], &c.scratch
	bin, cells := c.bins.Columns[j].Bin, &s.cells
	var occupied [4]uint64
	for i := range c.samples[nd.lo:nd.hi] {
		x := &c.samples[nd.lo+i]
		b := bin[x.row]
		cells[b].q += x.q
		cells[b].w += x.w
		occupied[b>>6] |= 1 << (b & 63)
	}
	if occupied[0]&1 == 1 {
		s.occupied = occupied
		if s.collect(); len(s.order) > 1 {
			c.tryNumber(n, j, best)
		}
		return len(s.order) > 1
	}
	total := c.total[n]
	q, w, rows := total.q, total.w>>c.shift, c.rows(total)
	least := max(c.MinSamplesLeaf, 1)
	bar := c.countsBar(best, w)
	var left tally
	last := -1 // the last occupied bin on the left
	differs := false
	for k, word := range occupied {
		for ; word != 0; word &= word - 1 {
			b := k<<6 | bits.TrailingZeros64(word)
			if last >= 0 {
				differs = true
				wl := left.w >> c.shift
				wr := w - wl
				d := float64(left.q*w - q*wl)
				if d*d >= bar*float64(wl)*float64(wr) {
					if r := c.rows(left); r >= least && rows-r >= least {
						if gain, _ := c.gain(n, left); better(gain, j, best) {
							*best = split{gain: gain, feature: j, left: last, right: b, missingLeft: 2*wl > w}
							bar = c.countsBar(best, w)
						}
					}
				}
			}
			left.q += cells[b].q
			left.w += cells[b].w
			cells[b] = tally{}
			last = b
		}
	}
	return differs
}

// countsBar is a little less than (left.q·w − q·wl)² / (wl·wr) of a cut in a node of weight w that is as good as best.
func (c *cart) countsBar(best *split, w int64) float64 {
	return best.gain * c.wScale / 2 * float64(w) * (1 - slack)
}
