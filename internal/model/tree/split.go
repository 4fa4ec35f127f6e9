package tree

import (
	"math"
	"math/bits"
	"sync"
)

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

	constraints *Constraints // nil = none
	countRows   bool         // see Constraints.ExactRows; false where the hessians count the rows
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

// level is an occupied bin with its sums in a node.
type level struct {
	bin int
	sum int64
	key float64 // by which the levels of a category are ordered
}

// source is where the sums of a node's bins come from: its histogram, or, when hist is nil, its few rows.
type source struct {
	*layout
	hist         []int64
	rows         []uint32
	packed       []int64
	*restriction // nil = none
}

// gather writes the occupied bins of a column to levels, ascending. cells is scratch, all 0 before and after.
func (s *source) gather(levels *[MaxBins + 1]level, c *Column, feature int32, cells *[MaxBins + 1]int64) []level {
	k := 0
	if s.hist != nil {
		at := s.at[feature]
		for b, sum := range s.hist[at : int(at)+c.Count+1] {
			levels[k] = level{bin: b, sum: sum}
			if sum != 0 {
				k++
			}
		}
		return levels[:k]
	}
	var set binSet
	for _, r := range s.rows {
		b := c.Bin[r]
		cells[b] += s.packed[r]
		set.add(int(b))
	}
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			b := w<<6 | bits.TrailingZeros64(word)
			if cells[b] != 0 {
				levels[k] = level{bin: b, sum: cells[b]}
				k++
			}
			cells[b] = 0
		}
	}
	return levels[:k]
}

// findRoom is memory for find, which would take longer to clear than it is used: cells are 0 between uses.
type findRoom struct {
	levels [MaxBins + 1]level
	cells  [MaxBins + 1]int64
	scan   scanner
}

var findRooms = sync.Pool{New: func() any { return new(findRoom) }}

// find returns the best split of a node on the given features, which are ascending. Ties go to the lower feature, then
// to missing values on the right, then to the lower bin.
func (f *finder) find(from source, sum int64, features []int32, node int) split {
	s := f.scaled()
	best := split{feature: -1}
	gi, hi := f.fixed.split(sum)
	parent := s.score(float64(gi), float64(hi))
	if f.constraints != nil && f.constraints.MinRows > 1 && !f.countRows {
		s.minHessian = max(s.minHessian, s.leastHessian(len(from.rows), hi))
	}
	constrained := s.refereeOf(&from, gi, hi)
	if constrained != nil {
		parent = constrained.parent
	}
	unit := f.hScale / (f.gScale * f.gScale)
	best.gain = max(1e-12*math.Abs(parent), math.Nextafter(f.gamma/unit, 0))
	room := findRooms.Get().(*findRoom)
	defer findRooms.Put(room)
	scan := &room.scan
	dense := constrained == nil && from.hist != nil && s.alpha == 0 && s.maxDeltaStep == 0 && !s.random && s.lambda < mostLambda
	if dense {
		scan.start(&s, sum, parent)
	}
	for _, j := range features {
		if from.at[j] < 0 {
			continue
		}
		c := &f.bins.Columns[j]
		if dense && c.Levels == 0 {
			scan.find(&s, &best, from.hist[from.at[j]:][:c.Count+1], j)
			continue
		}
		switch levels := from.gather(&room.levels, c, j, &room.cells); {
		case len(levels) < 2:
		case constrained != nil:
			constrained.count(&from, c, j, levels, &room.cells)
			if c.Levels > 0 {
				constrained.findCategory(&best, c, levels, sum, parent, j, node, constrained)
			} else {
				constrained.findNumber(&best, levels, sum, j, node)
			}
		case c.Levels > 0:
			s.findCategory(&best, c, levels, sum, parent, j, node, nil)
		default:
			s.findNumber(&best, levels, sum, parent, j, node)
		}
	}
	if best.feature >= 0 {
		best.gain *= unit
	}
	return best
}

// findNumber tries every threshold of a number, first with missing values on the right, then on the left.
func (f *finder) findNumber(best *split, levels []level, sum int64, parent float64, feature int32, node int) {
	values, missing := levels, int64(0)
	if levels[0].bin == 0 {
		values, missing = levels[1:], levels[0].sum
	}
	first, last := 0, len(values)-1
	if f.random {
		first = f.randomCut(values, feature, node)
		last = first
	}
	found := -1
	g, h := f.fixed.split(sum)
	G, H := float64(g), float64(h)
	// Most candidates are far from the best. A test without a division, and with room for its rounding, sees that.
	plain := f.alpha == 0 && f.maxDeltaStep == 0
	bar := (best.gain + parent) * (1 - 1e-9)
	for _, missingLeft := range [2]bool{false, true} {
		left := int64(0)
		if missingLeft {
			if left = missing; left == 0 {
				break
			}
		}
		for k := range first {
			left += values[k].sum
		}
		for k := first; k <= last; k++ {
			left += values[k].sum
			gl, hl := f.fixed.split(left)
			if hl < f.minHessian {
				continue
			}
			if h-hl < f.minHessian {
				break
			}
			GL, HL := float64(gl), float64(hl)
			GR, HR := G-GL, H-HL
			if plain {
				dl, dr := HL+f.lambda, HR+f.lambda
				if float64(GL*GL*dr)+float64(GR*GR*dl) < bar*dl*dr {
					continue
				}
			}
			if gain := f.score(GL, HL) + f.score(GR, HR) - parent; gain > best.gain {
				bar = (gain + parent) * (1 - 1e-9)
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
	if missing == 0 { // nothing to learn from: missing values will follow the heavier child
		_, hl := f.fixed.split(best.sum)
		best.missingLeft = 2*hl > h
	}
}

// randomCut draws the last value bin on the left: a number between the node's first and last but one bin, and of it the
// occupied bin at or below. Bins hold about equal numbers of rows, so this draws a threshold by rank.
func (f *finder) randomCut(values []level, feature int32, node int) int {
	first, last := values[0].bin, values[len(values)-1].bin
	if first == last {
		return 0
	}
	bin := first + int(hash(f.seed, uint64(node), uint64(feature))%uint64(last-first))
	k := 0
	for k+1 < len(values) && values[k+1].bin <= bin {
		k++
	}
	return k
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
