package tree

import (
	"math"
	"slices"
)

// columnSampler chooses the columns of a node: from the tree's those of its level, and of these its own.
type columnSampler struct {
	columns         []int32
	byLevel, byNode float64 // shares; 0 counts as 1
	seed            uint64
	depth           int
	level           []int32
}

func (s *columnSampler) of(depth int, node int32) []int32 {
	columns := s.columns
	if share := s.byLevel; share > 0 && share < 1 {
		if s.level == nil || s.depth != depth {
			s.level, s.depth = drawColumns(columns, share, hash(s.seed, 1<<40, uint64(depth))), depth
		}
		columns = s.level
	}
	if share := s.byNode; share > 0 && share < 1 {
		columns = drawColumns(columns, share, hash(s.seed, 1<<41, uint64(node)))
	}
	return columns
}

// drawColumns is a sample without replacement of at least one column, ascending. share 0 or ≥ 1 takes all.
func drawColumns(columns []int32, share float64, seed uint64) []int32 {
	if share <= 0 || share >= 1 || len(columns) == 0 {
		return columns
	}
	drawn := slices.Clone(columns)
	k := max(1, int(share*float64(len(columns))))
	for i := range k {
		j := i + int(hash(seed, uint64(i), 0)%uint64(len(drawn)-i))
		drawn[i], drawn[j] = drawn[j], drawn[i]
	}
	slices.Sort(drawn[:k])
	return drawn[:k]
}

// drawRows writes the rows of a sample to the front of idx, ascending, and the others behind them; each row is taken
// with probability share. It returns the size of the sample, at least 1.
func drawRows(idx []uint32, share float64, seed uint64) int {
	if share <= 0 || share >= 1 {
		for i := range idx {
			idx[i] = uint32(i)
		}
		return len(idx)
	}
	limit := uint64(share * math.MaxUint64 / 2)
	return divideRows(idx, func(i int) bool { return hash(seed, uint64(i), 0)>>1 < limit })
}

// divideRows writes the rows that are in to the front of idx and the others behind them, both ascending. It returns how
// many are in; if none is, the first row counts as in.
func divideRows(idx []uint32, isIn func(i int) bool) int {
	in, out := 0, len(idx)-1
	for i := range idx {
		if isIn(i) {
			idx[in] = uint32(i)
			in++
		} else {
			idx[out] = uint32(i)
			out--
		}
	}
	if in == 0 {
		slices.Reverse(idx)
		return 1
	}
	slices.Reverse(idx[in:])
	return in
}
