package tree

import (
	"context"
	"math/rand/v2"
	"slices"

	"sadi/internal/par"
)

// CartOptions say how one classification or regression tree grows (Breiman et al. 1984). The names are scikit-learn's.
type CartOptions struct {
	Criterion           Criterion
	MaxDepth            int     // 0 = no limit
	MinSamplesSplit     int     // least rows of a node that is split
	MinSamplesLeaf      int     // least rows of a child
	MinWeightFraction   float64 // least weight of a child as a share of the tree's, 0 to 0.5
	MaxLeafNodes        int     // 0 = no limit; otherwise the best split of the tree is made next
	MinImpurityDecrease float64 // least weighted decrease of impurity
	CCPAlpha            float64 // of minimal cost-complexity pruning; 0 = none
	MaxFeatures         int     // columns that a node looks at; columns constant in the node do not count; 0 = see ForestOptions
	RandomThresholds    bool    // one random threshold a column (Geurts et al. 2006), drawn by rank
	ValueThresholds     bool    // the same, drawn by value (Liu et al. 2008)
	Balanced            bool    // weigh the classes so that all have the same total
}

// Criterion is the impurity of a node.
type Criterion uint8

// The criteria: Gini and Entropy for classes, the others for regression.
const (
	SquaredError Criterion = iota
	Gini
	Entropy
	AbsoluteError // around the weighted median, which the leaves then hold
	Poisson       // half of the mean Poisson deviance; targets are not negative
)

// sample is one row of a tree's training rows with what the tree learns from it.
type sample struct {
	q   int64 // the row's target × weight in fixed point; for more than two classes, its class
	w   int64 // the row's weight in fixed point << shift + 1, so that sums count rows
	row uint32
}

// cart grows one tree at a time and keeps its memory for the next.
type cart struct {
	CartOptions
	*response
	bins      *Bins
	rand      *rand.Rand
	features  []int32 // not constant; the draws shuffle it
	samples   []sample
	tmp       []sample
	counted   counted   // in place of samples where it will do
	tiled     []strided // of each feature, the column in its tile
	nodes     []node
	total     []tally // of each node
	lanes     []int64 // of each node, K class weights; nil for up to two classes
	scratch   scratch
	medians   *medians // of AbsoluteError
	leastLeaf float64  // weight of a child, in units of response.weight
}

func newCart(b *Bins, r *response, o CartOptions, pool *par.Pool) *cart {
	c := &cart{CartOptions: o, response: r, bins: b}
	for j := range b.Columns {
		if !b.Columns[j].Constant() {
			c.features = append(c.features, int32(j))
		}
	}
	c.tiled = make([]strided, len(b.Columns))
	for _, t := range b.Tiles(pool) {
		for k, j := range t.columns {
			c.tiled[j] = strided{t.bins[k:], uint(t.width)}
		}
	}
	c.scratch.lanes = make([]int64, (MaxBins+1)*r.classes)
	c.scratch.left = make([]int64, r.classes)
	c.scratch.right = make([]int64, r.classes)
	if o.Criterion == AbsoluteError {
		c.medians = &medians{response: r}
	}
	return c
}

// grow learns a tree from the rows, each counted counts[i] times (nil = once).
func (c *cart) grow(ctx context.Context, counts []uint8, r *rand.Rand) error {
	c.rand = r
	slices.Sort(c.features)
	if c.countable {
		if !c.counted.fill(c.response, counts) {
			return c.grow(ctx, nil, r)
		}
	} else if c.fill(counts); len(c.samples) == 0 { // every row drawn has weight 0
		return c.grow(ctx, nil, r)
	}
	c.nodes, c.total, c.lanes = c.nodes[:0], c.total[:0], c.lanes[:0]
	c.root()
	c.leastLeaf = c.MinWeightFraction * c.weight(c.total[0])
	if c.MaxLeafNodes > 0 {
		if err := c.growBestFirst(ctx); err != nil {
			return err
		}
	} else if err := c.growDepthFirst(ctx); err != nil {
		return err
	}
	if c.CCPAlpha > 0 {
		prune(c.nodes, c.CCPAlpha*c.weight(c.total[0])/c.wScale)
	}
	return nil
}

// fill makes the samples of the rows, each counted counts[i] times (nil = once).
func (c *cart) fill(counts []uint8) {
	c.samples = c.samples[:0]
	for i, w := range c.w {
		times := int64(1)
		if counts != nil {
			times = int64(counts[i])
		}
		if w == 0 || times == 0 {
			continue
		}
		s := sample{q: c.q[i] * times, w: (w*times)<<c.shift + 1, row: uint32(i)}
		if c.classes > 0 {
			s.q = c.q[i]
		}
		c.samples = append(c.samples, s)
	}
	if cap(c.tmp) < len(c.samples) {
		c.tmp = make([]sample, len(c.samples))
	}
}

// growDepthFirst splits every node that can be split.
func (c *cart) growDepthFirst(ctx context.Context) error {
	stack := []int32{0}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n%64 == 0 {
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
		if c.find(n); c.nodes[n].split.feature >= 0 {
			left := c.part(n)
			stack = append(stack, left+1, left)
		}
	}
	return nil
}

// growBestFirst makes the split with the largest decrease next, ties to the older node.
func (c *cart) growBestFirst(ctx context.Context) error {
	queue := &splitQueue{nodes: &c.nodes}
	c.find(0)
	queue.add(0)
	for leaves := 1; queue.Len() > 0 && leaves < c.MaxLeafNodes; leaves++ {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		left := c.part(queue.next())
		c.find(left)
		c.find(left + 1)
		queue.add(left)
		queue.add(left + 1)
	}
	// What is still in the queue stays a leaf.
	return nil
}

// root appends the node of all samples.
func (c *cart) root() {
	if c.countable {
		c.open(0, len(c.counted.rows), 0, c.counted.total(c.shift))
		return
	}
	c.lanes = append(c.lanes, c.scratch.zero(c.classes)...)
	var t tally
	for i := range c.samples {
		s := &c.samples[i]
		t.w += s.w
		if c.classes > 0 {
			c.lanes[s.q] += s.w >> c.shift
		} else {
			t.q += s.q
		}
	}
	c.open(0, len(c.samples), 0, t)
}

func (c *cart) open(lo, hi, depth int, total tally) {
	c.nodes = append(c.nodes, node{lo: lo, hi: hi, depth: depth, split: split{feature: -1}})
	c.total = append(c.total, total)
}

// part carries out a node's split and returns its left child; the right one follows.
func (c *cart) part(n int32) int32 {
	nd := c.nodes[n]
	bin := c.tiled[nd.split.feature]
	var side [256]uint8
	nd.split.sides(&c.bins.Columns[nd.split.feature], &side)
	var l int
	var left tally
	if c.countable {
		l, left = c.counted.part(nd.lo, nd.hi, bin, &side, c.shift)
	} else {
		l, left = c.partSamples(n, bin, &side)
	}
	child := int32(len(c.nodes))
	c.nodes[n].left, c.nodes[n].right = child, child+1
	c.open(nd.lo, nd.lo+l, nd.depth+1, left)
	c.open(nd.lo+l, nd.hi, nd.depth+1, c.total[n].sub(left))
	return child
}

// partSamples moves the samples of node n to their sides, sums up those on the left, and appends the class weights of
// both children. It returns how many are on the left.
func (c *cart) partSamples(n int32, bin strided, side *[256]uint8) (l int, left tally) {
	nd, k := &c.nodes[n], c.classes
	at := len(c.lanes)
	c.lanes = append(c.lanes, c.scratch.zero(2*k)...)
	lanes := c.lanes[at:][:k]
	src := c.samples[nd.lo:nd.hi]
	dst := c.tmp[:len(src)]
	r := 0
	for _, s := range src { // without a branch on the data
		src[l] = s
		dst[r] = s
		go1 := int(side[bin.at(s.row)])
		l += go1
		r += 1 - go1
		mine := -int64(go1)
		left.w += s.w & mine
		if k > 0 {
			lanes[s.q] += s.w >> c.shift & mine
		} else {
			left.q += s.q & mine
		}
	}
	copy(src[l:], dst[:r])
	for i, all := range c.lanes[int(n)*k:][:k] {
		c.lanes[at+k+i] = all - lanes[i]
	}
	return l, left
}

// pure reports whether all targets of a node are equal.
func (c *cart) pure(nd *node, total tally) bool {
	if c.y == nil {
		return false
	}
	if c.classes == 0 && !c.regress {
		return total.q == 0 || total.q == total.w>>c.shift
	}
	first := c.y[c.samples[nd.lo].row]
	for _, s := range c.samples[nd.lo:nd.hi] {
		if c.y[s.row] != first {
			return false
		}
	}
	return true
}

// tree is the grown tree. Leaves hold the probability of class 1, the probabilities of K classes, or the mean target
// less base (of AbsoluteError the median).
func (c *cart) tree() Tree {
	return c.treeOf(func(values []float32, n int32) []float32 {
		t := c.total[n]
		w := c.weight(t)
		if c.medians != nil {
			return append(values, float32(c.medians.of(c.samples[c.nodes[n].lo:c.nodes[n].hi])))
		}
		if c.classes == 0 {
			return append(values, float32(float64(t.q)/w*(c.wScale/c.qScale)))
		}
		for _, l := range c.lanes[int(n)*c.classes:][:c.classes] {
			values = append(values, float32(float64(l)/w))
		}
		return values
	})
}

// treeOf is the grown tree with leaves that hold what a function appends for their nodes.
func (c *cart) treeOf(leaf func(values []float32, n int32) []float32) Tree {
	t := flatten(c.nodes, c.bins, (*Column).ThresholdAbove, leaf)
	t.setCovers(func(yield func(cover float32)) {
		eachInOrder(c.nodes, func(n int32) {
			if c.nodes[n].left == 0 {
				yield(float32(c.weight(c.total[n]) / c.wScale))
			}
		})
	})
	return t
}

// importance is each feature's share of the decrease of impurity.
func (c *cart) importance(features int) []float64 {
	v := make([]float64, features)
	eachInOrder(c.nodes, func(n int32) {
		if nd := &c.nodes[n]; nd.left > 0 {
			v[nd.split.feature] += nd.split.gain
		}
	})
	return normalised(v)
}
