package tree

import (
	"context"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/par"
)

// Leaves that are expanded ahead of their turn do not show in the tree.
func TestLeafWiseIsBestFirst(t *testing.T) {
	set := big(sadi.Binary)
	b := BinsOf(set.X, 255, nil)
	p := pairs{g: make([]float32, b.Rows), h: make([]float32, b.Rows), stride: 1, factor: 1}
	for i := range p.g {
		p.g[i], p.h[i] = float32(set.Y.Y[i]-0.4), 0.24
	}
	fix, err := newFixed(context.Background(), nil, p)
	if err != nil {
		t.Fatal(err)
	}
	var columns []int32
	for j := range b.Columns {
		columns = append(columns, int32(j))
	}
	grow := func(leaves, caution, keep, width int) *grower {
		o := plain(1).GrowOptions
		o.LossGuide, o.MaxDepth, o.MaxLeaves = true, 0, leaves
		g := newGrower(b, o, par.New(width))
		g.caution, g.keep = caution, keep
		if err := fix.pack(context.Background(), nil, g.packed, p); err != nil {
			t.Fatal(err)
		}
		if err := g.grow(context.Background(), drawRows(nil, g.idx, 1, 0), b.Tiles(nil), columns, fix, 1); err != nil {
			t.Fatal(err)
		}
		if g.live != 0 {
			t.Errorf("%d leaves: %d histograms are not given back", leaves, g.live)
		}
		return g
	}
	shape := func(g *grower) (splits []split) {
		eachInOrder(g.nodes, func(n int32) {
			s := g.nodes[n].split
			if g.nodes[n].left == 0 {
				s = split{feature: -1}
			}
			splits = append(splits, s)
		})
		return splits
	}
	for _, leaves := range []int{2, 3, 40, 200} {
		strict := grow(leaves, 1<<30, 0, 1)
		want := shape(strict)
		if len(want) != 2*leaves-1 {
			t.Fatalf("got %d nodes, want %d", len(want), 2*leaves-1)
		}
		for _, other := range []*grower{grow(leaves, 16, 0, 3), grow(leaves, 2, 0, 1), grow(leaves, 1, 8, 2)} {
			if !slices.Equal(shape(other), want) {
				t.Errorf("%d leaves: other splits with one in %d made ahead", leaves, other.caution)
			}
			for i := range other.tree(0.1, (*Column).Threshold).Values {
				if n := other.leaves[i]; other.nodes[n].hi <= other.nodes[n].lo {
					t.Errorf("%d leaves: leaf %d has no rows", leaves, i)
				}
			}
		}
	}
}
