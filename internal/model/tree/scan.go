package tree

import (
	"math"

	"sadi/internal/isa"
)

// scanner looks through all thresholds of a number in a node's histogram, in the plain case: no limit on the leaf value
// and no α. It finds the same split as findNumber, but first finds about how high the best one is, some thresholds at a
// time, and then judges one by one only those that come close.
//
// The fields up to shift are laid out for scan_amd64.s and scan_avx512_amd64.s.
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

const (
	slack      = 1e-9 // what rounding may do to a sum of two scores, many times over
	mostLambda = 1e60 // beyond it, products of the scan leave the range of a float64
)

// scanLanes is the number of thresholds that are looked at together.
func scanLanes() int {
	if inUse >= isa.AVX512 {
		return 8
	}
	return 4
}

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
	values, lanes := cells[1:], scanLanes()
	n := s.addUp(values)
	s.bar = (best.gain + s.parent) * (1 - slack)
	at, missing := -1, [2]int64{0, cells[0]} // on the left
	var highest [2]float64
	for side := range highest {
		if side == 0 || missing[side] != 0 {
			s.missing = missing[side]
			highest[side] = s.highest(n)
		}
	}
	s.bar = max(s.bar, max(highest[0], highest[1])*(1-slack))
	for side := range highest {
		if highest[side] < s.bar {
			continue
		}
		s.missing = missing[side]
		for k := s.candidate(0, n); k < n; k = s.candidate(k+lanes, n) {
			for i := k; i < min(k+lanes, len(values)); i++ {
				left := s.prefix[i] + s.missing
				gl, hl := f.fixed.split(left)
				if hl < s.least || s.hessian-hl < s.least {
					continue
				}
				GL, HL := float64(gl), float64(hl)
				if gain := f.score(GL, HL) + f.score(s.sumG-GL, s.sumH-HL) - s.parent; gain > best.gain {
					at = i
					*best = split{gain: gain, feature: feature, missingLeft: side == 1, sum: left}
				}
			}
		}
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

// addUp writes the prefix sums of the value bins and repeats the last one up to a multiple of scanLanes, which it returns.
func (s *scanner) addUp(values []int64) int {
	if inUse >= isa.AVX512 && len(values) > 0 {
		prefixAVX512(&s.prefix[0], &values[0], len(values))
		return (len(values) + 7) &^ 7
	}
	whole, sum := 0, int64(0)
	if inUse >= isa.AVX2 && len(values) >= 4 {
		whole = len(values) &^ 3
		prefixAVX2(&s.prefix[0], &values[0], whole)
		sum = s.prefix[whole-1]
	}
	for k := whole; k < len(values); k++ {
		sum += values[k]
		s.prefix[k] = sum
	}
	n := (len(values) + 3) &^ 3
	for k := len(values); k < n; k++ {
		s.prefix[k] = sum
	}
	return n
}

// highest is, but for rounding, the largest sum of both sides' scores over the first n prefixes; 0 where no cut leaves
// both sides the least hessian.
func (s *scanner) highest(n int) float64 {
	switch inUse {
	case isa.AVX512:
		return highestAVX512(&s.prefix[0], n, s)
	case isa.AVX2:
		return highestAVX2(&s.prefix[0], n, s)
	}
	num, den := 0.0, 1.0
	for _, left := range s.prefix[:n] {
		left += s.missing
		h := left & int64(s.maskH)
		HL, GL := float64(h), float64(left>>s.shift)
		GR := s.sumG - GL
		dl, dr := HL+s.lambda, s.sumH-HL+s.lambda
		p, q := float64(GL*GL*dr)+float64(GR*GR*dl), dl*dr
		if p*den > num*q && h >= s.least && s.hessian-h >= s.least {
			num, den = p, q
		}
	}
	return num / den
}

// candidate is the first of k, k + scanLanes and so on, below n, such that a cut behind one of the prefixes up to the next
// may be as good as the bar, or else n.
func (s *scanner) candidate(k, n int) int {
	if k >= n {
		return n
	}
	switch inUse {
	case isa.AVX512:
		return k + candidateAVX512(&s.prefix[k], n-k, s)
	case isa.AVX2:
		return k + candidateAVX2(&s.prefix[k], n-k, s)
	}
	for ; k < n; k += 4 {
		may := false
		for _, left := range s.prefix[k : k+4 : k+4] {
			left += s.missing
			h := left & int64(s.maskH)
			HL, GL := float64(h), float64(left>>s.shift)
			GR := s.sumG - GL
			dl, dr := HL+s.lambda, s.sumH-HL+s.lambda
			if float64(GL*GL*dr)+float64(GR*GR*dl) >= s.bar*dl*dr && h >= s.least && s.hessian-h >= s.least {
				may = true
			}
		}
		if may {
			return k
		}
	}
	return n
}
