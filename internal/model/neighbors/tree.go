package neighbors

import (
	"context"
	"math"
	"slices"

	"sadi/internal/num"
)

// leafRows is the number of rows up to which a cell of the tree is not split.
const leafRows = 64

// tree is a k-d tree (Bentley 1975, Multidimensional binary search trees used for associative searching, Communications of
// the ACM 18): the rows of a cell are split in halves at the median of the column in which they spread most. A search visits
// the nearer half first and the other one unless it can hold no neighbour; in many columns it visits nearly all, and then
// saves by leaving off a cell as soon as parts of the distances are too large. What it finds is what a scan of all rows finds.
//
// The cell of node c has the children 2c + 1 and 2c + 2, which take the lower and the upper half of its places.
type tree struct {
	d       int
	columns []int     // the order in which differences are added: the columns that vary most come first
	points  []float32 // n × d, cell by cell, in a cell column by column in that order
	row     []int32   // by place: the row
	cuts    []cut     // by node
}

// cut says where a cell is split: one half is at most below, the other at least above.
type cut struct {
	column       int32 // place in columns
	below, above float32
}

// grow builds the tree of n × d numbers, row-major.
func grow(ctx context.Context, rows []float32, n, d int) (*tree, error) {
	t := &tree{d: d, columns: byVariance(rows, n, d), points: make([]float32, n*d), row: make([]int32, n)}
	for i := range t.row {
		t.row[i] = int32(i)
	}
	nodes := 1
	for size := n; size > leafRows; size = (size + 1) / 2 {
		nodes = 2*nodes + 1
	}
	t.cuts = make([]cut, nodes)
	if err := t.split(ctx, rows, 0, 0, n); err != nil {
		return nil, err
	}
	t.lay(rows, 0, n)
	return t, nil
}

// lay copies the rows of a cell, cell by cell, to where a search reads them.
func (t *tree) lay(rows []float32, lo, hi int) {
	if hi-lo > leafRows {
		middle := (lo + hi) / 2
		t.lay(rows, lo, middle)
		t.lay(rows, middle, hi)
		return
	}
	block := t.points[lo*t.d : hi*t.d]
	for v, j := range t.columns {
		for k, i := range t.row[lo:hi] {
			block[v*(hi-lo)+k] = rows[int(i)*t.d+j]
		}
	}
}

// byVariance are the columns, that of the largest variance first.
func byVariance(rows []float32, n, d int) []int {
	columns, variance := make([]int, d), make([]float64, d)
	for j := range columns {
		columns[j] = j
		var sum, squares float64
		for i := range n {
			e := float64(rows[i*d+j]) - float64(rows[j])
			sum += e
			squares += float64(e * e)
		}
		variance[j] = squares - float64(sum*sum)/float64(n)
	}
	slices.SortStableFunc(columns, func(a, b int) int {
		switch {
		case variance[a] > variance[b]:
			return -1
		case variance[a] < variance[b]:
			return 1
		}
		return a - b
	})
	return columns
}

func (t *tree) split(ctx context.Context, rows []float32, node, lo, hi int) error {
	if hi-lo <= leafRows {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	v := t.widest(rows, lo, hi)
	j := t.columns[v]
	value := func(i int32) float32 { return rows[int(i)*t.d+j] }
	middle := (lo + hi) / 2
	divide(t.row[lo:hi], middle-lo, value)
	c := cut{column: int32(v), below: value(t.row[lo]), above: value(t.row[middle])}
	for _, i := range t.row[lo:middle] {
		c.below = max(c.below, value(i))
	}
	for _, i := range t.row[middle:hi] {
		c.above = min(c.above, value(i))
	}
	t.cuts[node] = c
	if err := t.split(ctx, rows, 2*node+1, lo, middle); err != nil {
		return err
	}
	return t.split(ctx, rows, 2*node+2, middle, hi)
}

// widest is the place of the column in which the rows of a cell spread most.
func (t *tree) widest(rows []float32, lo, hi int) int {
	least := slices.Clone(rows[int(t.row[lo])*t.d:][:t.d])
	most := slices.Clone(least)
	for _, i := range t.row[lo+1 : hi] {
		for j, x := range rows[int(i)*t.d:][:t.d] {
			if x < least[j] {
				least[j] = x
			} else if x > most[j] {
				most[j] = x
			}
		}
	}
	best := 0
	for v, j := range t.columns {
		b := t.columns[best]
		if float64(most[j])-float64(least[j]) > float64(most[b])-float64(least[b]) {
			best = v
		}
	}
	return best
}

// divide puts the k smallest rows by value, then by number, before the others (Hoare's selection, with medians of three).
func divide(rows []int32, k int, value func(int32) float32) {
	less := func(a, b int32) bool {
		x, y := value(a), value(b)
		return x < y || x == y && a < b
	}
	for len(rows) > 1 {
		a, b, c := rows[0], rows[len(rows)/2], rows[len(rows)-1]
		if less(b, a) {
			a, b = b, a
		}
		if less(c, b) {
			if b = c; less(b, a) {
				b = a
			}
		}
		i, j := 0, len(rows)-1
		for i <= j {
			for less(rows[i], b) {
				i++
			}
			for less(b, rows[j]) {
				j--
			}
			if i <= j {
				rows[i], rows[j] = rows[j], rows[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			rows = rows[:j+1]
		case k >= i:
			rows, k = rows[i:], k-i
		default:
			return
		}
	}
}

// search looks for the neighbours of one row after the other.
type search struct {
	*tree
	power int
	at    []float64 // the row, in the order of columns
	side  []float64 // by place in columns: how far the cell is away in it
	sums  [leafRows]float64
	found nearest
}

// slack allows for the rounding of lower bounds: a cell is left out only when it is farther by more than that.
const slack = 1 - 1e-9

// visit searches a cell that is at least bound away; distances are those to the power p.
func (s *search) visit(node, lo, hi int, bound float64) {
	if hi-lo <= leafRows {
		s.scan(lo, hi)
		return
	}
	c := s.cuts[node]
	x := s.at[c.column]
	middle := (lo + hi) / 2
	left, right := max(x-float64(c.below), 0), max(float64(c.above)-x, 0)
	if left <= right {
		s.enter(2*node+1, lo, middle, bound, c.column, left)
		s.enter(2*node+2, middle, hi, bound, c.column, right)
	} else {
		s.enter(2*node+2, middle, hi, bound, c.column, right)
		s.enter(2*node+1, lo, middle, bound, c.column, left)
	}
}

// enter visits a child that is at least away in a column, unless it is too far.
func (s *search) enter(node, lo, hi int, bound float64, column int32, away float64) {
	before := s.side[column]
	if away > before {
		if s.power == 1 {
			bound += away - before
		} else {
			bound += float64(away*away) - float64(before*before)
		}
		s.side[column] = away
	}
	if float64(bound*slack) <= s.found.limit {
		s.visit(node, lo, hi, bound)
	}
	s.side[column] = before
}

// scan compares the rows of a cell, four columns at a time, and ends when all of them are too far.
func (s *search) scan(lo, hi int) {
	m := hi - lo
	block := s.points[lo*s.d : hi*s.d]
	column := func(v int) []float32 { return block[v*m : (v+1)*m] }
	sums := s.sums[:m]
	clear(sums)
	var a [4]float64
	var x [4][]float32
	v := 0
	for ; v+4 <= s.d; v += 4 {
		for k := range x {
			a[k], x[k] = s.at[v+k], column(v+k)
		}
		if s.power == 2 {
			num.AddSquaresFour32(sums, &a, &x)
		} else {
			num.AddDifferencesFour32(sums, &a, &x)
		}
		if v%16 == 12 && all(sums, s.found.limit) {
			return // sums only grow, rounded or not
		}
	}
	for ; v < s.d; v++ {
		if s.power == 2 {
			addSquares(sums, s.at[v], column(v))
		} else {
			addDifferences(sums, s.at[v], column(v))
		}
	}
	for i, distance := range sums {
		if distance <= s.found.limit {
			s.found.offer(neighbor{distance, s.row[lo+i]})
		}
	}
}

// all reports whether all sums are above limit.
func all(sums []float64, limit float64) bool {
	for _, v := range sums {
		if v <= limit {
			return false
		}
	}
	return true
}

func addSquares(sums []float64, a float64, x []float32) {
	for i, v := range x {
		e := float64(v) - a
		sums[i] += float64(e * e)
	}
}

func addDifferences(sums []float64, a float64, x []float32) {
	for i, v := range x {
		sums[i] += math.Abs(float64(v) - a)
	}
}
