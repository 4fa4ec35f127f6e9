package svm

import (
	"context"

	"sadi/internal/par"
)

// leastRows is how many rows of similarities are kept at the least.
const leastRows = 16

// gram holds the similarities of n points with each other: all of them where they fit into the memory allowed, else the rows
// asked for last. As in LIBSVM they are float32.
type gram struct {
	points *points
	kernel kernel
	diag   []float64 // similarity with itself
	whole  bool
	values []float32 // rows of n

	// Of a gram that is not whole. It is for one goroutine at a time.
	pool  *par.Pool
	slot  []int32 // where a row is, −1 = nowhere
	owner []int32 // the row of a slot, −1 = free
	asked []int64 // when the row of a slot was asked for last
	now   int64
}

// fits reports whether all similarities of n points fit into a number of bytes.
func fits(n int, bytes int64) bool { return 4*int64(n)*int64(n) <= bytes }

func newGram(ctx context.Context, pool *par.Pool, p *points, k kernel, bytes int64) (*gram, error) {
	g := &gram{points: p, kernel: k, diag: make([]float64, p.n), whole: fits(p.n, bytes), pool: pool}
	for i, square := range p.squares[:p.n] {
		v := []float64{square}
		k.apply(v, square, []float64{square})
		g.diag[i] = float64(float32(v[0])) // so that equal points have the distance 0
	}
	if g.whole {
		g.values = make([]float32, p.n*p.n)
		err := pool.For(ctx, p.count(), g.fill)
		return g, err
	}
	rows := min(max(int(bytes/(4*int64(p.n))), leastRows), p.n)
	g.values = make([]float32, rows*p.n)
	g.slot, g.owner, g.asked = make([]int32, p.n), make([]int32, rows), make([]int64, rows)
	for i := range g.slot {
		g.slot[i] = -1
	}
	for i := range g.owner {
		g.owner[i] = -1
	}
	return g, nil
}

// fill computes the similarities of the rows of panel k with those of it and the later ones, and mirrors them.
func (g *gram) fill(k int) {
	p := g.points
	x := make([]float64, lanes*p.d)
	first := k * lanes
	rows := min(lanes, p.n-first)
	for i := range rows {
		p.copyRow(x[i*p.d:][:p.d], first+i)
	}
	var tile [lanes][lanes]float64
	for other := k; other < p.count(); other++ {
		panel := p.panel(other)
		left := other * lanes
		cols := min(lanes, p.n-left)
		for i := range rows {
			multiply(&tile[i], x[i*p.d:][:p.d], panel)
			g.kernel.apply(tile[i][:], p.squares[first+i], p.squares[left:][:lanes])
			row := g.values[(first+i)*p.n+left:][:cols]
			for j := range row {
				row[j] = float32(tile[i][j])
			}
		}
		if other == k {
			continue
		}
		for j := range cols {
			row := g.values[(left+j)*p.n+first:][:rows]
			for i := range row {
				row[i] = float32(tile[i][j])
			}
		}
	}
}

// row is the similarities of a point with all. The result of a gram that is not whole is good until leastRows other rows have
// been asked for.
func (g *gram) row(ctx context.Context, i int32) []float32 {
	n := g.points.n
	if g.whole {
		return g.values[int(i)*n:][:n]
	}
	g.now++
	if s := g.slot[i]; s >= 0 {
		g.asked[s] = g.now
		return g.values[int(s)*n:][:n]
	}
	s := 0
	for k, at := range g.asked {
		if at < g.asked[s] {
			s = k
		}
	}
	if old := g.owner[s]; old >= 0 {
		g.slot[old] = -1
	}
	g.owner[s], g.slot[i], g.asked[s] = i, int32(s), g.now
	row := g.values[s*n:][:n]
	g.compute(ctx, i, row)
	return row
}

// compute writes the similarities of a point with all. When ctx is done the row is not complete, and the caller about to end.
func (g *gram) compute(ctx context.Context, i int32, row []float32) {
	const run = 64 // panels at a time
	p := g.points
	x := make([]float64, p.d)
	p.copyRow(x, int(i))
	_ = g.pool.For(ctx, (p.count()+run-1)/run, func(part int) {
		var tile [lanes]float64
		for k := part * run; k < min((part+1)*run, p.count()); k++ {
			multiply(&tile, x, p.panel(k))
			g.kernel.apply(tile[:], p.squares[i], p.squares[k*lanes:][:lanes])
			for j := range min(lanes, p.n-k*lanes) {
				row[k*lanes+j] = float32(tile[j])
			}
		}
	})
}
