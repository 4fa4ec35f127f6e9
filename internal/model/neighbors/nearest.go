package neighbors

import (
	"cmp"
	"math"
	"slices"
)

// neighbor is a row and its distance, to the power p.
type neighbor struct {
	distance float64
	row      int32
}

// compare orders by distance; of rows equally far the earlier comes first.
func compare(a, b neighbor) int {
	return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.row, b.row))
}

// nearest keeps the nearest of the rows that it is offered, in a heap whose root is the farthest of them.
type nearest struct {
	heap  []neighbor
	limit float64 // a row farther away is not among them
}

// reset makes room for k rows.
func (h *nearest) reset(k int) {
	if cap(h.heap) < k {
		h.heap = make([]neighbor, 0, k)
	}
	h.heap = h.heap[:0:k]
	h.limit = math.Inf(1)
}

func (h *nearest) offer(n neighbor) {
	if len(h.heap) < cap(h.heap) {
		h.heap = append(h.heap, n)
		for i := len(h.heap) - 1; i > 0 && compare(h.heap[i], h.heap[(i-1)/2]) > 0; i = (i - 1) / 2 {
			h.heap[i], h.heap[(i-1)/2] = h.heap[(i-1)/2], h.heap[i]
		}
	} else if compare(n, h.heap[0]) < 0 {
		h.heap[0] = n
		h.sink()
	}
	if len(h.heap) == cap(h.heap) {
		h.limit = h.heap[0].distance
	}
}

// sink brings the root down to its place.
func (h *nearest) sink() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(h.heap) {
			return
		}
		if child+1 < len(h.heap) && compare(h.heap[child+1], h.heap[child]) > 0 {
			child++
		}
		if compare(h.heap[i], h.heap[child]) >= 0 {
			return
		}
		h.heap[i], h.heap[child] = h.heap[child], h.heap[i]
		i = child
	}
}

// sorted are the rows found, the nearest first; the heap is none any more.
func (h *nearest) sorted() []neighbor {
	slices.SortFunc(h.heap, compare)
	return h.heap
}
