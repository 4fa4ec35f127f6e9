package tree

import (
	"context"
	"slices"

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
	caution int     // of the splits that are left, one in so many may be made ahead of its turn; speed only
	packed  []int64 // the gradient pairs of all rows, see fixed.go
	sampler columnSampler
	ones    []int64   // 1 for every row, to count them
	counts  [][]int64 // of the nodes by number: their histograms of rows, where they are counted
	mark    []bool    // of columns, see allowed

	searches []searchTask // memory of search
	cuts     []cut        // memory of expand
}

func newGrower(b *Bins, o GrowOptions, pool *par.Pool) *grower {
	g := &grower{GrowOptions: o, rowCost: 10, caution: 16}
	g.bins = b
	g.histograms.pool, g.partition.pool = pool, pool
	g.packed = onHugePages(make([]int64, b.Rows))
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
	var err error
	if root.sum, err = g.sumOf(ctx, g.idx[:rows]); err != nil {
		return err
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

// sumOf adds up the pairs of rows.
func (g *grower) sumOf(ctx context.Context, rows []uint32) (int64, error) {
	blocks := make([]int64, (len(rows)+rowBlock-1)/rowBlock)
	err := g.histograms.pool.For(ctx, len(blocks), func(k int) {
		sum := int64(0) // not blocks[k]: threads that write to neighbours wait for each other's cache line
		for _, r := range rows[k*rowBlock : min((k+1)*rowBlock, len(rows))] {
			sum += g.packed[r]
		}
		blocks[k] = sum
	})
	sum := int64(0)
	for _, s := range blocks {
		sum += s
	}
	return sum, err
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

// expand carries out the splits of a batch of nodes: it appends their children and finds the children's best splits.
func (g *grower) expand(ctx context.Context, batch []int32) error {
	g.cuts = slices.Grow(g.cuts[:0], len(batch))[:len(batch)]
	cuts := g.cuts
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
	return g.rowCost*(n.hi-n.lo)*len(g.sampler.columns) < g.used
}

// learn makes the histograms of fresh nodes, the pairs of children of parents, and finds their best splits. Of two
// children the smaller one is counted, the other is the parent less the smaller.
func (g *grower) learn(ctx context.Context, parents, fresh []int32) error {
	var dst, countDst [][]int64
	var rest [][2][]int64 // parent's counts, smaller child's
	var rows [][]uint32
	count := func(n int32) {
		nd := &g.nodes[n]
		nd.hist = g.take()
		dst, rows = append(dst, nd.hist), append(rows, g.idx[nd.lo:nd.hi])
		if g.countRows {
			countDst = append(countDst, g.setCounts(n, g.take()))
		}
	}
	need := func(n int32) bool { return g.splittable(&g.nodes[n]) && !g.few(&g.nodes[n]) }
	var families []family
	if parents == nil {
		if need(fresh[0]) {
			count(fresh[0])
		}
		families = append(families, family{nodes: [2]int32{fresh[0], -1}})
	}
	for k, parent := range parents {
		p := &g.nodes[parent]
		small, big := fresh[2*k], fresh[2*k+1]
		if s, b := &g.nodes[small], &g.nodes[big]; b.hi-b.lo < s.hi-s.lo {
			small, big = big, small
		}
		f := family{nodes: [2]int32{small, big}}
		needSmall, needBig := need(small), need(big)
		switch {
		case needBig && p.hist != nil:
			count(small)
			g.nodes[big].hist, p.hist = p.hist, nil
			f.subtract = true
			if g.countRows {
				rest = append(rest, [2][]int64{g.setCounts(big, g.countsOf(parent)), g.counts[small]})
				g.setCounts(parent, nil)
			}
		case needBig:
			count(big)
			if needSmall {
				count(small)
			}
		case needSmall:
			count(small)
		}
		g.drop(parent)
		families = append(families, f)
	}
	if err := g.histograms.build(ctx, dst, rows, g.packed); err != nil {
		return err
	}
	if g.countRows {
		if err := g.histograms.build(ctx, countDst, rows, g.ones); err != nil {
			return err
		}
		for _, r := range rest {
			g.subtract(r[0], r[1])
		}
	}
	return g.search(ctx, families)
}

// family is the children of a node, the one with fewer rows first, or the root alone.
type family struct {
	nodes    [2]int32 // −1 = none
	subtract bool     // the second node has its parent's histogram, of which the first one's is to be taken
}

// A task of the split search has searchGroup columns where there is little to do, else more: the best split so far
// spares work on the columns that follow.
const searchGroup, wideSearchGroup = 8, 64

// searchTask is some columns of a family, and the best split of each node on them.
type searchTask struct {
	family  int
	columns []int32    // to subtract
	looked  [2][]int32 // to search
	best    [2]split
}

// search finds the best split of each node that can be split, and lets go of histograms that can not be kept. A column
// is subtracted just before it is searched, while it is in the cache.
func (g *grower) search(ctx context.Context, families []family) error {
	tasks := g.searches[:0]
	cells, group := 0, searchGroup
	if len(families)*len(g.sampler.columns) >= 8*wideSearchGroup*g.histograms.pool.Width() {
		group = wideSearchGroup
	}
	for i, f := range families {
		var looked [2][]int32
		for k, n := range f.nodes {
			if n >= 0 && g.splittable(&g.nodes[n]) {
				nd := &g.nodes[n]
				looked[k] = g.allowed(nd, g.sampler.of(nd.depth, n))
				cells += min(g.used, (nd.hi-nd.lo)*len(looked[k]))
			}
		}
		if looked[0] == nil && looked[1] == nil {
			continue
		}
		for columns := g.sampler.columns; len(columns) > 0; {
			t := searchTask{family: i, columns: columns[:min(group, len(columns))]}
			columns = columns[len(t.columns):]
			for k := range looked {
				n, _ := slices.BinarySearch(looked[k], t.columns[len(t.columns)-1]+1)
				t.looked[k], looked[k] = looked[k][:n], looked[k][n:]
			}
			tasks = append(tasks, t)
		}
	}
	g.searches = tasks
	pool := g.histograms.pool
	if cells < smallSearch {
		pool = nil
	}
	err := pool.For(ctx, len(tasks), func(i int) {
		t := &tasks[i]
		f := &families[t.family]
		if f.subtract {
			small, big := g.nodes[f.nodes[0]].hist, g.nodes[f.nodes[1]].hist
			for _, j := range t.columns {
				g.subtractColumn(big, small, j, g.bins.Columns[j].Count+1)
			}
		}
		for k, n := range f.nodes {
			t.best[k].feature = -1
			if len(t.looked[k]) > 0 {
				nd := &g.nodes[n]
				t.best[k] = g.find(source{&g.layout, nd.hist, g.idx[nd.lo:nd.hi], g.packed, g.restrict(n)}, nd.sum, t.looked[k], int(n))
			}
		}
	})
	if err != nil {
		return err
	}
	for i := range tasks {
		for k, n := range families[tasks[i].family].nodes {
			if s := &tasks[i].best[k]; s.feature >= 0 {
				if nd := &g.nodes[n]; nd.split.feature < 0 || s.gain > nd.split.gain {
					nd.split = *s
				}
			}
		}
	}
	for _, f := range families {
		for _, n := range f.nodes {
			if n >= 0 && (g.nodes[n].split.feature < 0 || g.live > g.room()) {
				g.drop(n)
			}
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
