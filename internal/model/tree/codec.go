package tree

import (
	"encoding/binary"
	"math"

	"sadi/internal/codec"
)

const ensembleVersion = 1

// Encode writes the ensemble. Children are not written: their places follow from the level order, so no bytes can make
// a cycle.
func (e *Ensemble) Encode(w *codec.Writer) {
	w.U8(ensembleVersion)
	w.Int(e.Features)
	w.Int(e.Outputs)
	w.Int(e.Width)
	w.F64s(e.Base)
	w.Int(len(e.Trees))
	for k := range e.Trees {
		e.Trees[k].encode(w)
	}
}

// encode writes for each node its feature + 1 (0 = leaf) as a varint, and for an inner node a byte (bit 0: missing left,
// bit 1: category) and, for a number, the threshold's bits; then the sets, the values, the gains and the covers.
func (t *Tree) encode(w *codec.Writer) {
	b := make([]byte, 0, 6*len(t.Nodes))
	for i := range t.Nodes {
		n := &t.Nodes[i]
		b = binary.AppendUvarint(b, uint64(n.Feature+1))
		if n.Feature < 0 {
			continue
		}
		if n.Categorical() {
			b = append(b, byte(n.how&1|2))
		} else {
			b = append(b, byte(n.how&1))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(n.Threshold))
		}
	}
	w.Int(len(t.Nodes))
	w.Raw(b)
	sets := make([]int32, len(t.Sets))
	for i, s := range t.Sets {
		sets[i] = int32(s)
	}
	w.I32s(sets)
	w.F32s(t.Values)
	t.encodeKept(w)
}

// DecodeEnsemble reads what Encode wrote. Faults are recorded in r.
func DecodeEnsemble(r *codec.Reader) *Ensemble {
	r.Version("a tree ensemble", ensembleVersion)
	e := &Ensemble{Features: r.Int(), Outputs: r.Int(), Width: r.Int(), Base: r.F64s()}
	trees := r.Len(8)
	switch {
	case r.Err() != nil:
		return e
	case e.Features < 0 || e.Features > math.MaxInt32-1:
		r.Fail("a tree ensemble has %d features", e.Features)
	case e.Outputs < 1 || len(e.Base) != e.Outputs || e.Width != 1 && e.Width != e.Outputs:
		r.Fail("a tree ensemble has %d outputs, %d bases and leaves of %d", e.Outputs, len(e.Base), e.Width)
	}
	for k := 0; k < trees && r.Err() == nil; k++ {
		var t Tree
		t.decode(r, e.Features, e.Width)
		e.Trees = append(e.Trees, t)
	}
	return e
}

func (t *Tree) decode(r *codec.Reader, features, width int) {
	n := r.Len(1)
	b := r.Raw()
	words := r.I32s()
	t.Values = r.F32s()
	kept := decodeKept(r)
	if r.Err() != nil {
		return
	}
	t.Sets = make([]uint32, len(words))
	for i, s := range words {
		t.Sets[i] = uint32(s)
	}
	if n > len(b) {
		r.Fail("a tree of %d nodes has %d bytes", n, len(b))
		return
	}
	t.Nodes = make([]Node, 0, n)
	child, leaves, set := 1, 0, 0
	for i := range n {
		f, k := binary.Uvarint(b)
		if k <= 0 || f > uint64(features) || i >= child { // a node that is nobody's child
			r.Fail("a node of a tree has no valid feature")
			return
		}
		b = b[k:]
		if f == 0 {
			t.Nodes = append(t.Nodes, Node{Feature: -1, Left: int32(leaves)})
			leaves++
			continue
		}
		nd := Node{Feature: int32(f - 1), Left: int32(child)}
		child += 2
		switch {
		case len(b) >= 5 && b[0] <= 1:
			nd.how = uint32(b[0])
			nd.Threshold = math.Float32frombits(binary.LittleEndian.Uint32(b[1:]))
			b = b[5:]
		case len(b) >= 1 && b[0]&^1 == 2:
			if set >= len(t.Sets) || uint64(t.Sets[set]&^beyondLeft) >= uint64(len(t.Sets)-set) {
				r.Fail("a node of a tree has no set of categories")
				return
			}
			nd.how = uint32(set+1)<<1 | uint32(b[0]&1)
			set += int(t.Sets[set]&^beyondLeft) + 1
			b = b[1:]
		default:
			r.Fail("a node of a tree has no valid kind")
			return
		}
		t.Nodes = append(t.Nodes, nd)
	}
	if n < 1 || child != n || len(b) != 0 || set != len(t.Sets) || len(t.Values) != leaves*width {
		r.Fail("a tree of %d nodes does not hold together", n)
		return
	}
	t.keep(r, kept, leaves)
}
