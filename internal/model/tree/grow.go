package tree

import (
	"context"

	"sadi/internal/par"
)

// GrowOptions say how one boosted tree grows. The names are XGBoost's.
type GrowOptions struct {
	MaxDepth  int  // 0 = no limit
	MaxLeaves int  // 0 = no limit
	LossGuide bool // split the node of the largest gain next, rather than level by level

	MinChildWeight, Gamma, Lambda, Alpha, MaxDeltaStep float64

	ColumnsByLevel, ColumnsByNode float64 // share of the tree's columns; 0 counts as 1

	MaxCatToOneHot  int     // categories with fewer levels are split one against the rest
	MaxCatThreshold int     // levels on the smaller side of other splits; 0 = no limit
	CatSmooth       float64 // added to a level's hessian when levels are ordered
	CatLambda       float64 // added to λ for a split of ordered levels

	RandomThresholds bool // one random threshold for each column of a node, as in extremely randomised trees

	Constraints
}

// node is a part of a tree that grows.
type node struct {
	lo, hi      int   // its rows, idx[lo:hi]
	left, right int32 // children; 0 = none, it is a leaf
	depth       int
	sum         int64
	split       split
	hist        []int64 // while it may still serve its children
	limits      *limits // nil = none
}

// grower grows one tree at a time and keeps its memory for the next.
type grower struct {
	GrowOptions
	finder
	histograms
	partition
	nodes   []node
	leaves  []int32 // the nodes that are leaves, in the order of the tree's leaves
	own     []tile  // of a sample of columns
	rowCost int     // what a value costs without a histogram, measured in cells of one; it decides speed only
	packed  []int64 // the gradient pairs of all rows, see fixed.go
	sampler columnSampler
	ones    []int64   // 1 for every row, to count them
	counts  [][]int64 // of the nodes by number: their histograms of rows, where they are counted
	mark    []bool    // of columns, see allowed
}

func newGrower(b *Bins, o GrowOptions, pool *par.Pool) *grower {
	g := &grower{GrowOptions: o, rowCost: 5}
	g.bins = b
	g.histograms.pool, g.partition.pool = pool, pool
	g.packed = make([]int64, b.Rows)
	g.idx, g.tmp = make([]uint32, b.Rows), make([]uint32, b.Rows)
	g.regular = regular{lambda: o.Lambda, alpha: o.Alpha, gamma: o.Gamma, minChildWeight: o.MinChildWeight,
		maxDeltaStep: o.MaxDeltaStep}
	g.maxOneHot, g.maxCategories = o.MaxCatToOneHot, o.MaxCatThreshold
	if g.maxCategories == 0 {
		g.maxCategories = MaxBins
	}
	g.smooth, g.categoryLambda, g.random = o.CatSmooth, o.CatLambda, o.RandomThresholds
	g.constraints = &g.Constraints
	return g
}

// grow learns a tree from the packed pairs of the first rows entries of idx, on the given tiles and columns.
func (g *grower) grow(ctx context.Context, rows int, tiles []tile, columns []int32, fix fixed, seed uint64) error {
	g.fixed, g.seed = fix, seed
	g.finder.prepare()
	g.histograms.reset(tiles, len(g.bins.Columns))
	g.sampler = columnSampler{columns: columns, byLevel: g.ColumnsByLevel, byNode: g.ColumnsByNode, seed: seed}
	root := node{hi: rows, split: split{feature: -1}}
	for _, r := range g.idx[:rows] {
		root.sum += g.packed[r]
	}
	root.limits = g.rootLimits(root.sum)
	g.nodes, g.counts = append(g.nodes[:0], root), g.counts[:0]
	if err := g.learn(ctx, nil, []int32{0}); err != nil {
		return err
	}
	if g.LossGuide {
		return g.growLeafWise(ctx)
	}
	return g.growDepthWise(ctx)
}

// growDepthWise splits all nodes of a level before those of the next, in order, until the leaves are used up.
func (g *grower) growDepthWise(ctx context.Context) error {
	level := []int32{0}
	leaves := 1
	for len(level) > 0 {
		var batch []int32
		for _, n := range level {
			if g.nodes[n].split.feature >= 0 && (g.MaxLeaves == 0 || leaves < g.MaxLeaves) {
				batch = append(batch, n)
				leaves++
			} else {
				g.drop(n)
			}
		}
		level = level[:0]
		group := max(1, g.room()/4)
		for len(batch) > 0 {
			part := batch[:min(group, len(batch))]
			batch = batch[len(part):]
			from := int32(len(g.nodes))
			if err := g.expand(ctx, part); err != nil {
				return err
			}
			for n := from; n < int32(len(g.nodes)); n++ {
				level = append(level, n)
			}
		}
	}
	return nil
}

// growLeafWise splits the leaf with the largest gain, ties to the older one, until no gain or no leaf is left.
func (g *grower) growLeafWise(ctx context.Context) error {
	queue := &splitQueue{nodes: &g.nodes}
	queue.add(0)
	for leaves := 1; queue.Len() > 0 && (g.MaxLeaves == 0 || leaves < g.MaxLeaves); leaves++ {
		from := int32(len(g.nodes))
		if err := g.expand(ctx, []int32{queue.next()}); err != nil {
			return err
		}
		queue.add(from)
		queue.add(from + 1)
	}
	for _, n := range queue.open {
		g.drop(n)
	}
	return nil
}

// expand carries out the splits of a batch of nodes: it appends their children and finds the children's best splits.
func (g *grower) expand(ctx context.Context, batch []int32) error {
	cuts := make([]cut, len(batch))
	for i, n := range batch {
		nd := &g.nodes[n]
		c := &g.bins.Columns[nd.split.feature]
		cuts[i] = cut{lo: nd.lo, hi: nd.hi, bin: c.Bin}
		nd.split.sides(c, &cuts[i].left)
	}
	if err := g.partition.run(ctx, cuts); err != nil {
		return err
	}
	from := int32(len(g.nodes))
	for i, n := range batch {
		nd, mid := g.nodes[n], cuts[i].mid
		g.nodes[n].left, g.nodes[n].right = int32(len(g.nodes)), int32(len(g.nodes)+1)
		g.nodes = append(g.nodes,
			node{lo: nd.lo, hi: mid, depth: nd.depth + 1, sum: nd.split.sum, split: split{feature: -1}},
			node{lo: mid, hi: nd.hi, depth: nd.depth + 1, sum: nd.sum - nd.split.sum, split: split{feature: -1}})
		g.limitChildren(n, g.nodes[n].left, g.nodes[n].right)
	}
	fresh := make([]int32, 0, 2*len(batch))
	for n := from; n < int32(len(g.nodes)); n++ {
		fresh = append(fresh, n)
	}
	return g.learn(ctx, batch, fresh)
}

// splittable reports whether a node may have children.
func (g *grower) splittable(n *node) bool {
	_, h := g.fixed.split(n.sum)
	return (g.MaxDepth == 0 || n.depth < g.MaxDepth) && n.hi-n.lo >= 2*max(g.MinRows, 1) && h/2 >= g.minHessian
}

// few reports whether a node has so few rows that its splits are found faster from the rows than from a histogram.
func (g *grower) few(n *node) bool {
	return g.rowCost*(n.hi-n.lo)*len(g.sampler.columns) < g.size
}

// learn makes the histograms of fresh nodes, the pairs of children of parents, and finds their best splits. Of two
// children the smaller one is counted, the other is the parent less the smaller.
func (g *grower) learn(ctx context.Context, parents, fresh []int32) error {
	var dst, countDst [][]int64
	var rows [][]uint32
	count := func(n int32) {
		nd := &g.nodes[n]
		nd.hist = g.take()
		dst, rows = append(dst, nd.hist), append(rows, g.idx[nd.lo:nd.hi])
		if g.countRows {
			countDst = append(countDst, g.setCounts(n, g.take()))
		}
	}
	var rest [][2][]int64 // parent's histogram, smaller child's
	for k := 0; k < len(fresh); k += 2 {
		if parents == nil {
			if root := &g.nodes[fresh[k]]; g.splittable(root) && !g.few(root) {
				count(fresh[k])
			}
			break
		}
		p := &g.nodes[parents[k/2]]
		small, big := fresh[k], fresh[k+1]
		if s, b := &g.nodes[small], &g.nodes[big]; b.hi-b.lo < s.hi-s.lo {
			small, big = big, small
		}
		need := func(n int32) bool { return g.splittable(&g.nodes[n]) && !g.few(&g.nodes[n]) }
		needSmall, needBig := need(small), need(big)
		switch {
		case needBig && p.hist != nil:
			count(small)
			g.nodes[big].hist, p.hist = p.hist, nil
			rest = append(rest, [2][]int64{g.nodes[big].hist, g.nodes[small].hist})
			if g.countRows {
				rest = append(rest, [2][]int64{g.setCounts(big, g.countsOf(parents[k/2])), g.counts[small]})
				g.setCounts(parents[k/2], nil)
			}
		case needBig:
			count(big)
			if needSmall {
				count(small)
			}
		case needSmall:
			count(small)
		}
		g.drop(parents[k/2])
	}
	if err := g.histograms.build(ctx, dst, rows, g.packed); err != nil {
		return err
	}
	if g.countRows {
		if err := g.histograms.build(ctx, countDst, rows, g.ones); err != nil {
			return err
		}
	}
	pool := g.histograms.pool
	if len(rest)*g.size < smallWork {
		pool = nil
	}
	if err := pool.For(ctx, len(rest), func(i int) { g.subtract(rest[i][0], rest[i][1]) }); err != nil {
		return err
	}
	return g.search(ctx, fresh)
}

// searchGroup is the number of columns in one task of the split search.
const searchGroup = 8

// search finds the best split of each node that can be split, and lets go of histograms that can not be kept.
func (g *grower) search(ctx context.Context, fresh []int32) error {
	type task struct {
		node    int32
		columns []int32
		best    split
	}
	var tasks []task
	cells := 0
	for _, n := range fresh {
		nd := &g.nodes[n]
		if !g.splittable(nd) {
			continue
		}
		columns := g.allowed(nd, g.sampler.of(nd.depth, n))
		for k := 0; k < len(columns); k += searchGroup {
			tasks = append(tasks, task{node: n, columns: columns[k:min(k+searchGroup, len(columns))]})
		}
		cells += min(g.size, (nd.hi-nd.lo)*len(columns))
	}
	pool := g.histograms.pool
	if cells < smallWork/8 {
		pool = nil
	}
	err := pool.For(ctx, len(tasks), func(i int) {
		t := &tasks[i]
		nd := &g.nodes[t.node]
		t.best = g.find(source{&g.layout, nd.hist, g.idx[nd.lo:nd.hi], g.packed, g.restrict(t.node)}, nd.sum, t.columns, int(t.node))
	})
	if err != nil {
		return err
	}
	for i := range tasks {
		t := &tasks[i]
		if nd := &g.nodes[t.node]; t.best.feature >= 0 && (nd.split.feature < 0 || t.best.gain > nd.split.gain) {
			nd.split = t.best
		}
	}
	for _, n := range fresh {
		if g.nodes[n].split.feature < 0 || g.live > g.room() {
			g.drop(n)
		}
	}
	return nil
}

// drop gives back the memory of a node's histogram.
func (g *grower) drop(n int32) {
	g.release(g.nodes[n].hist)
	g.nodes[n].hist = nil
	if g.countRows {
		g.release(g.countsOf(n))
		g.setCounts(n, nil)
	}
}

// tree is the grown tree with leaf values scaled by the learning rate.
func (g *grower) tree(rate float64, threshold func(c *Column, left, right int) float32) Tree {
	g.leaves = g.leaves[:0]
	t := flatten(g.nodes, g.bins, threshold, func(values []float32, n int32) []float32 {
		g.leaves = append(g.leaves, n)
		return append(values, float32(float64(rate*g.leafValue(n))))
	})
	t.Gains, t.Covers = make([]float32, len(t.Nodes)), make([]float32, len(t.Nodes))
	k := 0
	eachInOrder(g.nodes, func(n int32) {
		_, h := g.real(g.nodes[n].sum)
		t.Covers[k] = float32(h)
		if g.nodes[n].left > 0 {
			t.Gains[k] = float32(g.nodes[n].split.gain)
		}
		k++
	})
	return t
}
