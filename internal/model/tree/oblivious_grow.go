package tree

import (
	"context"
	"slices"

	"sadi/internal/par"
)

// view is a part of the rows with gradient pairs of theirs, for which there are histograms.
type view struct {
	packed []int64 // by row
	lo, hi int     // the rows
}

// segment is the rows of a leaf: idx[lo:hi].
type segment struct{ lo, hi int }

// symmetric grows an oblivious tree, level by level. The score of a split is summed over all leaves: with a = G / (H + λ)
// from the rows that estimate a leaf and G', H' of the rows that judge it,
//
//	L2:      √ Σ a·G'           Cosine:   Σ a·G' / √ Σ a²·H' ,
//
// the length of the gradient's part that the leaves explain. In plain boosting the same rows estimate and judge.
type symmetric struct {
	fixed
	partition
	views   []view
	ordered bool // view 2k estimates and view 2k+1 judges; otherwise each does both
	cosine  bool
	lambda  float64
	least   float64 // weight of a leaf below which it counts as not split

	leaves []segment // those that have rows, in the order of their numbers
	parted []segment // room for the next
	totals []totals  // of each leaf, for each pair of views
	groups []*columnGroup

	dot, norm  []float64         // 256 for each column of a group: what each cut adds to Σ a·G' and to Σ a²·H'
	spare      map[int][][]int64 // histograms that no group uses, by their cells
	spareBytes int
}

// offspring is where the children of a leaf are among the leaves; −1 = it has no rows.
type offspring struct{ left, right int }

// columnGroup is columns that compete for the splits of some levels, with their histograms.
type columnGroup struct {
	histograms
	columns []Column
	active  []int32 // columns in tiles
	cells   int     // bins of these
	asks    []question
	hists   [][]int64 // leaf by leaf, of each view; nil = not kept, or few rows
}

// question is what a split on a column asks.
type question struct {
	feature    int32      // −1 = a statistic
	projection *projected // of the statistic
	kind       int
}

func newColumnGroup(columns []Column, asks []question, tiles []tile, pool *par.Pool) *columnGroup {
	g := &columnGroup{columns: columns, asks: asks}
	g.pool = pool
	g.set(tiles, len(columns))
	for k := range tiles {
		g.active = tiles[k].features(g.active)
	}
	slices.Sort(g.active)
	for _, j := range g.active {
		g.cells += columns[j].Count + 1
	}
	return g
}

// start begins a tree on the rows of idx[:rows].
func (s *symmetric) start(rows int) {
	s.leaves = s.leaves[:0]
	if rows > 0 {
		s.leaves = append(s.leaves, segment{0, rows})
	}
	s.groups = s.groups[:0]
}

// enter lets a group compete from the present level on.
func (s *symmetric) enter(g *columnGroup) {
	g.hists, g.live = g.hists[:0], 0
	s.groups = append(s.groups, g)
}

// rowsOf are the rows of a leaf that a view has.
func (s *symmetric) rowsOf(leaf segment, v *view) []uint32 {
	rows := s.idx[leaf.lo:leaf.hi]
	if len(s.views) == 1 || !s.ordered {
		return rows
	}
	from, _ := slices.BinarySearch(rows, uint32(v.lo))
	to, _ := slices.BinarySearch(rows, uint32(v.hi))
	return rows[from:to]
}

// few reports whether a leaf has so few rows that they are read faster than a histogram.
func (g *columnGroup) few(leaf segment) bool {
	return 5*(leaf.hi-leaf.lo)*len(g.active) < g.cells
}

// fits reports whether the histograms of so many leaves can be kept.
func (s *symmetric) fits(g *columnGroup, leaves int) bool {
	return leaves*len(s.views) <= g.room()
}

// count makes the histograms of leaves that have none and are worth one.
func (s *symmetric) count(ctx context.Context, g *columnGroup, leaves []int) error {
	s.lend(g)
	defer s.takeBack(g)
	for v := range s.views {
		var dst [][]int64
		var rows [][]uint32
		for _, n := range leaves {
			if at := n*len(s.views) + v; g.hists[at] == nil && !g.few(s.leaves[n]) {
				g.hists[at] = g.take()
				dst, rows = append(dst, g.hists[at]), append(rows, s.rowsOf(s.leaves[n], &s.views[v]))
			}
		}
		if err := g.build(ctx, dst, rows, s.views[v].packed); err != nil {
			return err
		}
	}
	return nil
}

// release lets go of the histograms of a group.
func (s *symmetric) release(g *columnGroup) {
	s.lend(g)
	defer s.takeBack(g)
	s.drop(g)
}

// drop is release while the group has what is spare.
func (s *symmetric) drop(g *columnGroup) {
	for i, h := range g.hists {
		g.histograms.release(h)
		g.hists[i] = nil
	}
}

// lend gives a group the spare histograms of its size.
func (s *symmetric) lend(g *columnGroup) {
	g.free = s.spare[g.size]
	delete(s.spare, g.size)
	s.spareBytes -= 8 * g.size * len(g.free)
}

// takeBack takes what a group has free. Groups come and go with the combinations of every tree, and few rows are counted faster
// than memory is found for them.
func (s *symmetric) takeBack(g *columnGroup) {
	room := (histogramMemory - s.spareBytes) / (8 * max(g.size, 1))
	g.free = g.free[:min(len(g.free), max(room, 0))]
	if s.spare == nil {
		s.spare = map[int][][]int64{}
	}
	s.spare[g.size] = g.free
	s.spareBytes += 8 * g.size * len(g.free)
	g.free = nil
}

// split parts every leaf by a proposal: the left children come before the right ones, and groups that stay get the histograms of
// the children: the smaller is counted, the other is the rest.
func (s *symmetric) split(ctx context.Context, p *proposal) error {
	var right [256]uint8
	p.right(&right)
	cuts := make([]cut, len(s.leaves))
	for n, leaf := range s.leaves {
		cuts[n] = cut{lo: leaf.lo, hi: leaf.hi, bin: p.group.columns[p.column].Bin}
		for b := range right {
			cuts[n].left[b] = 1 - right[b]
		}
	}
	if err := s.partition.run(ctx, cuts); err != nil {
		return err
	}
	children := make([]offspring, len(cuts))
	next := s.parted[:0]
	add := func(lo, hi int) int {
		if lo == hi {
			return -1
		}
		next = append(next, segment{lo, hi})
		return len(next) - 1
	}
	for n := range cuts {
		children[n].left = add(cuts[n].lo, cuts[n].mid)
	}
	for n := range cuts {
		children[n].right = add(cuts[n].mid, cuts[n].hi)
	}
	s.leaves, s.parted = next, s.leaves
	for _, g := range s.groups {
		if err := s.inherit(ctx, g, children); err != nil {
			return err
		}
	}
	return nil
}

// inherit makes the histograms of children from those of their parents, where these were kept.
func (s *symmetric) inherit(ctx context.Context, g *columnGroup, children []offspring) error {
	s.lend(g)
	defer s.takeBack(g)
	views := len(s.views)
	if !s.fits(g, len(s.leaves)) || len(g.hists) != len(children)*views {
		s.drop(g)
		g.hists = g.hists[:0]
		return nil
	}
	old := slices.Clone(g.hists)
	g.hists = slices.Grow(g.hists[:0], len(s.leaves)*views)[:len(s.leaves)*views]
	clear(g.hists)
	type pair struct{ light, heavy int }
	var small []pair
	type rest struct{ of, take []int64 }
	var rests []rest
	for n, c := range children {
		if old[n*views] == nil {
			continue
		}
		of := pair{c.left, c.right}
		if s.rowsAt(of.heavy) < s.rowsAt(of.light) {
			of.light, of.heavy = of.heavy, of.light
		}
		if g.few(s.leaves[of.heavy]) {
			for v := range views {
				g.histograms.release(old[n*views+v])
			}
			continue
		}
		copy(g.hists[of.heavy*views:][:views], old[n*views:][:views])
		if of.light >= 0 {
			small = append(small, of)
		}
	}
	// Children that are few have to be counted all the same for the sake of their siblings.
	for v := range s.views {
		var dst [][]int64
		var rows [][]uint32
		for _, of := range small {
			h := g.take()
			g.hists[of.light*views+v] = h
			dst, rows = append(dst, h), append(rows, s.rowsOf(s.leaves[of.light], &s.views[v]))
			rests = append(rests, rest{g.hists[of.heavy*views+v], h})
		}
		if err := g.build(ctx, dst, rows, s.views[v].packed); err != nil {
			return err
		}
	}
	pool := g.pool
	if len(rests)*g.cells < smallWork {
		pool = nil
	}
	return pool.For(ctx, len(rests), func(i int) {
		for _, j := range g.active {
			at, n := int(g.at[j]), g.columns[j].Count+1
			g.subtract(rests[i].of[at:at+n], rests[i].take[at:at+n])
		}
	})
}

// rowsAt is the number of rows of a leaf that may not be there.
func (s *symmetric) rowsAt(leaf int) int {
	if leaf < 0 {
		return 0
	}
	return s.leaves[leaf].hi - s.leaves[leaf].lo
}
