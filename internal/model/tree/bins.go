package tree

import (
	"context"
	"math"
	"strconv"
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/par"
)

// MaxBins is the largest number of value bins of a column; with the bin for missing values they fit a byte.
const MaxBins = 255

// Bins is a matrix with every value replaced by the number of its bin. It is read-only once made.
type Bins struct {
	Rows    int
	Columns []Column // d

	tilesOnce, jointOnce sync.Once
	tiles, joint         []tile
}

// Column is one feature in bins. Bin 0 holds the missing values, bins 1..Count the others: in ascending order for a
// number, the most frequent first for a category.
type Column struct {
	Bin     []uint8 // n
	Count   int     // value bins
	Missing bool    // some row is missing

	// Lo and Hi are the smallest and largest value in bin b of a number, at [b-1].
	Lo, Hi []float32

	// Levels is the count of codes of a category, 0 for a number. BinOf gives the bin of a code; 0 = no row has it.
	Levels int
	BinOf  []uint8
}

// Constant reports whether no split of the column can tell two rows apart.
func (c *Column) Constant() bool { return c.Count == 0 || c.Count == 1 && !c.Missing }

// BinsOf returns the bins of a matrix with at most maxBin value bins for a number. They depend on the matrix and maxBin
// alone (weights do not enter, so that trials with other weights share them) and are made once for each matrix.
func BinsOf(x *dataset.Matrix, maxBin int, pool *par.Pool) *Bins {
	maxBin = min(max(maxBin, 2), MaxBins)
	return x.Memo("tree/bins/"+strconv.Itoa(maxBin), func() any { return newBins(x, maxBin, pool) }).(*Bins)
}

func newBins(x *dataset.Matrix, maxBin int, pool *par.Pool) *Bins {
	b := &Bins{Rows: x.Rows, Columns: make([]Column, len(x.Cols))}
	// The work is shared with other trials, so the end of one of them does not end it.
	_ = pool.For(context.Background(), len(x.Cols), func(j int) {
		if levels := x.Features[j].Levels; levels > 0 {
			b.Columns[j] = categoryColumn(x.Cols[j], levels)
		} else {
			b.Columns[j] = numberColumn(x.Cols[j], maxBin)
		}
	})
	return b
}

// Threshold is the number that parses bins ≤ left from bins ≥ right, both non-empty in the node: x < Threshold exactly
// for the former. It is the middle between the closest values, as in XGBoost's exact method.
func (c *Column) Threshold(left, right int) float32 {
	lo, hi := c.Hi[left-1], c.Lo[right-1]
	t := float32((float64(lo) + float64(hi)) / 2)
	if t <= lo {
		return hi
	}
	return t
}

// ThresholdAbove is like Threshold, for scikit-learn's rule that a value equal to the middle goes left.
func (c *Column) ThresholdAbove(left, right int) float32 {
	mid := (float64(c.Hi[left-1]) + float64(c.Lo[right-1])) / 2
	t := float32(mid)
	if float64(t) <= mid {
		t = math.Nextafter32(t, float32(math.Inf(1)))
	}
	return min(t, c.Lo[right-1])
}
