package tree

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"sadi/internal/par"
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
func drawRows(pool *par.Pool, idx []uint32, share float64, seed uint64) int {
	if share <= 0 || share >= 1 {
		for i := range idx {
			idx[i] = uint32(i)
		}
		return len(idx)
	}
	limit := uint64(share * math.MaxUint64 / 2)
	return divideRows(pool, idx, func(i int) bool { return hash(seed, uint64(i), 0)>>1 < limit })
}

// divideRows writes the rows that are in to the front of idx and the others behind them, both ascending. It returns how
// many are in; if none is, the first row counts as in. Blocks of rows are asked and then written in parallel.
func divideRows(pool *par.Pool, idx []uint32, isIn func(i int) bool) int {
	n := len(idx)
	blocks := (n + rowBlock - 1) / rowBlock
	masks, counts := make([]uint64, (n+63)/64), make([]int, blocks) // 64 rows a mask, whole masks a block
	each := func(do func(block, from, to int)) {
		// A sample is half a millisecond's work: who ends the fit need not end it.
		_ = pool.For(context.Background(), blocks, func(b int) { do(b, b*rowBlock/64, min((b+1)*rowBlock/64, len(masks))) })
	}
	each(func(block, from, to int) {
		for m := from; m < to; m++ {
			mask := uint64(0)
			for i := m * 64; i < min(m*64+64, n); i++ {
				bit := uint64(0)
				if isIn(i) { // set without a branch: a processor could not predict it
					bit = 1
				}
				mask |= bit << (i & 63)
			}
			masks[m] = mask
			counts[block] += bits.OnesCount64(mask)
		}
	})
	total := 0
	starts := make([]int, blocks) // of each block's rows that are in
	for b, c := range counts {
		starts[b] = total
		total += c
	}
	if total == 0 {
		masks[0], total = 1, 1
		for b := range starts[1:] {
			starts[b+1] = 1
		}
	}
	each(func(block, from, to int) {
		in := starts[block]
		out := total + from*64 - in
		for m := from; m < to; m++ {
			for w := masks[m]; w != 0; w &= w - 1 {
				idx[in] = uint32(m*64 + bits.TrailingZeros64(w))
				in++
			}
			rows := ^uint64(0) >> max(0, m*64+64-n)
			for w := ^masks[m] & rows; w != 0; w &= w - 1 {
				idx[out] = uint32(m*64 + bits.TrailingZeros64(w))
				out++
			}
		}
	})
	return total
}
