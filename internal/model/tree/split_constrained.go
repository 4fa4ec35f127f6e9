package tree

import "math"

// restriction is what a constrained tree knows of a node that is split.
type restriction struct {
	counts []int64 // the histogram of its rows; nil where there is none, or they are not counted
	limits *limits // nil = none
}

// restrict is nil where the tree is not constrained.
func (g *grower) restrict(n int32) *restriction {
	limits := g.nodes[n].limits
	if limits == nil && !g.countRows {
		return nil
	}
	return &restriction{g.countsOf(n), limits}
}

// countsOf is a node's histogram of rows, or nil.
func (g *grower) countsOf(n int32) []int64 {
	if int(n) >= len(g.counts) {
		return nil
	}
	return g.counts[n]
}

// setCounts keeps a node's histogram of rows and returns it.
func (g *grower) setCounts(n int32, hist []int64) []int64 {
	for len(g.counts) <= int(n) {
		g.counts = append(g.counts, nil)
	}
	g.counts[n] = hist
	return hist
}

// referee judges the splits of a node whose tree is constrained, in the units of the fixed-point sums. It costs more
// than the plain search, which needs no leaf values and no counts of rows.
type referee struct {
	finder
	limits          // of the node; values in scaled units
	bound   bool    // whether they matter
	rowsFor float64 // rows for a unit of hessian, where they are not counted
	counts  [MaxBins + 1]int32
	counted bool
	total   int // rows of the node, without those that weigh nothing and follow the heavier child
	parent  float64
}

// leastHessian is the sum of hessians that a child needs to have an estimated MinRows of a node's rows.
func (f *finder) leastHessian(rows int, hessian int64) int64 {
	return int64(math.Ceil((float64(f.constraints.MinRows) - 0.5) * float64(hessian) / float64(rows)))
}

// refereeOf prepares for a node, or returns nil if the plain search will do. f is in scaled units.
func (f *finder) refereeOf(from *source, g, h int64) *referee {
	c := f.constraints
	if c == nil || !c.binding() && !f.countRows {
		return nil
	}
	r := &referee{finder: *f, total: len(from.rows), counted: f.countRows, rowsFor: float64(len(from.rows)) / float64(h)}
	if c.binding() {
		r.bound = true
		unit := f.gScale / f.hScale
		r.limits = *from.limits
		r.lo, r.hi, r.value = r.lo*unit, r.hi*unit, r.value*unit
	}
	r.parent = f.score(float64(g), float64(h))
	if r.bound {
		r.parent = r.scoreOf(float64(g), float64(h), r.value)
	}
	return r
}

// count takes in the rows of the bins of a column, whose occupied levels are given.
func (r *referee) count(from *source, c *Column, feature int32, levels []level, cells *[MaxBins + 1]int64) {
	if !r.counted {
		return
	}
	clear(r.counts[:])
	if from.counts == nil {
		for _, row := range from.rows {
			r.counts[c.Bin[row]]++
		}
	} else {
		var room [MaxBins + 1]level
		rows := source{layout: from.layout, hist: from.counts}
		for _, l := range rows.gather(&room, c, feature, cells) {
			r.counts[l.bin] = int32(l.sum)
		}
	}
	switch r.total = len(from.rows); {
	case c.Levels > 0:
		r.total = r.rowsOf(levels)
	case levels[0].bin > 0:
		r.total -= int(r.counts[0])
	}
}

// scoreOf is how much a leaf with a value lowers twice the loss.
func (r *referee) scoreOf(g, h, w float64) float64 {
	return -(float64(2*g*w) + float64((h+r.lambda)*w*w) + float64(2*r.alpha*math.Abs(w)))
}

// gain is that of a split with some rows on the left, and whether it is legal. rows are not looked at unless counted.
func (r *referee) gain(left, sum int64, rows int, direction int8) (gain float64, legal bool) {
	gl, hl := r.fixed.split(left)
	gr, hr := r.fixed.split(sum - left)
	GL, HL, GR, HR := float64(gl), float64(hl), float64(gr), float64(hr)
	if !r.counted {
		rows = min(max(int(float64(HL*r.rowsFor)+0.5), 1), r.total-1)
	}
	if least := max(r.constraints.MinRows, 1); rows < least || r.total-rows < least {
		return 0, false
	}
	if !r.bound {
		return r.score(GL, HL) + r.score(GR, HR) - r.parent, true
	}
	smooth := r.constraints.PathSmooth
	wl := r.within(r.weight(GL, HL), float64(rows), smooth)
	wr := r.within(r.weight(GR, HR), float64(r.total-rows), smooth)
	if direction > 0 && wl > wr || direction < 0 && wl < wr {
		return 0, false
	}
	return r.scoreOf(GL, HL, wl) + r.scoreOf(GR, HR, wr) - r.parent, true
}

// findNumber is finder.findNumber under constraints: the same candidates in the same order.
func (r *referee) findNumber(best *split, levels []level, sum int64, feature int32, node int) {
	values, missing := levels, int64(0)
	if levels[0].bin == 0 {
		values, missing = levels[1:], levels[0].sum
	}
	if len(values) == 0 {
		return
	}
	first, last := 0, len(values)-1
	if r.random {
		first = r.randomCut(values, feature, node)
		last = first
	}
	found := -1
	_, h := r.fixed.split(sum)
	direction := r.constraints.direction(feature)
	for _, missingLeft := range [2]bool{false, true} {
		left, rows, bin := int64(0), 0, 1
		if missingLeft {
			if left = missing; left == 0 {
				break
			}
			rows = int(r.counts[0])
		}
		for k := range values {
			left += values[k].sum
			for ; bin <= values[k].bin; bin++ {
				rows += int(r.counts[bin])
			}
			if k < first || k > last {
				continue
			}
			_, hl := r.fixed.split(left)
			if hl < r.minHessian || h-hl < r.minHessian {
				continue
			}
			if gain, legal := r.gain(left, sum, rows, direction); legal && gain > best.gain {
				found = k
				*best = split{gain: gain, feature: feature, missingLeft: missingLeft, sum: left}
			}
		}
	}
	if found < 0 {
		return
	}
	best.left = values[found].bin
	if found+1 < len(values) {
		best.right = values[found+1].bin
	}
	if missing == 0 {
		_, hl := r.fixed.split(best.sum)
		best.missingLeft = 2*hl > h
	}
}

// rowsOf is the count of rows in a group of levels.
func (r *referee) rowsOf(group []level) int {
	n := 0
	for _, l := range group {
		n += int(r.counts[l.bin])
	}
	return n
}
