package tree

import "math"

// scanner looks through all thresholds of a number in a node's histogram, in the plain case: no limit on the leaf value
// and no α. It finds the same split as findNumber. Most thresholds are far from the best; a test without a division,
// on four of them at a time, sees that, and the few others are judged one by one.
//
// The fields up to shift are laid out for scan_amd64.s.
type scanner struct {
	sumG, sumH  float64 // of the node, in scaled units
	lambda      float64
	bar         float64 // scores of both sides that are surely not above the best: a little below it
	leastH      float64 // of a side
	unit        float64 // 2^52
	biasedUnit  float64 // 2^52 + bias, where G + bias is never negative
	shiftedBias uint64
	maskH       uint64
	missing     int64 // what is on the left besides the prefix
	shift       uint64
	hessian     int64 // sumH
	least       int64 // leastH
	parent      float64
	prefix      [MaxBins + 1]int64 // sums of bins 1..k+1
}

// slack is what rounding may do to a sum of two scores, many times over.
const slack = 1e-9

// start prepares for a node with the given sum and score.
func (s *scanner) start(f *finder, sum int64, parent float64) {
	g, h := f.fixed.split(sum)
	bias := uint(min(51, 63-int(f.shift))) // |G| is below 2^min(50, 63-shift), see fixed
	s.sumG, s.sumH, s.hessian = float64(g), float64(h), h
	s.least, s.leastH = f.minHessian, float64(f.minHessian)
	s.lambda, s.parent = f.lambda, parent
	s.unit, s.biasedUnit = 1<<52, 1<<52+math.Ldexp(1, int(bias))
	s.shift, s.shiftedBias, s.maskH = uint64(f.shift), 1<<(bias+f.shift), 1<<f.shift-1
}

// find improves best by a split of feature, whose histogram in the node is cells: missing values, then the value bins.
func (s *scanner) find(f *finder, best *split, cells []int64, feature int32) {
	values := cells[1:]
	prefix, sum := s.prefix[:len(values)], int64(0)
	for k, v := range values {
		sum += v
		prefix[k] = sum
	}
	n := (len(values) + 3) &^ 3
	for k := len(values); k < n; k++ {
		s.prefix[k] = sum
	}
	s.missing = cells[0]
	s.bar = (best.gain + s.parent) * (1 - slack)
	at := -1
	pass := func(missingLeft bool, missing int64) {
		s.missing = missing
		for k := s.candidate(0, n); k < n; k = s.candidate(k+4, n) {
			for i := k; i < min(k+4, len(values)); i++ {
				left := s.prefix[i] + missing
				gl, hl := f.fixed.split(left)
				if hl < s.least || s.hessian-hl < s.least {
					continue
				}
				GL, HL := float64(gl), float64(hl)
				if gain := f.score(GL, HL) + f.score(s.sumG-GL, s.sumH-HL) - s.parent; gain > best.gain {
					at = i
					s.bar = (gain + s.parent) * (1 - slack)
					*best = split{gain: gain, feature: feature, missingLeft: missingLeft, sum: left}
				}
			}
		}
	}
	pass(false, 0)
	if cells[0] != 0 {
		pass(true, cells[0])
	}
	if at < 0 {
		return
	}
	best.left = at + 1
	for b := best.left + 1; b < len(cells); b++ {
		if cells[b] != 0 {
			best.right = b
			break
		}
	}
	if cells[0] == 0 { // nothing to learn from: missing values will follow the heavier child
		_, hl := f.fixed.split(best.sum)
		best.missingLeft = 2*hl > s.hessian
	}
}

// candidate is the first multiple of 4 from k on, below n, such that a cut behind one of the next four prefixes may be
// better than the bar, or else n.
func (s *scanner) candidate(k, n int) int {
	if k >= n {
		return n
	}
	if inUse == avx2 {
		return k + scanAVX2(&s.prefix[k], n-k, s)
	}
	for ; k < n; k += 4 {
		may := false
		for _, left := range s.prefix[k : k+4 : k+4] {
			left += s.missing
			h := left & int64(s.maskH)
			HL, GL := float64(h), float64(left>>s.shift)
			GR := s.sumG - GL
			dl, dr := HL+s.lambda, s.sumH-HL+s.lambda
			if GL*GL*dr+GR*GR*dl >= s.bar*dl*dr && h >= s.least && s.hessian-h >= s.least {
				may = true
			}
		}
		if may {
			return k
		}
	}
	return n
}
