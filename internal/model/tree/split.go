package tree

import "math"

// split parts a node's rows in two by one feature.
type split struct {
	gain    float64 // how much it lowers the loss; > 0 in a split that was found
	feature int32   // −1 = none found

	// A number: bins 1..left go left. Bin right is the next one above that holds rows of the node, 0 = none.
	left, right int
	// A category: the bins that go left. Bins without rows in the node go where missing values go.
	set binSet

	missingLeft bool
	sum         int64 // of the rows that go left
}

// binSet is a set of bins.
type binSet [4]uint64

func (s *binSet) add(b int)      { s[b>>6&3] |= 1 << (b & 63) }
func (s *binSet) has(b int) bool { return s[b>>6&3]>>(b&63)&1 == 1 }

// sides writes 1 for each bin that goes left and 0 for the others.
func (s *split) sides(c *Column, left *[256]uint8) {
	clear(left[:])
	if c.Levels > 0 {
		for b := 1; b <= c.Count; b++ {
			if s.set.has(b) {
				left[b] = 1
			}
		}
	} else {
		for b := 1; b <= s.left; b++ {
			left[b] = 1
		}
	}
	if s.missingLeft {
		left[0] = 1
	}
}

// regular is the regularisation of a tree's structure and leaf values, with XGBoost's names.
type regular struct {
	lambda, alpha, gamma float64
	minChildWeight       float64
	maxDeltaStep         float64
}

// weight is the best value of a leaf: −G / (H + λ), with G drawn towards 0 by α, limited to ± maxDeltaStep.
func (r *regular) weight(g, h float64) float64 {
	if !(h+r.lambda > 0) {
		return 0
	}
	w := -shrink(g, r.alpha) / (h + r.lambda)
	if r.maxDeltaStep > 0 {
		w = min(max(w, -r.maxDeltaStep), r.maxDeltaStep)
	}
	return w
}

// shrink draws g towards 0 by α.
func shrink(g, alpha float64) float64 {
	switch {
	case g > alpha:
		return g - alpha
	case g < -alpha:
		return g + alpha
	}
	return 0
}

// finder looks for the best split of one tree's nodes. Its gains are those of equation 7 of Chen & Guestrin, "XGBoost",
// 2016, without the factor ½: score(left) + score(right) − score(node).
type finder struct {
	regular
	fixed
	bins *Bins

	maxOneHot, maxCategories int
	smooth, categoryLambda   float64

	random bool   // one random threshold for each feature, as in extremely randomised trees
	seed   uint64 // of the random thresholds

	minHessian int64 // minChildWeight in scaled units, at least 1
}

func (f *finder) prepare() {
	f.minHessian = 1
	if w := math.Ceil(f.minChildWeight * f.hScale); w >= math.MaxInt64/2 {
		f.minHessian = math.MaxInt64 / 2
	} else if w > 1 {
		f.minHessian = int64(w)
	}
}

// score is how much a leaf with these sums lowers twice the loss: G² / (H + λ) in the plain case.
func (f *finder) score(g, h float64) float64 {
	if f.alpha == 0 && f.maxDeltaStep == 0 {
		return g * g / (h + f.lambda)
	}
	return f.limitedScore(g, h)
}

func (f *finder) limitedScore(g, h float64) float64 {
	if f.maxDeltaStep == 0 {
		t := shrink(g, f.alpha)
		return t * t / (h + f.lambda)
	}
	w := f.weight(g, h)
	return -(float64(2*g*w) + float64((h+f.lambda)*w*w) + float64(2*f.alpha*math.Abs(w)))
}

// scaled is the finder with λ, α and the step limit in the units of the fixed-point sums.
func (f *finder) scaled() finder {
	s := *f
	s.lambda *= f.hScale
	s.categoryLambda *= f.hScale
	s.smooth *= f.hScale
	s.alpha *= f.gScale
	s.maxDeltaStep *= f.gScale / f.hScale
	return s
}

// find returns the best split of a node on the given features, which are ascending. Ties go to the lower feature, then
// to missing values on the right, then to the lower bin.
func (f *finder) find(l *layout, hist []int64, sum int64, features []int32, node int) split {
	s := f.scaled()
	best := split{feature: -1}
	gi, hi := f.fixed.split(sum)
	parent := s.score(float64(gi), float64(hi))
	unit := f.hScale / (f.gScale * f.gScale)
	best.gain = max(1e-12*math.Abs(parent), math.Nextafter(f.gamma/unit, 0))
	for _, j := range features {
		if l.at[j] < 0 {
			continue
		}
		c := &f.bins.Columns[j]
		cells := l.of(hist, f.bins, j)
		if c.Levels > 0 {
			s.findCategory(&best, c, cells, sum, parent, j, node)
		} else {
			s.findNumber(&best, cells, sum, parent, j, node)
		}
	}
	if best.feature >= 0 {
		best.gain *= unit
	}
	return best
}

// findNumber tries every threshold of a number, first with missing values on the right, then on the left.
func (f *finder) findNumber(best *split, cells []int64, sum int64, parent float64, feature int32, node int) {
	_, total := f.fixed.split(sum)
	lo, hi := 1, len(cells)-1
	if f.random {
		lo = f.randomCut(cells, feature, node)
		if lo == 0 {
			return
		}
		hi = lo
	}
	found := false
	for _, missingLeft := range [2]bool{false, true} {
		left := int64(0)
		if missingLeft {
			if left = cells[0]; left == 0 {
				break
			}
		}
		for b := 1; b < lo; b++ {
			left += cells[b]
		}
		for b := lo; b <= hi; b++ {
			if cells[b] == 0 {
				continue
			}
			left += cells[b]
			gl, hl := f.fixed.split(left)
			if hl < f.minHessian {
				continue
			}
			if total-hl < f.minHessian {
				break
			}
			gr, hr := f.fixed.split(sum - left)
			gain := f.score(float64(gl), float64(hl)) + f.score(float64(gr), float64(hr)) - parent
			if gain > best.gain {
				found = true
				*best = split{gain: gain, feature: feature, left: b, missingLeft: missingLeft, sum: left}
			}
		}
	}
	if !found {
		return
	}
	for b := best.left + 1; b < len(cells); b++ {
		if cells[b] != 0 {
			best.right = b
			break
		}
	}
	if cells[0] == 0 { // no missing value to learn from: they follow the heavier child
		_, hl := f.fixed.split(best.sum)
		best.missingLeft = 2*hl > total
	}
}

// randomCut draws the last bin on the left, uniformly from the node's bins but the last; 0 = there is no choice.
func (f *finder) randomCut(cells []int64, feature int32, node int) int {
	first, last := 0, 0
	for b := 1; b < len(cells); b++ {
		if cells[b] != 0 {
			if first == 0 {
				first = b
			}
			last = b
		}
	}
	if first == last {
		if cells[0] != 0 {
			return last
		}
		return 0
	}
	cut := first + int(hash(f.seed, uint64(node), uint64(feature))%uint64(last-first))
	for cells[cut] == 0 {
		cut--
	}
	return cut
}

// hash mixes its arguments (the finaliser of SplitMix64 after each): random numbers that any thread can make in any
// order.
func hash(seed, a, b uint64) uint64 {
	for _, x := range [2]uint64{a, b} {
		seed += (x + 1) * 0x9E3779B97F4A7C15
		seed = (seed ^ seed>>30) * 0xBF58476D1CE4E5B9
		seed = (seed ^ seed>>27) * 0x94D049BB133111EB
		seed ^= seed >> 31
	}
	return seed
}
