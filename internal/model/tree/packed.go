package tree

import (
	"math"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// packedNode is a node in 8 bytes. A leaf is its own right child and looks at a key that all rows have and that is never
// smaller, so that a walk needs no end: it makes as many steps as the tree is deep.
type packedNode struct {
	key  uint32 // the threshold as a key, a smaller one goes left; of a category the place of its set; of a leaf see leafKey
	link uint32 // low bits: where the value's key stands in a row, in bytes, bit 0: a category is asked; 0 in a leaf; above: the right child, the left one is before it
}

// never is the key that leaves look at, above those of all values.
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
	slots []slot // the first is that of leaves
	nodes []packedNode
	roots []packedRoot // of each tree
	sets  []uint32     // of all nodes that ask categories; see packSet
	large int          // nodes of the largest tree
	rest  bool         // some tree is not packed
}

// packedRoot is where a tree is among the nodes; depth −1: nowhere.
type packedRoot struct {
	first, depth int32
	shallow      int32 // the least depth of a leaf
	shift        uint8 // bits of a link below the child
	categories   bool  // some node asks a category
	deep         bool  // see walkDeep
}

const (
	maxPackedNodes = 1 << 16 // with which a link is two halves
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
		p.roots[k] = e.Trees[k].packable()
	}
	words := e.setWords(p.roots)
	place := e.place(p, words)
	if place == nil {
		return p
	}
	total := 0
	for k := range e.Trees {
		root, nodes := &p.roots[k], len(e.Trees[k].Nodes)
		if root.categories && words == nil || root.depth >= 0 && !p.linked(root, nodes) {
			root.depth = -1
		}
		if root.depth < 0 {
			p.rest = true
			continue
		}
		if root.deep {
			total = (total+lineNodes)&^(lineNodes-1) - 1 // the root's children begin a line
		}
		root.first = int32(total)
		total += nodes
		p.large = max(p.large, nodes)
	}
	p.nodes = make([]packedNode, total)
	p.sets = []uint32{0} // which numbers look at in vain
	for k := range e.Trees {
		root, t := p.roots[k], &e.Trees[k]
		if root.depth < 0 {
			continue
		}
		nodes := p.nodes[root.first:][:len(t.Nodes)]
		order := t.order(root.deep)
		for i := range t.Nodes {
			n := &t.Nodes[i]
			to := &nodes[order.of(int32(i))]
			if n.Feature < 0 {
				to.key, to.link = t.leafKey(n, e.Width), uint32(order.of(int32(i)))<<root.shift
				continue
			}
			form := n.slotForm()
			to.link = uint32(order.of(n.Left+1))<<root.shift | uint32(place[form]*4)
			if n.Categorical() {
				to.key, to.link = uint32(len(p.sets)), to.link|1
				p.sets = t.packSet(p.sets, n, int(words[n.Feature]))
			} else {
				to.key = slotKey(n.Threshold, 0)
			}
		}
	}
	return p
}

// leafKey is what a packed leaf has for a key, which no walk looks at: the bits of its value or, where leaves hold several,
// its number.
func (t *Tree) leafKey(n *Node, width int) uint32 {
	if width == 1 {
		return math.Float32bits(t.Values[n.Left])
	}
	return uint32(n.Left)
}

// linked decides how a tree of so many nodes links them, if it can.
func (p *packed) linked(root *packedRoot, nodes int) bool {
	root.deep = nodes > deepNodes
	root.shift = 16
	if nodes > maxPackedNodes {
		root.shift = uint8(bits.Len(uint(len(p.slots) * 4)))
	}
	return nodes <= 1<<(32-root.shift)
}

// place makes the slots and says which is that of each form of each feature; nil if there are too many.
func (e *Ensemble) place(p *packed, words []int32) []int32 {
	place := make([]int32, slotForms*e.Features)
	for k := range e.Trees {
		if p.roots[k].depth < 0 {
			continue
		}
		for i := range e.Trees[k].Nodes {
			if n := &e.Trees[k].Nodes[i]; n.Feature >= 0 {
				place[n.slotForm()] = 1
			}
		}
	}
	p.slots = append(p.slots, slot{feature: -1})
	for j, used := range place {
		if used == 0 {
			continue
		}
		s := slot{int32(j / slotForms), -1, never - 1}
		switch j % slotForms {
		case missingLeftForm:
			s.missing = 0
		case categoryForm:
			if words == nil {
				continue
			}
			s.words = words[s.feature]
		}
		if len(p.slots) >= maxSlots {
			p.slots = append(p.slots, s)
			return nil
		}
		place[j] = int32(len(p.slots))
		p.slots = append(p.slots, s)
	}
	return place
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

// packable is what can be said of a tree's root before there are slots; of a tree that can not be packed, depth −1.
func (t *Tree) packable() packedRoot {
	root := packedRoot{shallow: math.MaxInt32}
	depths := make([]int32, len(t.Nodes))
	for i := range t.Nodes {
		n := &t.Nodes[i]
		switch {
		case n.Feature < 0:
			root.depth, root.shallow = max(root.depth, depths[i]), min(root.shallow, depths[i])
			continue
		case n.Categorical():
			root.categories = true
		case n.Threshold != n.Threshold:
			return packedRoot{depth: -1}
		}
		depths[n.Left], depths[n.Left+1] = depths[i]+1, depths[i]+1
	}
	return root
}
