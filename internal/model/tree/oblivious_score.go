package tree

import (
	"context"
	"math"
	"slices"
)

// proposal is the best split on a column.
type proposal struct {
	group  *columnGroup
	column int
	bin    int     // a number: bins above it go right; a category: the bin itself does
	score  float64 // of the tree with this split
	gain   float64 // what the split adds to Σ a·G'
}

// propose finds the best split on each column that lifts the score of the tree as it is, in the order of groups and
// columns. allowed(group, column) may rule columns out.
func (s *symmetric) propose(ctx context.Context, allowed func(g *columnGroup, column int) bool) ([]proposal, error) {
	if err := s.total(ctx); err != nil {
		return nil, err
	}
	var found []proposal
	for _, g := range s.groups {
		best, err := s.proposeIn(ctx, g, allowed)
		if err != nil {
			return nil, err
		}
		for _, p := range best {
			if p.group != nil {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

func (s *symmetric) proposeIn(ctx context.Context, g *columnGroup, allowed func(*columnGroup, int) bool) ([]proposal, error) {
	if cells := len(g.columns) * (MaxBins + 1); len(s.dot) < cells {
		s.dot, s.norm = make([]float64, cells), make([]float64, cells)
	}
	for j := range g.columns {
		at, n := j*(MaxBins+1), g.columns[j].Count+1
		clear(s.dot[at:][:n])
		clear(s.norm[at:][:n])
	}
	keep := s.fits(g, len(s.leaves))
	if want := len(s.leaves) * len(s.views); len(g.hists) != want {
		g.hists = slices.Grow(g.hists[:0], want)[:want]
		clear(g.hists)
	}
	chunk := len(s.leaves)
	if !keep {
		chunk = max(1, g.room()/len(s.views))
	}
	dot, norm := 0.0, 0.0
	leaves := make([]int, len(s.leaves))
	for n := range leaves {
		leaves[n] = n
		for _, t := range s.of(n) {
			dot += t.dot
			norm += t.norm
		}
	}
	tasks := (len(g.columns) + searchGroup - 1) / searchGroup
	pool := g.pool
	if len(g.columns)*len(leaves) < 64 {
		pool = nil
	}
	best := make([]proposal, len(g.columns))
	for len(leaves) > 0 {
		part := leaves[:min(chunk, len(leaves))]
		leaves = leaves[len(part):]
		if err := s.count(ctx, g, part); err != nil {
			return nil, err
		}
		if err := pool.For(ctx, tasks, func(i int) {
			s.sum(g, i*searchGroup, min((i+1)*searchGroup, len(g.columns)), part, allowed)
		}); err != nil {
			return nil, err
		}
		if !keep {
			s.release(g)
		}
	}
	before := s.score(dot, norm)
	for j := range g.columns {
		if allowed == nil || allowed(g, j) {
			best[j] = s.best(g, j, dot, norm, before)
		}
	}
	return best, nil
}

// totals are the sums of a leaf and what it adds to the score when it is not split.
type totals struct {
	learn, judge int64
	dot, norm    float64
}

// step is the number of views that a pair takes.
func (s *symmetric) step() int {
	if s.ordered {
		return 2
	}
	return 1
}

// of are a leaf's totals, for each pair of views.
func (s *symmetric) of(leaf int) []totals {
	pairs := len(s.views) / s.step()
	return s.totals[leaf*pairs:][:pairs]
}

// total sums up the leaves.
func (s *symmetric) total(ctx context.Context) error {
	step := s.step()
	pairs := len(s.views) / step
	s.totals = slices.Grow(s.totals[:0], len(s.leaves)*pairs)[:len(s.leaves)*pairs]
	return s.pool.For(ctx, len(s.totals), func(i int) {
		leaf, v := s.leaves[i/pairs], i%pairs*step
		sum := func(v *view) (sum int64) {
			for _, r := range s.rowsOf(leaf, v) {
				sum += v.packed[r]
			}
			return sum
		}
		t := totals{learn: sum(&s.views[v])}
		t.judge = t.learn
		if s.ordered {
			t.judge = sum(&s.views[v+1])
		}
		g, h := s.fixed.split(t.learn)
		gj, hj := s.fixed.split(t.judge)
		a := float64(g) / (float64(h) + s.lambda)
		t.dot, t.norm = a*float64(gj), a*a*float64(hj)
		s.totals[i] = t
	})
}

// score is that of the sums, in the units of the fixed-point sums.
func (s *symmetric) score(dot, norm float64) float64 {
	if s.cosine {
		return dot / math.Sqrt(norm+math.SmallestNonzeroFloat64)
	}
	return math.Sqrt(max(dot, 0))
}

// unit turns a score into the units of the gradients.
func (s *symmetric) unit() float64 { return math.Sqrt(s.hScale) / s.gScale }

// sum adds to the columns from lo to hi what each cut changes in the given leaves.
func (s *symmetric) sum(g *columnGroup, lo, hi int, leaves []int, allowed func(*columnGroup, int) bool) {
	var learn, judge [MaxBins + 1]level
	var cells [MaxBins + 1]int64
	for _, n := range leaves {
		leaf := s.leaves[n]
		for k, t := range s.of(n) {
			a := k * s.step()
			b := a + s.step() - 1
			rowsA, rowsB := s.rowsOf(leaf, &s.views[a]), s.rowsOf(leaf, &s.views[b])
			histA, histB := g.hists[n*len(s.views)+a], g.hists[n*len(s.views)+b]
			for j := lo; j < hi; j++ {
				if allowed != nil && !allowed(g, j) || g.at[j] < 0 {
					continue
				}
				c := &g.columns[j]
				from := source{layout: &g.layout, hist: histA, rows: rowsA, packed: s.views[a].packed}
				one := from.gather(&learn, c, int32(j), &cells)
				other := one
				if a != b {
					from = source{layout: &g.layout, hist: histB, rows: rowsB, packed: s.views[b].packed}
					other = from.gather(&judge, c, int32(j), &cells)
				}
				at := j * (MaxBins + 1)
				s.addLeaf(s.dot[at:at+MaxBins+1], s.norm[at:at+MaxBins+1], c.Levels > 0, one, other, t)
			}
		}
	}
}

// addLeaf adds what each cut changes in one leaf. For a number the change is written at the highest bin on the left, as
// the difference from the cut before, so that bins without rows cost nothing; for a category at the bin that goes right.
func (s *symmetric) addLeaf(dot, norm []float64, category bool, learn, judge []level, t totals) {
	g, h := s.fixed.split(t.learn)
	gj, hj := s.fixed.split(t.judge)
	G, H, GJ, HJ := float64(g), float64(h), float64(gj), float64(hj)
	d, q := t.dot, t.norm
	var left, leftJ int64
	i, j := 0, 0
	for i < len(learn) || j < len(judge) {
		bin := MaxBins + 1
		if i < len(learn) {
			bin = learn[i].bin
		}
		if j < len(judge) {
			bin = min(bin, judge[j].bin)
		}
		if category {
			left, leftJ = 0, 0
		}
		if i < len(learn) && learn[i].bin == bin {
			left += learn[i].sum
			i++
		}
		if j < len(judge) && judge[j].bin == bin {
			leftJ += judge[j].sum
			j++
		}
		gl, hl := s.fixed.split(left)
		GL, HL := float64(gl), float64(hl)
		GR, HR := G-GL, H-HL
		d2, q2 := t.dot, t.norm
		if HL >= s.least && HR >= s.least {
			gjl, hjl := s.fixed.split(leftJ)
			GJL, HJL := float64(gjl), float64(hjl)
			a, b := GL/(HL+s.lambda), GR/(HR+s.lambda)
			d2 = float64(a*GJL) + float64(b*(GJ-GJL))
			q2 = float64(a*a*HJL) + float64(b*b*(HJ-HJL))
		}
		dot[bin] += d2 - d
		norm[bin] += q2 - q
		if !category {
			d, q = d2, q2
		}
	}
}

// best is the best cut of a column, ties to the lower bin; no group if none lifts the score.
func (s *symmetric) best(g *columnGroup, column int, dot, norm, before float64) proposal {
	c := &g.columns[column]
	at := column * (MaxBins + 1)
	p := proposal{score: before * (1 + 1e-9)}
	first, last := 0, c.Count-1
	if c.Levels > 0 {
		last++
	}
	d, q := dot, norm
	for b := first; b <= last; b++ {
		if c.Levels > 0 {
			d, q = dot, norm
		}
		d += s.dot[at+b]
		q += s.norm[at+b]
		if score := s.score(d, q); score > p.score {
			p = proposal{group: g, column: column, bin: b, score: score, gain: max(d-dot, 0)}
		}
	}
	return p
}

// right writes 1 for each bin that goes right.
func (p *proposal) right(right *[256]uint8) {
	clear(right[:])
	c := &p.group.columns[p.column]
	if c.Levels > 0 {
		right[p.bin] = 1
		return
	}
	for b := p.bin + 1; b <= c.Count; b++ {
		right[b] = 1
	}
}
