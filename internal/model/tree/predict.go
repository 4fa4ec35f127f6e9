package tree

import (
	"math"
	"sync"
	"unsafe"

	"sadi/internal/dataset"
)

// Predicting goes over the rows in blocks that fit a first-level cache and, within, over the trees, eight rows side by
// side: a step of one row waits for its loads while the others go on. Values become integer keys once a block, because
// a step on integers has no branch and needs no second comparison for missing values. Of few rows it is eight trees
// that are walked side by side. Large trees have a way of their own, see predict_deep.go. Sums are made in the order of the trees
// either way, so they are the same bits.

// keyBlock is the number of keys of a block of rows: 16 KB.
const keyBlock = 4 << 10

// keyBuffers are []uint32 of at least keyBlock, so that predicting allocates nothing.
var keyBuffers = sync.Pool{New: func() any { b := make([]uint32, keyBlock); return &b }}

// Sum writes Base plus the sum of all trees for each row, n × Outputs row-major, to dst.
func (e *Ensemble) Sum(dst []float64, x *dataset.Matrix) {
	for i := range dst {
		dst[i] = e.Base[i%e.Outputs]
	}
	p := e.packedTrees()
	if p == nil {
		e.add(dst, x, nil, 0, x.Rows, 0, e.Trees)
		return
	}
	width := len(p.slots)
	buffer := keyBuffers.Get().(*[]uint32)
	defer keyBuffers.Put(buffer)
	block := max(lanes, p.blockKeys()/width&^(lanes-1))
	if need := width * min(block, x.Rows); len(*buffer) < need {
		*buffer = make([]uint32, need)
	}
	var floats []float32
	if p.rest {
		floats = make([]float32, min(block, x.Rows)*e.Features)
	}
	for lo := 0; lo < x.Rows; lo += block {
		m := min(block, x.Rows-lo)
		p.keys(*buffer, x.Cols, lo, m)
		if p.rest {
			transpose(floats, x.Cols, lo, m)
		}
		if m < lanes && !p.rest {
			for i := range m {
				e.sumRow(dst, lo+i, p, (*buffer)[i*width:])
			}
			continue
		}
		for k := range e.Trees {
			if p.roots[k].depth < 0 {
				e.addBlock(dst, lo, m, k, floats)
			} else {
				e.addPacked(dst, lo, m, k, p, *buffer)
			}
		}
	}
}

// keys writes the keys of rows lo to lo+m, row-major.
func (p *packed) keys(dst []uint32, cols [][]float32, lo, m int) {
	const strip = 64
	d := len(p.slots)
	for from := 0; from < m; from += strip {
		to := min(from+strip, m)
		for i := from; i < to; i++ {
			dst[i*d] = never
		}
		for j := 1; j < d; j++ {
			s := p.slots[j]
			at := from*d + j
			col := cols[s.feature][lo+from : lo+to]
			if s.words >= 0 {
				for _, v := range col {
					dst[at] = categoryKey(v, int(s.words)*32)
					at += d
				}
				continue
			}
			for _, v := range col {
				dst[at] = slotKey(v, s.missing)
				at += d
			}
		}
	}
}

// addPacked adds a packed tree to the outputs of rows lo to lo+m, whose keys are given.
func (e *Ensemble) addPacked(dst []float64, lo, m, k int, p *packed, keys []uint32) {
	root := p.roots[k]
	nodes, width := p.nodes[root.first:], len(p.slots)
	if root.deep && m >= lanes {
		e.addDeep(dst, lo, m, k, p, keys)
		return
	}
	var places [64]uint32
	for from := 0; from < m; from += len(places) {
		at := places[:min(len(places), m-from)]
		whole := len(at) &^ 3
		if root.depth == 0 {
			clear(at)
		} else {
			if whole > 0 && root.shift == 16 {
				block := keys[from*width:][:whole*width]
				if root.categories {
					walkCategoryBlock(&nodes[0], &block[0], &p.sets[0], width*4, whole, int(root.depth), &at[0])
				} else {
					walkBlock(&nodes[0], &block[0], width*4, whole, int(root.depth), &at[0])
				}
			}
			for i := whole; i < len(at); i++ {
				at[i] = p.walk(k, keys[(from+i)*width:])
			}
		}
		e.addPlaces(dst, lo+from, k, nodes, at)
	}
}

// addPlaces adds the values of tree k, whose packed nodes are given, to the outputs of rows from lo on, which have come to the
// leaves at those places.
func (e *Ensemble) addPlaces(dst []float64, lo, k int, nodes []packedNode, at []uint32) {
	if e.Width > 1 {
		for i, a := range at {
			e.addLeaf(dst, lo+i, k, &e.Trees[k], int(nodes[a].key))
		}
		return
	}
	to := lo*e.Outputs + k%e.Outputs
	for _, a := range at {
		dst[to] += float64(math.Float32frombits(nodes[a].key))
		to += e.Outputs
	}
}

// addBlock adds a tree that is not packed to the outputs of rows lo to lo+m, whose values are given.
func (e *Ensemble) addBlock(dst []float64, lo, m, k int, rows []float32) {
	t, d := &e.Trees[k], e.Features
	var leaf [lanes]int32
	i := 0
	for ; i+lanes <= m; i += lanes {
		t.leaves(rows[i*d:(i+lanes)*d], d, &leaf)
		for l, n := range leaf {
			e.addLeaf(dst, lo+i+l, k, t, int(n))
		}
	}
	for ; i < m; i++ {
		e.addLeaf(dst, lo+i, k, t, t.Leaf(rows[i*d:i*d+d]))
	}
}

// sumRow adds all trees to the outputs of a row.
func (e *Ensemble) sumRow(dst []float64, row int, p *packed, keys []uint32) {
	var at [lanes]uint32
	k := 0
	for ; k+lanes <= len(e.Trees); k += lanes {
		p.walkTrees(k, keys, &at)
		for l, a := range at {
			e.addPlace(dst, row, k+l, p, a)
		}
	}
	for ; k < len(e.Trees); k++ {
		e.addPlace(dst, row, k, p, p.walk(k, keys))
	}
}

// addPlace is addPlaces for one row.
func (e *Ensemble) addPlace(dst []float64, row, k int, p *packed, at uint32) {
	key := p.nodes[uint32(p.roots[k].first)+at].key
	if e.Width > 1 {
		e.addLeaf(dst, row, k, &e.Trees[k], int(key))
		return
	}
	if e.Outputs > 1 {
		row = row*e.Outputs + k%e.Outputs
	}
	dst[row] += float64(math.Float32frombits(key))
}

// walk is the place of the leaf of a row in tree k.
func (p *packed) walk(k int, keys []uint32) uint32 {
	root := p.roots[k]
	nodes, at := p.nodes[root.first:], uint32(0)
	mask := uint32(1)<<root.shift - 1
	for range root.depth {
		n := nodes[at]
		s := n.link & mask
		if s == 0 {
			break
		}
		key, right := keys[s/4], n.link>>root.shift
		if s&1 == 0 {
			at = right - uint32((uint64(key)-uint64(n.key))>>63)
		} else {
			at = right - p.sets[n.key+key>>5]>>(key&31)&1
		}
	}
	return at
}

// early is the number of steps after which walks look whether all have ended.
const early = 6

// walkFour writes the places of the leaves of four rows, whose keys are stride bytes apart, without bounds checks: packing
// has seen to it that children and slots exist. It is what walkBlock does in assembly.
func walkFour(nodes, row unsafe.Pointer, stride uintptr, depth int, at *[4]uint32) {
	r1 := unsafe.Add(row, stride)
	r2 := unsafe.Add(r1, stride)
	r3 := unsafe.Add(r2, stride)
	var a, b, c, d uint64
	for ; depth > 0; depth -= early {
		for range min(depth, early) {
			a, b, c, d = step(nodes, row, a), step(nodes, r1, b), step(nodes, r2, c), step(nodes, r3, d)
		}
		if ended(nodes, a) && ended(nodes, b) && ended(nodes, c) && ended(nodes, d) {
			break
		}
	}
	at[0], at[1], at[2], at[3] = uint32(a), uint32(b), uint32(c), uint32(d)
}

func ended(nodes unsafe.Pointer, at uint64) bool {
	return uint16((*packedNode)(unsafe.Add(nodes, at<<3)).link) == 0
}

// walkTrees walks lanes trees, from tree k on, with one row.
func (p *packed) walkTrees(k int, keys []uint32, at *[lanes]uint32) {
	row := unsafe.Pointer(unsafe.SliceData(keys))
	for half := 0; half < lanes; half += 4 {
		roots := p.roots[k+half:][:4]
		if roots[0].deep || roots[1].deep || roots[2].deep || roots[3].deep {
			p.walkDeepTrees(k+half, keys, (*[4]uint32)(at[half:]))
			continue
		}
		n0, n1 := unsafe.Pointer(&p.nodes[roots[0].first]), unsafe.Pointer(&p.nodes[roots[1].first])
		n2, n3 := unsafe.Pointer(&p.nodes[roots[2].first]), unsafe.Pointer(&p.nodes[roots[3].first])
		var a, b, c, d uint64
		depth := max(roots[0].depth, roots[1].depth, roots[2].depth, roots[3].depth)
		if roots[0].categories || roots[1].categories || roots[2].categories || roots[3].categories {
			sets := unsafe.Pointer(&p.sets[0])
			for range depth {
				a, b = stepCategories(n0, row, sets, a), stepCategories(n1, row, sets, b)
				c, d = stepCategories(n2, row, sets, c), stepCategories(n3, row, sets, d)
			}
		} else {
			for range depth {
				a, b, c, d = step(n0, row, a), step(n1, row, b), step(n2, row, c), step(n3, row, d)
			}
		}
		at[half], at[half+1], at[half+2], at[half+3] = uint32(a), uint32(b), uint32(c), uint32(d)
	}
}

// step is a step of one walk.
func step(nodes, row unsafe.Pointer, at uint64) uint64 {
	n := *(*uint64)(unsafe.Add(nodes, at<<3))
	return n>>48 - (uint64(*(*uint32)(unsafe.Add(row, n>>32&0xffff)))-uint64(uint32(n)))>>63
}
