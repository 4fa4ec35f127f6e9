package tree

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// packedNode is a node in 8 bytes. A leaf is its own left child, so that a walk needs no end: it makes as many steps as
// the tree is deep.
type packedNode struct {
	key   uint32 // the threshold as a key: a smaller one goes left; never in a leaf
	slot  uint16 // where the value's key stands in a row, in bytes
	right uint16 // the right child, the left one is before it
}

// never is the key of a leaf, above those of all values.
const never = math.MaxUint32

// slot is a feature in one of two forms: as the nodes see it that send missing values to the left, or to the right.
type slot struct {
	feature int32
	missing uint32 // the key of a missing value: below or above those of all numbers
}

// packed is an ensemble for predicting.
type packed struct {
	trees []Tree // that it was made of
	slots []slot
	nodes []packedNode
	node  []float32    // of each node the value of the leaf; nil when leaves hold several numbers
	roots []packedRoot // of each tree
	rest  bool         // some tree is not packed: it asks categories, or is too large
}

// packedRoot is where a tree is among the nodes; depth −1: nowhere.
type packedRoot struct{ first, depth int32 }

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
	place := make([]uint16, 2*e.Features) // of each feature's two slots, + 1
	total := 0
	for k := range e.Trees {
		if depth := e.Trees[k].packable(); depth < 0 {
			p.roots[k].depth, p.rest = -1, true
		} else {
			p.roots[k] = packedRoot{int32(total), depth}
			total += len(e.Trees[k].Nodes)
			for i := range e.Trees[k].Nodes {
				if n := &e.Trees[k].Nodes[i]; n.Feature >= 0 {
					place[2*n.Feature+int32(n.how&1)] = 1
				}
			}
		}
	}
	for j, used := range place {
		if used == 0 {
			continue
		}
		s := slot{int32(j / 2), never - 1}
		if j%2 == 1 {
			s.missing = 0
		}
		if len(p.slots) >= maxSlots {
			p.slots = append(p.slots, s)
			return p
		}
		place[j] = uint16(len(p.slots))
		p.slots = append(p.slots, s)
	}
	p.nodes = make([]packedNode, 0, total)
	if e.Width == 1 {
		p.node = make([]float32, 0, total)
	}
	for k := range e.Trees {
		if p.roots[k].depth < 0 {
			continue
		}
		t := &e.Trees[k]
		for i := range t.Nodes {
			n := &t.Nodes[i]
			if n.Feature < 0 {
				p.nodes = append(p.nodes, packedNode{key: never, right: uint16(i + 1)})
			} else {
				at := place[2*n.Feature+int32(n.how&1)]
				p.nodes = append(p.nodes, packedNode{slotKey(n.Threshold, 0), at * 4, uint16(n.Left + 1)})
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

// packable is the depth of a tree that can be packed, −1 for another.
func (t *Tree) packable() int32 {
	if len(t.Nodes) > maxPackedNodes {
		return -1
	}
	depths := make([]uint16, len(t.Nodes))
	deepest := uint16(0)
	for i := range t.Nodes {
		n := &t.Nodes[i]
		switch {
		case n.Feature < 0:
			deepest = max(deepest, depths[i])
			continue
		case n.Categorical() || n.Threshold != n.Threshold:
			return -1
		}
		depths[n.Left], depths[n.Left+1] = depths[i]+1, depths[i]+1
	}
	return int32(deepest)
}
