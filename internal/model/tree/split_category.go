package tree

import (
	"cmp"
	"slices"
)

// findCategory splits a node's levels, missing values being one, in two groups. With few levels each is tried against the rest. Otherwise they are
// ordered by G / (H + smooth) and cut: for a convex loss one of these cuts is the best of all groupings (Fisher 1958;
// LightGBM 2017, with its smoothing, its own λ, and its limit to the size of the smaller group against over-fitting).
func (f *finder) findCategory(best *split, c *Column, levels []level, sum int64, parent float64, feature int32, node int, constrained *referee) {
	oneHot := c.Count < f.maxOneHot
	found := false
	try := func(left int64, group []level) {
		gl, hl := f.fixed.split(left)
		gr, hr := f.fixed.split(sum - left)
		if hl < f.minHessian || hr < f.minHessian {
			return
		}
		gain := f.score(float64(gl), float64(hl)) + f.score(float64(gr), float64(hr)) - parent
		if constrained != nil {
			var legal bool
			if gain, legal = constrained.gain(left, sum, constrained.rowsOf(group), 0); !legal {
				return
			}
		}
		if gain > best.gain {
			found = true
			*best = split{gain: gain, feature: feature, sum: left}
			for _, l := range group {
				best.set.add(l.bin)
			}
		}
	}
	switch {
	case oneHot && f.random:
		k := hash(f.seed, uint64(node), uint64(feature)) % uint64(len(levels))
		try(levels[k].sum, levels[k:k+1])
	case oneHot:
		for k := range levels {
			try(levels[k].sum, levels[k:k+1])
		}
	default:
		for k := range levels {
			g, h := f.fixed.split(levels[k].sum)
			levels[k].key = float64(g) / (float64(h) + f.smooth)
		}
		slices.SortStableFunc(levels, func(a, b level) int { return cmp.Compare(a.key, b.key) })
		lambda := f.lambda
		f.lambda += f.categoryLambda
		cut := -1
		if f.random {
			cut = int(hash(f.seed, uint64(node), uint64(feature)) % uint64(len(levels)-1))
		}
		left := int64(0)
		for k := range len(levels) - 1 {
			left += levels[k].sum
			if cut >= 0 && k != cut || min(k+1, len(levels)-k-1) > f.maxCategories {
				continue
			}
			try(left, levels[:k+1])
		}
		f.lambda = lambda
	}
	if !found {
		return
	}
	var known binSet
	for _, l := range levels {
		known.add(l.bin)
	}
	if known.has(0) {
		best.missingLeft = best.set.has(0)
	} else {
		_, hl := f.fixed.split(best.sum)
		_, h := f.fixed.split(sum)
		best.missingLeft = 2*hl > h
	}
	if best.missingLeft {
		for w := range best.set {
			best.set[w] |= ^known[w]
		}
	}
}
