package tree

import (
	"sadi"
	"sadi/internal/loss"
)

// Draft is a node of a tree that was learned elsewhere, in a list where nodes name their children.
type Draft struct {
	Feature     int32    // the feature that is asked; −1 in a leaf
	Left, Right int32    // of an inner node: places in the list
	Threshold   float32  // of a number: x < Threshold goes left
	Set         []uint32 // of a category: the codes that go left, bit c%32 of word c/32; nil = a number is asked
	BeyondLeft  bool     // of a category: a code beyond Set goes left; else it goes where missing values go
	MissingLeft bool
	Values      []float32 // of a leaf
	Gain, Cover float32
}

// Assemble makes a tree of drafts, the first of which is the root. Those that can not be reached from it are left out.
// It is an error when the nodes do not form a tree, ask for a feature that is not there, or have leaves of another width.
func Assemble(drafts []Draft, features, width int) (Tree, error) {
	bad := func(n int32, what string) (Tree, error) {
		return Tree{}, sadi.Errorf(sadi.BadData, "a node of a tree %s", what).At("node %d", n)
	}
	if len(drafts) == 0 {
		return Tree{}, sadi.Errorf(sadi.BadData, "a tree has no nodes")
	}
	var t Tree
	seen := make([]bool, len(drafts))
	seen[0] = true
	order := []int32{0}
	for k := 0; k < len(order); k++ {
		d := &drafts[order[k]]
		t.Gains, t.Covers = append(t.Gains, d.Gain), append(t.Covers, d.Cover)
		if d.Feature < 0 {
			if len(d.Values) != width {
				return bad(order[k], "is a leaf without its values")
			}
			t.Nodes = append(t.Nodes, Node{Feature: -1, Left: int32(len(t.Values) / width)})
			t.Values = append(t.Values, d.Values...)
			continue
		}
		if int(d.Feature) >= features {
			return bad(order[k], "asks for a feature that is not there")
		}
		n := Node{Feature: d.Feature, Left: int32(len(order)), Threshold: d.Threshold}
		if d.Set != nil {
			n.Threshold, n.how = 0, uint32(len(t.Sets)+1)<<1
			words := uint32(len(d.Set))
			if d.BeyondLeft {
				words |= beyondLeft
			}
			t.Sets = append(append(t.Sets, words), d.Set...)
		}
		if d.MissingLeft {
			n.how |= 1
		}
		t.Nodes = append(t.Nodes, n)
		for _, child := range [2]int32{d.Left, d.Right} {
			if child < 0 || int(child) >= len(drafts) || seen[child] {
				return bad(order[k], "has a child that is not there, or that another node has")
			}
			seen[child] = true
			order = append(order, child)
		}
	}
	return t, nil
}

// Set are the codes that go left in a node that asks a category, bit c%32 of word c/32 (read-only), and whether codes
// beyond them go left; otherwise those go where missing values go.
func (t *Tree) Set(n *Node) (set []uint32, beyond bool) {
	at := n.how>>1 - 1
	count := t.Sets[at]
	return t.Sets[at+1:][:count&^beyondLeft], count&beyondLeft != 0 || n.MissingLeft()
}

// NewBooster is a booster of trees that were learned elsewhere, one for each output in turn.
func NewBooster(e Ensemble, l loss.Loss) (*Booster, error) {
	if e.Outputs != l.Outputs() || e.Width != 1 || len(e.Base) != e.Outputs || len(e.Trees)%e.Outputs != 0 {
		return nil, sadi.Errorf(sadi.Internal, "a booster on the loss %s has %d trees for %d outputs", l.Name(), len(e.Trees), e.Outputs)
	}
	return &Booster{Ensemble: e, loss: l}, nil
}

// Leaf is a tree that gives every row the same value.
func Leaf(value float32) Tree {
	return Tree{Nodes: []Node{{Feature: -1}}, Values: []float32{value}, Gains: []float32{0}, Covers: []float32{0}}
}
