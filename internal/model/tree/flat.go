package tree

import "math"

// Node is a node of a learned tree.
type Node struct {
	Feature   int32   // the feature that is asked; −1 in a leaf
	Threshold float32 // of a number: x < Threshold goes left
	Left      int32   // the left child, the right one follows it; in a leaf, the number of the leaf
	how       uint32  // bit 0: a missing value goes left; above it 0 for a number, 1 + place of the set for a category
}

// MissingLeft reports whether a missing value goes left.
func (n *Node) MissingLeft() bool { return n.how&1 == 1 }

// Categorical reports whether the node asks a category.
func (n *Node) Categorical() bool { return n.how > 1 }

// Tree is a learned tree: its nodes level by level, the root first, so that children come after their parents and the
// k-th inner node has the nodes 2k+1 and 2k+2 as children.
type Tree struct {
	Nodes  []Node
	Values []float32 // leaf k has Values[k·w : (k+1)·w], w = the ensemble's Width

	// Sets holds the sets of category codes that go left, each as its count of words and then the words, bit c of the
	// set being bit c%32 of word c/32. A code beyond the words counts as missing.
	Sets []uint32

	// Gains and Covers are, for each node, the gain of its split (0 in a leaf) and the sum of the training rows'
	// hessians; nil when the algorithm does not keep them.
	Gains, Covers []float32
}

// goesLeft is the answer of an inner node.
func (t *Tree) goesLeft(n *Node, x float32) bool {
	if x != x {
		return n.how&1 == 1
	}
	if n.how <= 1 {
		return x < n.Threshold
	}
	set := t.Sets[n.how>>1-1:]
	code, ok := codeOf(x, int(set[0])*32)
	if !ok {
		return n.how&1 == 1
	}
	return set[1+code>>5]>>(code&31)&1 == 1
}

// Leaf is the number of the leaf that a row of d values ends in.
func (t *Tree) Leaf(row []float32) int {
	nodes := t.Nodes
	n := &nodes[0]
	for n.Feature >= 0 {
		x := row[n.Feature]
		next := n.Left
		if n.how == 0 { // a number whose missing values go right: NaN is not below anything
			if !(x < n.Threshold) {
				next++
			}
		} else if !t.goesLeft(n, x) {
			next++
		}
		n = &nodes[next]
	}
	return int(n.Left)
}

// flatten makes a Tree from grown nodes. leaf appends the values of a grown node that is a leaf.
func flatten(grown []node, b *Bins, threshold func(c *Column, left, right int) float32, leaf func(values []float32, n int32) []float32) Tree {
	t := Tree{Nodes: make([]Node, 0, len(grown))}
	leaves, child := int32(0), int32(1)
	eachInOrder(grown, func(n int32) {
		g := &grown[n]
		if g.left == 0 {
			t.Nodes = append(t.Nodes, Node{Feature: -1, Left: leaves})
			leaves++
			t.Values = leaf(t.Values, n)
			return
		}
		nd := Node{Feature: g.split.feature, Left: child}
		child += 2
		c := &b.Columns[g.split.feature]
		switch {
		case c.Levels > 0:
			nd.how = uint32(len(t.Sets)+1) << 1
			t.Sets = appendSet(t.Sets, c, &g.split)
		case g.split.right == 0: // the other side has missing values only
			nd.Threshold = float32(math.Inf(1))
		case g.split.left == 0:
			nd.Threshold = float32(math.Inf(-1))
		default:
			nd.Threshold = threshold(c, g.split.left, g.split.right)
		}
		if g.split.missingLeft {
			nd.how |= 1
		}
		t.Nodes = append(t.Nodes, nd)
	})
	return t
}

// eachInOrder visits grown nodes level by level.
func eachInOrder(grown []node, visit func(n int32)) {
	order := make([]int32, 1, len(grown))
	for k := 0; k < len(order); k++ {
		n := order[k]
		visit(n)
		if g := &grown[n]; g.left > 0 {
			order = append(order, g.left, g.right)
		}
	}
}

// appendSet turns a set of bins into a set of codes. Codes that no training row has go where missing values go.
func appendSet(sets []uint32, c *Column, s *split) []uint32 {
	words := (c.Levels + 31) / 32
	at := len(sets) + 1
	sets = append(sets, uint32(words))
	sets = append(sets, make([]uint32, words)...)
	for code := range words * 32 {
		left := s.missingLeft
		if code < c.Levels && c.BinOf[code] > 0 {
			left = s.set.has(int(c.BinOf[code]))
		}
		if left {
			sets[at+code>>5] |= 1 << (code & 31)
		}
	}
	return sets
}
