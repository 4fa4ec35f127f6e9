package tree

import (
	"cmp"
	"math"
	"slices"
)

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
	if c.RandomThresholds || c.ValueThresholds {
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
