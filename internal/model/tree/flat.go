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
	// set being bit c%32 of word c/32. A code beyond the words counts as missing, or goes left if the count has the bit
	// beyondLeft.
	Sets []uint32

	// Gains and Covers are, for each node, the gain of its split (0 in a leaf) and the sum of the training rows'
	// hessians; nil when the algorithm does not keep them.
	Gains, Covers []float32
}

// beyondLeft marks a set, in its count of words, whose codes beyond the words go left wherever missing values go: XGBoost's
// rule for categories that it has not seen.
const beyondLeft = 1 << 31

// setHas is the answer of an inner node that asks a category.
func (t *Tree) setHas(n *Node, x float32) bool {
	set := t.Sets[n.how>>1-1:]
	code, ok := codeOf(x, int(set[0]&^beyondLeft)*32)
	if !ok {
		return n.how&1 == 1 || set[0]&beyondLeft != 0 && x == x
	}
	return set[1+code>>5]>>(code&31)&1 == 1
}

// next is the child of an inner node for a value. For a number it has no branch, because there is nothing a processor
// could predict.
func (t *Tree) next(n *Node, x float32) int32 {
	if n.how > 1 {
		if t.setHas(n, x) {
			return n.Left
		}
		return n.Left + 1
	}
	var above, missing uint32
	if x >= n.Threshold {
		above = 1
	}
	if x != x {
		missing = 1
	}
	return n.Left + int32(above|missing&^n.how)
}

// Leaf is the number of the leaf that a row of d values ends in.
func (t *Tree) Leaf(row []float32) int {
	n := &t.Nodes[0]
	for n.Feature >= 0 {
		n = &t.Nodes[t.next(n, row[n.Feature])]
	}
	return int(n.Left)
}

// leafAt is Leaf for row i of columns.
func (t *Tree) leafAt(cols [][]float32, i int) int {
	n := &t.Nodes[0]
	for n.Feature >= 0 {
		n = &t.Nodes[t.next(n, cols[n.Feature][i])]
	}
	return int(n.Left)
}

// lanes is the number of rows that walk a tree side by side, so that their loads overlap.
const lanes = 8

// leaves is Leaf for lanes rows of d values each, one after the other.
func (t *Tree) leaves(rows []float32, d int, leaf *[lanes]int32) {
	var at [lanes]int32
	nodes := t.Nodes
	for walking := true; walking; {
		walking = false
		for k := range at {
			n := &nodes[at[k]]
			if n.Feature >= 0 {
				walking = true
				at[k] = t.next(n, rows[k*d+int(n.Feature)])
			}
		}
	}
	for k, n := range at {
		leaf[k] = nodes[n].Left
	}
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
