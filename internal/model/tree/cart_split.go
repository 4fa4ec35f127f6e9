package tree

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

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

// find looks for the best split of node n on up to MaxFeatures columns, drawn at random when they are not all. Ties go to
// the lower feature, then to missing values on the right, then to the lower bin. As in scikit-learn, a split need not
// lower the impurity, unless MinImpurityDecrease says so.
func (c *cart) find(n int32) {
	nd, total := &c.nodes[n], c.total[n]
	rows := c.rows(total)
	if c.MaxDepth > 0 && nd.depth >= c.MaxDepth || rows < max(2, c.MinSamplesSplit, 2*c.MinSamplesLeaf) || c.pure(nd) {
		return
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
	if c.classes > 0 {
		k := c.classes
		for i := nd.lo; i < nd.hi; i++ {
			x := &c.samples[i]
			b := col.Bin[x.row]
			s.cells[b].w += x.w
			s.lanes[int(b)*k+int(x.q)] += x.w >> c.shift
			s.occupied[b>>6] |= 1 << (b & 63)
		}
	} else {
		for _, x := range c.samples[nd.lo:nd.hi] {
			b := col.Bin[x.row]
			s.cells[b].q += x.q
			s.cells[b].w += x.w
			s.occupied[b>>6] |= 1 << (b & 63)
		}
	}
	s.order = s.order[:0]
	for w, word := range s.occupied {
		for ; word != 0; word &= word - 1 {
			b := w<<6 | bits.TrailingZeros64(word)
			s.order = append(s.order, bin{at: b, sum: s.cells[b]})
			s.cells[b] = tally{}
		}
	}
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
	if c.RandomThresholds {
		cut = randomBin(values, c.rand.Uint64())
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

// tryCategory cuts the levels, missing values being one of them, in the order of their mean target, which is optimal for
// two classes and for squared error (Breiman et al. 1984, theorem 4.5). For more classes the order is that of the first
// principal component of the class probabilities, nearly as good as trying all groupings (Coppersmith, Hong & Hosking
// 1999).
func (c *cart) tryCategory(n, j int32, best *split) {
	levels := c.scratch.order
	if c.classes > 0 {
		c.principal(levels, n)
	} else {
		for i := range levels {
			levels[i].key = float64(levels[i].sum.q) / c.weight(levels[i].sum)
		}
	}
	slices.SortFunc(levels, func(a, b bin) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at))
	})
	cut := -1
	if c.RandomThresholds {
		cut = int(c.rand.Uint64() % uint64(len(levels)-1))
	}
	c.reset()
	var left tally
	at := -1
	for k := range len(levels) - 1 {
		left.add(levels[k].sum)
		c.move(levels[k].at)
		if cut >= 0 && k != cut {
			continue
		}
		if gain, ok := c.gain(n, left); ok && better(gain, j, best) {
			at = k
			*best = split{gain: gain, feature: j, missingLeft: 2*c.weight(left) > c.weight(c.total[n])}
		}
	}
	if at < 0 {
		return
	}
	var known binSet
	for k, l := range levels {
		known.add(l.at)
		if k <= at {
			best.set.add(l.at)
		}
	}
	if known.has(0) {
		best.missingLeft = best.set.has(0)
	}
	if best.missingLeft {
		for w := range best.set {
			best.set[w] |= ^known[w]
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

func better(gain float64, j int32, best *split) bool {
	return gain > best.gain || gain == best.gain && j < best.feature
}

// reset empties the left side of a scan over more than two classes; move puts a bin there.
func (c *cart) reset() { clear(c.scratch.left) }

func (c *cart) move(at int) {
	k := c.classes
	for i, w := range c.scratch.lanes[at*k:][:k] {
		c.scratch.left[i] += w
	}
}

// gain is the decrease of impurity × weight when the samples summed up in left go left; !ok when a side is too small.
func (c *cart) gain(n int32, left tally) (gain float64, ok bool) {
	total := c.total[n]
	right := total.sub(left)
	if min(c.rows(left), c.rows(right)) < max(c.MinSamplesLeaf, 1) {
		return 0, false
	}
	wl, wr, w := c.weight(left), c.weight(right), c.weight(total)
	switch {
	case c.classes > 0:
		lanes := c.lanes[int(n)*c.classes:][:c.classes]
		for i, t := range lanes {
			c.scratch.right[i] = t - c.scratch.left[i]
		}
		gain = c.purity(c.scratch.left, wl) + c.purity(c.scratch.right, wr) - c.purity(lanes, w)
		return max(gain, 0) / c.wScale, true
	case c.Criterion == Entropy:
		q, ql := float64(total.q), float64(left.q)
		gain = negativeEntropy(ql, wl) + negativeEntropy(q-ql, wr) - negativeEntropy(q, w)
		return max(gain, 0) / c.wScale, true
	}
	// w_l·w_r/w · (mean_l − mean_r)². The difference is exact, so that large means do not hide it and a split has the
	// same gain as its mirror image.
	d := cross(left.q, total.w>>c.shift, total.q, left.w>>c.shift)
	gain = d * d / (wl * wr * w)
	if c.regress {
		return gain * c.wScale / c.qScale / c.qScale, true
	}
	return 2 * gain / c.wScale, true
}

// cross is a·v − b·u, for u and v that are not negative, rounded once or twice.
func cross(a, v, b, u int64) float64 {
	if uint64(max(a, -a)|max(b, -b)|v|u) < 1<<31 {
		return float64(a*v - b*u)
	}
	hi, lo := product(a, v)
	hi2, lo2 := product(b, u)
	lo, borrow := bits.Sub64(lo, lo2, 0)
	hi, _ = bits.Sub64(hi, hi2, borrow)
	sign := 1.0
	if int64(hi) < 0 {
		sign = -1
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	return sign * (float64(float64(hi)*0x1p64) + float64(lo))
}

// product is a·v in two's complement of 128 bits; v is not negative.
func product(a, v int64) (hi, lo uint64) {
	hi, lo = bits.Mul64(uint64(a), uint64(v))
	if a < 0 {
		hi -= uint64(v)
	}
	return hi, lo
}

// purity is the weight times (1 − impurity), up to a constant, of more than two classes.
func (c *cart) purity(lanes []int64, w float64) float64 {
	sum := 0.0
	if c.Criterion == Entropy {
		for _, l := range lanes {
			sum += xlog2(float64(l))
		}
		return sum - xlog2(w)
	}
	for _, l := range lanes {
		sum += float64(float64(l) * float64(l))
	}
	return sum / w
}

// negativeEntropy is −w·H(q/w) in bits.
func negativeEntropy(q, w float64) float64 { return xlog2(q) + xlog2(w-q) - xlog2(w) }

func xlog2(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return float64(x * math.Log2(x))
}

// principal sets the key of each level to its class probabilities' projection on their first principal component, found
// by power iteration from the direction of the class that varies most.
func (c *cart) principal(levels []bin, n int32) {
	k := c.classes
	w := c.weight(c.total[n])
	mean := make([]float64, k)
	for i, l := range c.lanes[int(n)*k:][:k] {
		mean[i] = float64(l) / w
	}
	rows := make([]float64, len(levels)*k) // centred probabilities
	weights := make([]float64, len(levels))
	variance := make([]float64, k)
	for i, l := range levels {
		weights[i] = c.weight(l.sum)
		for o, x := range c.scratch.lanes[l.at*k:][:k] {
			p := float64(x)/weights[i] - mean[o]
			rows[i*k+o] = p
			variance[o] += float64(weights[i] * p * p)
		}
	}
	most := 0
	for o, v := range variance {
		if v > variance[most] {
			most = o
		}
	}
	axis := make([]float64, k)
	axis[most] = 1
	next := make([]float64, k)
	for range 32 {
		clear(next)
		for i := range levels {
			row := rows[i*k:][:k]
			levels[i].key = dot(row, axis)
			f := weights[i] * levels[i].key
			for o, p := range row {
				next[o] += float64(f * p)
			}
		}
		norm := math.Sqrt(dot(next, next))
		if norm == 0 {
			return
		}
		for o := range axis {
			axis[o] = next[o] / norm
		}
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += float64(x * b[i])
	}
	return sum
}
