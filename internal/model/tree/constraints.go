package tree

import "math"

// Constraints bound what a tree may do. The zero value bounds nothing.
type Constraints struct {
	// Monotone has, for each feature, 1 where predictions may not fall when it rises, −1 where they may not rise, and 0
	// elsewhere; nil = all 0. Missing values are free to go where they fit best.
	Monotone []int8

	// Together are sets of features: those on a path from the root to a leaf are all in one set. nil = no constraint.
	Together [][]int32

	// MinRows is the least number of rows in a leaf. With ExactRows they are counted; otherwise a child's rows are
	// estimated as its share of the node's hessian, as LightGBM does it, which costs nothing and is the same where all
	// hessians are equal.
	MinRows   int
	ExactRows bool

	// PathSmooth draws a leaf of n rows to its parent's value: it gets n/(n+PathSmooth) of its own value and the rest of
	// its parent's (LightGBM's path_smooth).
	PathSmooth float64
}

// binding reports whether splits have to be judged with their leaves' values at hand.
func (c *Constraints) binding() bool { return c.monotone() || c.PathSmooth > 0 }

func (c *Constraints) monotone() bool {
	for _, d := range c.Monotone {
		if d != 0 {
			return true
		}
	}
	return false
}

// direction is 1, −1 or 0 for a feature.
func (c *Constraints) direction(feature int32) int8 {
	if c.Monotone == nil {
		return 0
	}
	return c.Monotone[feature]
}

// limits are what the splits above a node leave to it.
type limits struct {
	lo, hi float64 // its leaves' values are within
	value  float64 // its own value, if it stays a leaf
	sets   []int32 // of Together, that have all features of its path
}

// rootLimits are those of a tree's root with a sum; nil when nothing is constrained.
func (g *grower) rootLimits(sum int64) *limits {
	if !g.binding() && g.Together == nil {
		return nil
	}
	l := &limits{lo: math.Inf(-1), hi: math.Inf(1), value: g.weight(g.real(sum))}
	for k := range g.Together {
		l.sets = append(l.sets, int32(k))
	}
	return l
}

// limitChildren hands a node's limits on. Between the values of two children that must be in order lies their middle,
// and all leaves below stay on their side of it, as in XGBoost.
func (g *grower) limitChildren(parent, left, right int32) {
	above := g.nodes[parent].limits
	if above == nil {
		return
	}
	feature := g.nodes[parent].split.feature
	l, r := *above, *above
	l.value, r.value = g.limited(above, left), g.limited(above, right)
	switch middle := float64(l.value/2) + float64(r.value/2); g.direction(feature) {
	case 1:
		l.hi, r.lo = middle, middle
	case -1:
		l.lo, r.hi = middle, middle
	}
	if g.Together != nil {
		l.sets = nil
		for _, k := range above.sets {
			if contains(g.Together[k], feature) {
				l.sets = append(l.sets, k)
			}
		}
		r.sets = l.sets
	}
	g.nodes[left].limits, g.nodes[right].limits = &l, &r
}

func contains(set []int32, feature int32) bool {
	for _, f := range set {
		if f == feature {
			return true
		}
	}
	return false
}

// limited is the value of a node under the limits of its parent.
func (g *grower) limited(above *limits, n int32) float64 {
	nd := &g.nodes[n]
	return above.within(g.weight(g.real(nd.sum)), float64(nd.hi-nd.lo), g.PathSmooth)
}

// within is the value of a child of count rows whose best value is w.
func (l *limits) within(w, count, smooth float64) float64 {
	if smooth > 0 {
		share := count / (count + smooth)
		w = float64(w*share) + float64(l.value*(1-share))
	}
	return min(max(w, l.lo), l.hi)
}

// countBy decides how a tree on some gradient pairs counts rows: where all hessians are 1, they do.
func (g *grower) countBy(p pairs) {
	g.countRows = false
	if !g.ExactRows || g.MinRows <= 1 {
		return
	}
	for i := p.at; i < len(p.h); i += p.stride {
		if float64(p.h[i])*p.factor != 1 {
			g.countRows = true
			break
		}
	}
	if g.countRows && g.ones == nil {
		g.ones = make([]int64, len(g.packed))
		for i := range g.ones {
			g.ones[i] = 1
		}
	}
}

// leafValue is the value of a grown leaf before the learning rate.
func (g *grower) leafValue(n int32) float64 {
	if l := g.nodes[n].limits; l != nil {
		return l.value
	}
	return g.weight(g.real(g.nodes[n].sum))
}

// allowed are those of columns that may split a node.
func (g *grower) allowed(nd *node, columns []int32) []int32 {
	if g.Together == nil {
		return columns
	}
	if g.mark == nil {
		g.mark = make([]bool, len(g.bins.Columns))
	}
	clear(g.mark)
	for _, k := range nd.limits.sets {
		for _, f := range g.Together[k] {
			g.mark[f] = true
		}
	}
	var some []int32
	for _, j := range columns {
		if g.mark[j] {
			some = append(some, j)
		}
	}
	return some
}
