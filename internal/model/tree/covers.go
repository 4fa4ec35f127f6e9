package tree

import (
	"encoding/binary"
	"math"

	"sadi/internal/codec"
)

// A forest keeps covers without gains: the weight of the training rows in each node. The leaves' are written, the others
// are their sums.

// setCovers sets the covers from those of the leaves, which are given in the order of the nodes.
func (t *Tree) setCovers(leaves func(yield func(cover float32))) {
	t.Covers = make([]float32, len(t.Nodes))
	at := 0
	leaves(func(cover float32) {
		for t.Nodes[at].Feature >= 0 {
			at++
		}
		t.Covers[at] = cover
		at++
	})
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		if n := &t.Nodes[i]; n.Feature >= 0 {
			t.Covers[i] = t.Covers[n.Left] + t.Covers[n.Left+1]
		}
	}
}

// What a tree keeps about its training rows, as it is written.
const (
	keepsNothing = 0
	keepsGains   = 1 // gains and covers of all nodes, as f32
	keepsCounts  = 2 // covers of the leaves, as varints: they are whole numbers
	keepsWeights = 3 // covers of the leaves, as f32
)

// encodeKept writes gains and covers.
func (t *Tree) encodeKept(w *codec.Writer) {
	switch {
	case t.Gains != nil:
		w.U8(keepsGains)
		w.F32s(t.Gains)
		w.F32s(t.Covers)
		return
	case t.Covers == nil:
		w.U8(keepsNothing)
		return
	}
	var weights []float32
	var counts []byte
	whole := true
	for i := range t.Nodes {
		if t.Nodes[i].Feature < 0 {
			c := t.Covers[i]
			weights = append(weights, c)
			if whole = whole && c >= 0 && c < 1<<24 && c == float32(math.Trunc(float64(c))); whole {
				counts = binary.AppendUvarint(counts, uint64(c))
			}
		}
	}
	if whole {
		w.U8(keepsCounts)
		w.Raw(counts)
		return
	}
	w.U8(keepsWeights)
	w.F32s(weights)
}

// kept is what encodeKept wrote, before the nodes are known.
type kept struct {
	kind          uint8
	gains, covers []float32
	counts        []byte
}

func decodeKept(r *codec.Reader) kept {
	k := kept{kind: r.U8()}
	switch k.kind {
	case keepsNothing:
	case keepsGains:
		k.gains, k.covers = r.F32s(), r.F32s()
	case keepsCounts:
		k.counts = r.Raw()
	case keepsWeights:
		k.covers = r.F32s()
	default:
		r.Fail("a tree keeps something unknown about its training rows: %d", k.kind)
	}
	return k
}

// keep gives the tree, whose nodes are known, what was read.
func (t *Tree) keep(r *codec.Reader, k kept, leaves int) {
	if k.kind == keepsNothing {
		return
	}
	for b := k.counts; len(b) > 0; {
		c, n := binary.Uvarint(b)
		if n <= 0 || c >= 1<<24 {
			r.Fail("a tree has a count of rows that is none")
			return
		}
		b = b[n:]
		k.covers = append(k.covers, float32(c))
	}
	want := leaves
	if k.kind == keepsGains {
		want = len(t.Nodes)
	}
	if len(k.covers) != want || k.kind == keepsGains && len(k.gains) != want {
		r.Fail("a tree of %d nodes has %d gains and %d covers", len(t.Nodes), len(k.gains), len(k.covers))
		return
	}
	if k.kind == keepsGains {
		t.Gains, t.Covers = k.gains, k.covers
		return
	}
	t.setCovers(func(yield func(cover float32)) {
		for _, c := range k.covers {
			yield(c)
		}
	})
}
