package tree

import (
	"context"
	"math/bits"
	"math/rand/v2"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// IsolationOptions say how isolation trees grow (Liu, Ting & Zhou, "Isolation Forest", ICDM 2008).
type IsolationOptions struct {
	Trees int
	Rows  int // that a tree sees, drawn without replacement
}

// GrowIsolation grows trees that need no target: a node asks a random column, of those that differ among its rows, for a
// threshold drawn between its smallest and largest value. A leaf holds how many questions isolate a row that comes there:
// its depth and, for the rows that are left together, what parting them would take on average. Few questions in the mean
// of the trees mark an outlier. Tree t depends on the stream and t alone.
func GrowIsolation(ctx context.Context, x *dataset.Matrix, o IsolationOptions, stream rng.Stream, pool *par.Pool) (*Ensemble, error) {
	e := &Ensemble{Features: len(x.Cols), Outputs: 1, Width: 1, Base: make([]float64, 1), Trees: make([]Tree, o.Trees)}
	errs := make([]error, o.Trees)
	if err := pool.For(ctx, o.Trees, func(t int) {
		e.Trees[t], errs[t] = isolationTree(ctx, x, min(o.Rows, x.Rows), stream.At(t).Rand())
	}); err != nil {
		return nil, err
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return e, nil
}

func isolationTree(ctx context.Context, x *dataset.Matrix, rows int, random *rand.Rand) (Tree, error) {
	drawn := drawDistinct(rows, x.Rows, random)
	seen := &dataset.Matrix{Rows: rows, Features: x.Features}
	for _, col := range x.Cols {
		values := make([]float32, rows)
		for i, r := range drawn {
			values[i] = col[r]
		}
		seen.Cols = append(seen.Cols, values)
	}
	// Bins of its own: the tree tells apart what it sees, where those of all rows would hide an outlier among the largest.
	c := newCart(newBins(seen, MaxBins, nil), untargeted(rows), CartOptions{MaxFeatures: 1, MaxDepth: max(1, bits.Len(uint(rows-1))), ValueThresholds: true}, nil)
	if err := c.grow(ctx, nil, random); err != nil {
		return Tree{}, err
	}
	return c.treeOf(func(values []float32, n int32) []float32 {
		return append(values, float32(float64(c.nodes[n].depth)+isolationPath(c.rows(c.total[n]))))
	}), nil
}

// drawDistinct are some of the rows 0 to n−1, ascending, all sets alike (Floyd's algorithm).
func drawDistinct(rows, n int, random *rand.Rand) []int {
	in := make(map[int]bool, rows)
	drawn := make([]int, 0, rows)
	for top := n - rows; top < n; top++ {
		r := random.IntN(top + 1)
		if in[r] {
			r = top
		}
		in[r] = true
		drawn = append(drawn, r)
	}
	slices.Sort(drawn)
	return drawn
}

// isolationPath is the mean depth of a row in a random tree that isolates each of some rows: that of an unsuccessful
// search in a binary search tree, with the harmonic number as in the paper.
func isolationPath(rows int) float64 {
	const euler = 0.57721566490153286
	switch n := float64(rows); {
	case rows <= 1:
		return 0
	case rows == 2:
		return 1
	default:
		return 2*(elementary.Log(n-1)+euler) - 2*(n-1)/n
	}
}

// untargeted is the response of rows that have no target.
func untargeted(rows int) *response {
	r := &response{regress: true, q: make([]int64, rows), w: make([]int64, rows), qScale: 1, wScale: 1, shift: uint(bits.Len(uint(rows)))}
	for i := range r.w {
		r.w[i] = 1
	}
	return r
}
