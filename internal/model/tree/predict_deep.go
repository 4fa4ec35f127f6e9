package tree

import (
	"sync"
	"unsafe"
)

// Predicting with large trees, whose nodes are in no first-level cache. The rows are many more at a time, so that a tree is
// brought near once for all of them. They go a few steps in turn, and those that have come to leaves stay behind: large trees
// are ragged. Rounds are short and have no branch to mispredict, so that the processor begins with the next rows while these
// wait for their loads.

// deepKeys is the number of keys of a block of rows for large trees: 1 MB.
const deepKeys = 256 << 10

// deepSteps is the number of steps of a round.
const deepSteps = 4

// blockKeys is the number of keys of a block of rows.
func (p *packed) blockKeys() int {
	if p.large > deepNodes {
		return deepKeys
	}
	return keyBlock
}

// walker is a row on its way.
type walker struct{ row, at uint32 }

// deepRows is the number of rows whose walkers are in use at a time.
const deepRows = 1 << 9

// deepWalk is the room that walking needs.
type deepWalk struct {
	walkers [deepRows]walker
	places  [deepRows]uint32
}

var deepWalks = sync.Pool{New: func() any { return new(deepWalk) }}

// addDeep is addPacked for a large tree.
func (e *Ensemble) addDeep(dst []float64, lo, m, k int, p *packed, keys []uint32) {
	w := deepWalks.Get().(*deepWalk)
	defer deepWalks.Put(w)
	nodes, width := p.nodes[p.roots[k].first:], len(p.slots)
	for from := 0; from < m; from += deepRows {
		rows := min(deepRows, m-from)
		p.walkDeep(w, k, keys[from*width:], rows)
		e.addPlaces(dst, lo+from, k, nodes, w.places[:rows])
	}
}

// walkDeep finds the places of the leaves of rows in tree k.
func (p *packed) walkDeep(w *deepWalk, k int, keys []uint32, rows int) {
	root := p.roots[k]
	nodes, row := unsafe.Pointer(&p.nodes[root.first]), unsafe.Pointer(unsafe.SliceData(keys))
	stride, shift := uintptr(len(p.slots)*4), uint64(root.shift)
	sets := unsafe.Pointer(&p.sets[0])
	active := w.walkers[:rows]
	for i := range active {
		active[i] = walker{row: uint32(i)}
	}
	steps := int(root.shallow)
	for len(active) > 0 {
		i := 0
		if root.categories {
			for ; i < len(active); i++ {
				walkOneCategories(nodes, row, sets, stride, shift, steps, &active[i])
			}
		}
		if whole := (len(active) - i) &^ 3; whole > 0 {
			walkOn((*packedNode)(nodes), (*uint32)(row), int(stride), &active[i], whole, steps, int(shift))
			i += whole
		}
		for ; i < len(active); i++ {
			walkOneOn(nodes, row, stride, shift, steps, &active[i])
		}
		on := 0
		for _, v := range active {
			w.places[v.row] = v.at
			active[on] = v
			if link(nodes, shift, uint64(v.at)) != 0 {
				on++
			}
		}
		active, steps = active[:on], deepSteps
	}
}

// walkFourOn makes steps of four rows. It is what walkOn does in assembly.
func walkFourOn(nodes, row unsafe.Pointer, stride uintptr, shift uint64, steps int, w *[4]walker) {
	r0, r1 := unsafe.Add(row, uintptr(w[0].row)*stride), unsafe.Add(row, uintptr(w[1].row)*stride)
	r2, r3 := unsafe.Add(row, uintptr(w[2].row)*stride), unsafe.Add(row, uintptr(w[3].row)*stride)
	a, b, c, d := uint64(w[0].at), uint64(w[1].at), uint64(w[2].at), uint64(w[3].at)
	for range steps {
		a, b, c, d = stepDeep(nodes, r0, shift, a), stepDeep(nodes, r1, shift, b), stepDeep(nodes, r2, shift, c), stepDeep(nodes, r3, shift, d)
	}
	w[0].at, w[1].at, w[2].at, w[3].at = uint32(a), uint32(b), uint32(c), uint32(d)
}

// walkOneOn is walkFourOn for one row.
func walkOneOn(nodes, row unsafe.Pointer, stride uintptr, shift uint64, steps int, w *walker) {
	row = unsafe.Add(row, uintptr(w.row)*stride)
	at := uint64(w.at)
	for range steps {
		at = stepDeep(nodes, row, shift, at)
	}
	w.at = uint32(at)
}

// walkOneCategories is walkOneOn for a tree that asks categories.
func walkOneCategories(nodes, row, sets unsafe.Pointer, stride uintptr, shift uint64, steps int, w *walker) {
	row = unsafe.Add(row, uintptr(w.row)*stride)
	at := uint64(w.at)
	for range steps {
		at = stepDeepCategories(nodes, row, sets, shift, at)
	}
	w.at = uint32(at)
}

// stepDeep is step for a tree with links of any shift.
func stepDeep(nodes, row unsafe.Pointer, shift, at uint64) uint64 {
	n := *(*uint64)(unsafe.Add(nodes, at<<3))
	slot := n >> 32 & (1<<(shift&31) - 1)
	return n>>32>>(shift&31) - (uint64(*(*uint32)(unsafe.Add(row, slot)))-uint64(uint32(n)))>>63
}

// stepDeepCategories is stepCategories for a tree with links of any shift.
func stepDeepCategories(nodes, row, sets unsafe.Pointer, shift, at uint64) uint64 {
	n := *(*uint64)(unsafe.Add(nodes, at<<3))
	slot := n >> 32 & (1<<(shift&31) - 1)
	category := slot & 1
	key := uint64(*(*uint32)(unsafe.Add(row, slot&^1)))
	less := (key - uint64(uint32(n))) >> 63
	word := *(*uint32)(unsafe.Add(sets, (uint64(uint32(n))+key>>5)&-category<<2))
	return n>>32>>(shift&31) - (less ^ (less^uint64(word>>(key&31)))&category)
}

// walkDeepTrees walks four trees, from tree k on, some of which are large, with one row.
func (p *packed) walkDeepTrees(k int, keys []uint32, at *[4]uint32) {
	roots := p.roots[k:][:4]
	var nodes [4]unsafe.Pointer
	left := int32(0)
	for l, root := range roots {
		if root.categories {
			for l := range at {
				at[l] = p.walk(k+l, keys)
			}
			return
		}
		nodes[l], left = unsafe.Pointer(&p.nodes[root.first]), max(left, root.depth)
	}
	row := unsafe.Pointer(unsafe.SliceData(keys))
	s0, s1, s2, s3 := uint64(roots[0].shift), uint64(roots[1].shift), uint64(roots[2].shift), uint64(roots[3].shift)
	var a, b, c, d uint64
	for ; left > 0; left -= early {
		for range min(left, early) {
			a, b = stepDeep(nodes[0], row, s0, a), stepDeep(nodes[1], row, s1, b)
			c, d = stepDeep(nodes[2], row, s2, c), stepDeep(nodes[3], row, s3, d)
		}
		if link(nodes[0], s0, a)|link(nodes[1], s1, b)|link(nodes[2], s2, c)|link(nodes[3], s3, d) == 0 {
			break
		}
	}
	at[0], at[1], at[2], at[3] = uint32(a), uint32(b), uint32(c), uint32(d)
}

// link is what a node's link says of its slot: 0 in a leaf.
func link(nodes unsafe.Pointer, shift, at uint64) uint32 {
	return (*packedNode)(unsafe.Add(nodes, at<<3)).link & (1<<(shift&31) - 1)
}
