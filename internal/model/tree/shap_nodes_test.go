package tree

import (
	"fmt"
	"math"
	"testing"

	"sadi/internal/rng"
)

// TestNodesExplainAsPathsDo: with features that come again on a path, and nodes that no training row came to.
func TestNodesExplainAsPathsDo(t *testing.T) {
	r := rng.New(21).Rand()
	const rows = 10
	for _, c := range []struct{ features, width, deepest int }{{12, 1, 14}, {12, 3, 13}, {70, 1, 24}, {10, 2, 30}} {
		compared := 0
		for range 6 {
			tr := numbersTree(r, c.features, c.width, 11, c.deepest)
			tr.Covers = make([]float32, len(tr.Nodes))
			for i := len(tr.Nodes) - 1; i >= 0; i-- {
				if n := &tr.Nodes[i]; n.Feature >= 0 {
					tr.Covers[i] = tr.Covers[n.Left] + tr.Covers[n.Left+1]
				} else {
					tr.Covers[i] = float32(r.IntN(4))
				}
			}
			p := newPaths(&tr, c.width, nil)
			nodes := newByNodes(&tr, p, nil)
			if nodes == nil {
				continue
			}
			compared++
			x := numbers(r, rows, c.features)
			s, ns := newShapScratch(p), nodes.scratch(c.features)
			for i := range rows {
				got, want := make([]float64, c.width*(c.features+1)), make([]float64, c.width*(c.features+1))
				nodes.explain(got, x.Cols, i, c.features+1, ns)
				p.explain(want, x.Cols, i, c.features+1, s)
				for j := range want {
					if math.Abs(got[j]-want[j]) > 1e-12 {
						t.Fatalf("%+v, row %d, number %d: got %v, want %v", c, i, j, got[j], want[j])
					}
				}
			}
		}
		if compared == 0 {
			t.Errorf("%+v: no tree is explained by its nodes", c)
		}
	}
}

func BenchmarkContributionsOfDeepTrees(b *testing.B) {
	r := rng.New(22).Rand()
	tr := numbersTree(r, 28, 1, 12, 20)
	tr.Covers = make([]float32, len(tr.Nodes))
	for i := len(tr.Nodes) - 1; i >= 0; i-- {
		if n := &tr.Nodes[i]; n.Feature >= 0 {
			tr.Covers[i] = tr.Covers[n.Left] + tr.Covers[n.Left+1]
		} else {
			tr.Covers[i] = 1
		}
	}
	p := newPaths(&tr, 1, nil)
	nodes := newByNodes(&tr, p, nil)
	x := numbers(r, 1, 28)
	dst, s, ns := make([]float64, 29), newShapScratch(p), nodes.scratch(28)
	b.Run(fmt.Sprint("by paths to ", len(p.leaves), " leaves"), func(b *testing.B) {
		for b.Loop() {
			p.explain(dst, x.Cols, 0, 29, s)
		}
	})
	b.Run(fmt.Sprint("by ", len(tr.Nodes), " nodes"), func(b *testing.B) {
		for b.Loop() {
			nodes.explain(dst, x.Cols, 0, 29, ns)
		}
	})
}
