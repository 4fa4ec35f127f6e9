package tree

import (
	"context"
	"slices"
)

// growLeafWise splits the leaf with the largest gain, of equals the one that was made first, until no gain or no leaf is
// left. One node at a time would leave most threads idle, so the leaves that are likely to have their turn soon are
// expanded together. What turns out not to have its turn becomes a leaf again: the tree is that of the strict order.
func (g *grower) growLeafWise(ctx context.Context) error {
	queue := &splitQueue{nodes: &g.nodes}
	queue.add(0)
	var split []int32
	for queue.Len() > 0 && (g.MaxLeaves == 0 || len(split)+1 < g.MaxLeaves) {
		if g.nodes[queue.open[0]].left == 0 {
			if err := g.expand(ctx, g.soon(queue, g.MaxLeaves-1-len(split))); err != nil {
				return err
			}
		}
		n := queue.next()
		split = append(split, n)
		queue.add(g.nodes[n].left)
		queue.add(g.nodes[n].right)
	}
	slices.Sort(split)
	for n := range g.nodes {
		g.drop(int32(n))
		if _, ok := slices.BinarySearch(split, int32(n)); !ok {
			g.nodes[n].left, g.nodes[n].right = 0, 0
		}
	}
	return nil
}

// soon are leaves that will be split next as far as can be seen, the first of them for sure. The further ahead, the more
// of them are not: their number is a sixteenth of the splits that are left, which wastes little work.
func (g *grower) soon(queue *splitQueue, left int) []int32 {
	limit := max(1, min(left/g.caution, g.room()/4))
	if g.MaxLeaves == 0 {
		left, limit = len(queue.open), max(1, g.room()/4)
	}
	ahead := splitQueue{nodes: queue.nodes, open: slices.Clone(queue.open)}
	var batch []int32
	for ; left > 0 && ahead.Len() > 0 && len(batch) < limit; left-- {
		n := ahead.next()
		if g.nodes[n].left == 0 {
			batch = append(batch, n)
			continue
		}
		ahead.add(g.nodes[n].left)
		ahead.add(g.nodes[n].right)
	}
	return batch
}
