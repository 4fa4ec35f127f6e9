package tree

import (
	"math"

	"sadi/internal/loss"
	"sadi/internal/model"
)

// Need says what Boost will take: the sum of its parts that grow with the data, each at its largest, and a quarter more
// for what is small.
func (o *BoostOptions) Need(s model.Shape) model.Need {
	n, d, k := int64(s.Rows), int64(s.Columns), int64(s.Outputs)
	threads := int64(max(s.Threads, 1))
	trees := min(k, threads) // that grow at a time

	columns, tiles := d, n*(d+3) // bins by rows; those by columns are one byte a value
	if share := o.ColumnsByTree; share > 0 && share < 1 {
		columns = max(1, int64(share*float64(d)))
		tiles = trees * n * (columns + 3)
	}
	rows := 16*n*k + 8*int64(s.ValidRows)*k // scores, gradients and hessians
	rows += 20 * n * trees                  // packed pairs and the lists of rows
	if o.ExactRows && o.MinRows > 1 {
		rows += 8 * n * trees
	}
	if o.Goss != nil {
		rows += 17 * n
	}
	if _, ok := o.Loss.(loss.Leafwise); ok {
		rows += 32 * n
	}
	sorting := 16 * threads * min(n, quantileSample)

	perColumn := int64(histogramStride)
	leaves := o.mostLeaves(n)
	histogram := 8 * columns * perColumn
	// Those kept at a time belong to nodes without common rows, and smaller nodes do without.
	live := min(leaves, 5*n/perColumn+1, max(4, histogramMemory/max(histogram, 1))) + 2*threads
	if o.ExactRows && o.MinRows > 1 {
		live *= 2
	}
	learned := int64(o.Rounds) * k * (leaves*52 + 200)
	memory := n*d + tiles + max(sorting, rows+trees*live*histogram) + learned
	return model.Need{Memory: memory + memory/4, Rounds: o.Rounds}
}

// mostLeaves is what bounds the leaves of a tree on n rows.
func (o *BoostOptions) mostLeaves(n int64) int64 {
	leaves := max(1, n/int64(max(o.MinRows, 1)))
	if o.MaxLeaves > 0 {
		leaves = min(leaves, int64(o.MaxLeaves))
	}
	if o.MaxDepth > 0 && o.MaxDepth < 62 {
		leaves = min(leaves, int64(math.Ldexp(1, o.MaxDepth)))
	}
	return leaves
}
