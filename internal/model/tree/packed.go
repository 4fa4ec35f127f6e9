package tree

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// packedNode is a node in 8 bytes. A leaf is its own left child, so that a walk needs no end: it makes as many steps as
// the tree is deep.
type packedNode struct {
	key   uint32 // the threshold as a key, a smaller one goes left; never in a leaf; of a category the place of its set
	slot  uint16 // where the value's key stands in a row, in bytes; bit 0: a category is asked
	right uint16 // the right child, the left one is before it
}

// never is the key of a leaf, above those of all values.
const never = math.MaxUint32

// slot is a feature as nodes see it: a number in one of two forms, for nodes that send missing values to the left or to the
// right, or a category.
type slot struct {
	feature int32
	words   int32  // of a category the words of each set, without the last one; −1 = a number
	missing uint32 // of a number the key of a missing value: below or above those of all numbers
}

// packed is an ensemble for predicting.
type packed struct {
	trees []Tree // that it was made of
	slots []slot
	nodes []packedNode
	node  []float32    // of each node the value of the leaf; nil when leaves hold several numbers
	roots []packedRoot // of each tree
	sets  []uint32     // of all nodes that ask categories; see packSet
	rest  bool         // some tree is not packed
}

// packedRoot is where a tree is among the nodes; depth −1: nowhere.
type packedRoot struct {
	first, depth int32
	categories   bool // some node asks a category
}

const (
	maxPackedNodes = 1<<16 - 1
	maxSlots       = 1 << 14
)

// slotKey is the key of a number, the same for −0 and 0, or missing for NaN.
func slotKey(x float32, missing uint32) uint32 {
	if x != x {
		return missing
	}
	return keyOf(x + 0) // −0 + 0 = 0
}

// packedTrees is the ensemble for predicting, made when first asked for; nil if it has too many features for that.
func (e *Ensemble) packedTrees() *packed {
	// The pointer is atomic and not locked, for ensembles are copied before they are used.
	p := (*packed)(atomic.LoadPointer(&e.forPredict))
	if p == nil || len(p.trees) != len(e.Trees) || len(e.Trees) > 0 && &p.trees[0] != &e.Trees[0] {
		p = e.pack()
		atomic.StorePointer(&e.forPredict, unsafe.Pointer(p))
	}
	if len(p.slots) > maxSlots {
		return nil
	}
	return p
}

func (e *Ensemble) pack() *packed {
	p := &packed{trees: e.Trees, roots: make([]packedRoot, len(e.Trees))}
	for k := range e.Trees {
		p.roots[k].depth, p.roots[k].categories = e.Trees[k].packable()
	}
	words := e.setWords(p.roots)
	place := make([]int32, slotForms*e.Features) // of the slot of each form of each feature, + 1 before there are places
	total := 0
	for k := range e.Trees {
		root := &p.roots[k]
		if root.categories && words == nil {
			root.depth = -1
		}
		if root.depth < 0 {
			p.rest = true
			continue
		}
		root.first = int32(total)
		total += len(e.Trees[k].Nodes)
		for i := range e.Trees[k].Nodes {
			if n := &e.Trees[k].Nodes[i]; n.Feature >= 0 {
				place[n.slotForm()] = 1
			}
		}
	}
	for j, used := range place {
		if used == 0 {
			continue
		}
		s := slot{int32(j / slotForms), -1, never - 1}
		switch j % slotForms {
		case missingLeftForm:
			s.missing = 0
		case categoryForm:
			s.words = words[s.feature]
		}
		if len(p.slots) >= maxSlots {
			p.slots = append(p.slots, s)
			return p
		}
		place[j] = int32(len(p.slots))
		p.slots = append(p.slots, s)
	}
	p.nodes = make([]packedNode, 0, total)
	if e.Width == 1 {
		p.node = make([]float32, 0, total)
	}
	p.sets = []uint32{0} // which numbers look at in vain
	for k := range e.Trees {
		if p.roots[k].depth < 0 {
			continue
		}
		t := &e.Trees[k]
		for i := range t.Nodes {
			n := &t.Nodes[i]
			switch {
			case n.Feature < 0:
				p.nodes = append(p.nodes, packedNode{key: never, right: uint16(i + 1)})
			case n.Categorical():
				at := uint32(len(p.sets))
				p.sets = t.packSet(p.sets, n, int(words[n.Feature]))
				p.nodes = append(p.nodes, packedNode{at, uint16(place[n.slotForm()]*4 | 1), uint16(n.Left + 1)})
			default:
				p.nodes = append(p.nodes, packedNode{slotKey(n.Threshold, 0), uint16(place[n.slotForm()] * 4), uint16(n.Left + 1)})
			}
			if e.Width == 1 {
				v := float32(0)
				if n.Feature < 0 {
					v = t.Values[n.Left]
				}
				p.node = append(p.node, v)
			}
		}
	}
	return p
}

// The forms of a feature that slots have.
const (
	missingRightForm = iota
	missingLeftForm
	categoryForm
	slotForms
)

// slotForm is the number of the form of the feature that an inner node asks.
func (n *Node) slotForm() int32 {
	form := int32(n.how & 1)
	if n.Categorical() {
		form = categoryForm
	}
	return slotForms*n.Feature + form
}

// packable is the depth of a tree that can be packed, −1 for another, and whether it asks categories.
func (t *Tree) packable() (depth int32, categories bool) {
	if len(t.Nodes) > maxPackedNodes {
		return -1, false
	}
	depths := make([]uint16, len(t.Nodes))
	deepest := uint16(0)
	for i := range t.Nodes {
		n := &t.Nodes[i]
		switch {
		case n.Feature < 0:
			deepest = max(deepest, depths[i])
			continue
		case n.Categorical():
			categories = true
		case n.Threshold != n.Threshold:
			return -1, false
		}
		depths[n.Left], depths[n.Left+1] = depths[i]+1, depths[i]+1
	}
	return int32(deepest), categories
}
