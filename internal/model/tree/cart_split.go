package tree

import "math/bits"

// scratch is the memory for the histogram of one column in one node. Only occupied bins are visited and cleared, so
// that a small node costs little.
type scratch struct {
	cells       [MaxBins + 1]tally
	occupied    [4]uint64
	lanes       []int64 // bins × K: class weights, for more than two classes
	left, right []int64 // K
	zeros       []int64
	order       []bin
}

// bin is an occupied bin with its sums; key orders the levels of a category.
type bin struct {
	at  int
	sum tally
	key float64
}

func (s *scratch) zero(n int) []int64 {
	if len(s.zeros) < n {
		s.zeros = make([]int64, n)
	}
	return s.zeros[:n]
}

// collect moves the occupied cells to order.
func (s *scratch) collect() {
	s.order = s.order[:0]
	for w, word := range s.occupied {
		for ; word != 0; word &= word - 1 {
			b := w<<6 | bits.TrailingZeros64(word)
			s.order = append(s.order, bin{at: b, sum: s.cells[b]})
			s.cells[b] = tally{}
		}
	}
}

// find looks for the best split of node n on up to MaxFeatures columns, drawn at random when they are not all. Ties go to
// the lower feature, then to missing values on the right, then to the lower bin. As in scikit-learn, a split need not
// lower the impurity, unless MinImpurityDecrease says so.
func (c *cart) find(n int32) {
	nd, total := &c.nodes[n], c.total[n]
	rows := c.rows(total)
	if c.MaxDepth > 0 && nd.depth >= c.MaxDepth || rows < max(2, c.MinSamplesSplit, 2*c.MinSamplesLeaf) ||
		c.weight(total) < 2*c.leastLeaf || c.pure(nd, total) {
		return
	}
	if c.medians != nil {
		c.medians.open(c.samples[nd.lo:nd.hi])
	}
	best := split{feature: -1, gain: -1}
	d, seen := len(c.features), 0
	for i := 0; i < d && seen < c.MaxFeatures; i++ {
		if c.MaxFeatures < d {
			k := i + c.rand.IntN(d-i)
			c.features[i], c.features[k] = c.features[k], c.features[i]
		}
		if c.try(n, c.features[i], &best) {
			seen++
		}
	}
	const slack = 0x1p-52
	if best.feature >= 0 && best.gain/(c.weight(c.total[0])/c.wScale)+slack >= c.MinImpurityDecrease {
		nd.split = best
	}
}

// try improves best by a split on feature j, and reports whether the feature differs among the node's rows.
func (c *cart) try(n, j int32, best *split) bool {
	nd, col, s := &c.nodes[n], &c.bins.Columns[j], &c.scratch
	s.occupied = [4]uint64{}
	if c.countable {
		cuttable := col.Levels == 0 && c.Criterion == Gini && !c.RandomThresholds
		if occupied := c.counted.add(nd.lo, nd.hi, c.tiled[j]); cuttable && occupied[0]&1 == 0 {
			return c.cutCounts(n, j, occupied, best)
		} else {
			c.counted.spread(s, occupied, c.shift)
		}
	} else if bin := c.tiled[j]; c.classes > 0 {
		k := c.classes
		for i := nd.lo; i < nd.hi; i++ {
			x := &c.samples[i]
			b := bin.at(x.row)
			s.cells[b].w += x.w
			s.lanes[int(b)*k+int(x.q)] += x.w >> c.shift
			s.occupied[b>>6] |= 1 << (b & 63)
		}
	} else {
		for _, x := range c.samples[nd.lo:nd.hi] {
			b := bin.at(x.row)
			s.cells[b].q += x.q
			s.cells[b].w += x.w
			s.occupied[b>>6] |= 1 << (b & 63)
		}
		if c.medians != nil {
			c.medians.byBin(c.samples[nd.lo:nd.hi], bin)
		}
	}
	s.collect()
	if len(s.order) > 1 {
		if col.Levels > 0 {
			c.tryCategory(n, j, best)
		} else {
			c.tryNumber(n, j, best)
		}
	}
	if k := c.classes; k > 0 {
		for i := range s.order {
			clear(s.lanes[s.order[i].at*k:][:k])
		}
	}
	return len(s.order) > 1
}

// tryNumber cuts the bins in their order, with missing values on the right and then on the left.
func (c *cart) tryNumber(n, j int32, best *split) {
	values, missing := c.scratch.order, []bin(nil)
	if values[0].at == 0 {
		missing, values = values[:1], values[1:]
	}
	cut := -1
	switch {
	case c.RandomThresholds:
		cut = randomBin(values, c.rand.Uint64())
	case c.ValueThresholds:
		cut = randomValue(values, &c.bins.Columns[j], c.rand.Float64())
	}
	sides := 1
	if missing != nil {
		sides = 2
	}
	for side := range sides {
		last := len(values) - 1 // of the left side; with no missing value on the right something else has to be there
		if missing == nil || side == 1 {
			last--
		}
		c.reset()
		var left tally
		if side == 1 {
			left = missing[0].sum
			c.move(missing[0].at)
		}
		for k := 0; k <= last; k++ {
			left.add(values[k].sum)
			c.move(values[k].at)
			if cut >= 0 && k != cut {
				continue
			}
			if gain, ok := c.gain(n, left); ok && better(gain, j, best) {
				*best = split{gain: gain, feature: j, left: values[k].at, missingLeft: side == 1}
				if k+1 < len(values) {
					best.right = values[k+1].at
				}
				if missing == nil {
					best.missingLeft = 2*c.weight(left) > c.weight(c.total[n])
				}
			}
		}
	}
}

// randomBin draws the last bin of the left side: a number between the first and the last but one bin that is occupied,
// and of it the occupied bin at or below. Bins hold about equal numbers of rows, so this is a threshold drawn by rank.
func randomBin(values []bin, u uint64) int {
	first, last := values[0].at, values[len(values)-1].at
	if first == last {
		return 0
	}
	b := first + int(u%uint64(last-first))
	k := 0
	for k+1 < len(values) && values[k+1].at <= b {
		k++
	}
	return k
}

// randomValue draws the last bin of the left side: that of a number between the smallest and the largest value, u being
// its share of the way.
func randomValue(values []bin, col *Column, u float64) int {
	lo, hi := float64(col.Lo[values[0].at-1]), float64(col.Hi[values[len(values)-1].at-1])
	x := lo + float64(u*(hi-lo))
	k := 0
	for k+2 < len(values) && float64(col.Lo[values[k+1].at-1]) <= x {
		k++
	}
	return k
}

func better(gain float64, j int32, best *split) bool {
	return gain > best.gain || gain == best.gain && j < best.feature
}

// reset empties the left side of a scan whose sums are not all in a tally; move puts a bin there.
func (c *cart) reset() {
	clear(c.scratch.left)
	if c.medians != nil {
		c.medians.reset()
	}
}

func (c *cart) move(at int) {
	if c.medians != nil {
		c.medians.move(at)
	}
	k := c.classes
	for i, w := range c.scratch.lanes[at*k:][:k] {
		c.scratch.left[i] += w
	}
}
