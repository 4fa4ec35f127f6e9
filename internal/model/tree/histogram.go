package tree

import (
	"context"

	"sadi/internal/isa"
	"sadi/internal/par"
)

// layout places the histograms of all columns of some tiles in one slice: tile by tile, column by column, one cell for
// each bin and the rest of histogramStride unused.
type layout struct {
	tiles  []tile
	tileAt []int   // where a tile's histograms begin
	at     []int32 // where a feature's histogram begins; −1 = it has none
	size   int     // cells
	used   int     // of these
}

func (l *layout) set(tiles []tile, features int) {
	l.tiles, l.size, l.used, l.tileAt = tiles, 0, 0, l.tileAt[:0]
	if len(l.at) != features {
		l.at = make([]int32, features)
	}
	for j := range l.at {
		l.at[j] = -1
	}
	for k := range tiles {
		t := &tiles[k]
		l.tileAt = append(l.tileAt, l.size)
		for c, j := range t.columns {
			if j >= 0 {
				l.at[j] = int32(l.size + c*histogramStride)
				l.used += t.used[c]
			}
		}
		for i := range t.joints {
			for _, d := range t.joints[i].digits {
				l.at[d.feature] = int32(l.size + d.cells)
				l.used += d.radix + int(d.low)
			}
		}
		l.size += t.width*histogramStride + t.spare
	}
}

// histogramMemory bounds the bytes of the histograms that one tree keeps at a time.
const histogramMemory = 256 << 20

// histograms builds the histograms of nodes and keeps the memory for them.
type histograms struct {
	layout
	pool *par.Pool
	free [][]int64
	live int
	keep int // histograms that may be live at a time; 0 = as many as histogramMemory holds

	tasks []histogramTask
}

// histogramTask is a tile of some rows of a node.
type histogramTask struct {
	tile int
	rows []uint32
	hist []int64
}

// reset prepares for a tree on the given tiles.
func (h *histograms) reset(tiles []tile, features int) {
	h.set(tiles, features)
	h.live = 0
}

// room is the number of histograms that may be kept.
func (h *histograms) room() int {
	if h.keep > 0 {
		return h.keep
	}
	return max(4, histogramMemory/(8*max(h.size, 1)))
}

func (h *histograms) take() []int64 {
	h.live++
	for n := len(h.free); n > 0; n-- {
		hist := h.free[n-1]
		h.free = h.free[:n-1]
		if cap(hist) >= h.size { // it may come from a tree on fewer columns
			return hist[:h.size]
		}
	}
	return make([]int64, h.size)
}

func (h *histograms) release(hist []int64) {
	if hist != nil {
		h.live--
		h.free = append(h.free, hist)
	}
}

// smallWork is the number of cell updates below which it does not pay to wake another thread.
const smallWork = 60_000

// smallSearch is the same for the cells of a split search.
const smallSearch = 30_000

// build fills dst[i] with the histogram of rows[i]. Big nodes are cut into parts with histograms of their own that are
// added up: the sums are integers, so the number of parts does not show.
func (h *histograms) build(ctx context.Context, dst [][]int64, rows [][]uint32, packed []int64) error {
	total, columns := 0, 0
	for _, r := range rows {
		total += len(r)
	}
	for k := range h.tiles {
		columns += h.tiles[k].width
	}
	pool := h.pool
	if total*columns < smallWork {
		pool = nil
	}
	part := max(total, 1)
	if pool.Width() > 1 {
		part = max(4096, (total*len(h.tiles)+4*pool.Width()-1)/(4*pool.Width()))
	}
	h.tasks = h.tasks[:0]
	type piece struct{ into, hist []int64 }
	var pieces []piece
	for i, r := range rows {
		for from := 0; from == 0 || from < len(r); from += part {
			hist := dst[i]
			if from > 0 {
				hist = h.take()
				pieces = append(pieces, piece{dst[i], hist})
			}
			for k := range h.tiles {
				h.tasks = append(h.tasks, histogramTask{k, r[from:min(from+part, len(r))], hist})
			}
		}
	}
	err := pool.For(ctx, len(h.tasks), func(i int) {
		task := &h.tasks[i]
		t := &h.tiles[task.tile]
		cells := task.hist[h.tileAt[task.tile]:][:t.width*histogramStride+t.spare]
		for c, n := range t.used {
			clear(cells[c*histogramStride:][:n])
		}
		t.accumulate(cells, task.rows, packed)
		for i := range t.joints {
			t.joints[i].marginalise(cells)
		}
	})
	if err != nil {
		return err
	}
	if len(pieces) > 0 {
		err = pool.For(ctx, len(h.tiles), func(k int) {
			t := &h.tiles[k]
			add := func(at, n int) {
				for _, p := range pieces {
					into, from := p.into[at:at+n], p.hist[at:at+n]
					for i, v := range from {
						into[i] += v
					}
				}
			}
			for c, n := range t.used {
				if t.columns[c] >= 0 {
					add(h.tileAt[k]+c*histogramStride, n)
				}
			}
			add(h.tileAt[k]+t.width*histogramStride, t.spare)
		})
	}
	for _, p := range pieces {
		h.release(p.hist)
	}
	return err
}

// subtract takes a child's histogram off its parent's, which leaves the other child's.
func (h *histograms) subtract(parent, child []int64) {
	child = child[:len(parent)]
	whole := 0
	switch {
	case inUse >= isa.AVX512 && len(child) > 0:
		whole = len(child)
		subtractAVX512(&parent[0], &child[0], whole)
	case inUse >= isa.AVX2 && len(child) >= 4:
		whole = len(child) &^ 3
		subtractAVX2(&parent[0], &child[0], whole)
	}
	for i, v := range child[whole:] {
		parent[whole+i] -= v
	}
}

// subtractColumn is subtract for one column alone.
func (h *histograms) subtractColumn(parent, child []int64, feature int32, cells int) {
	at := h.at[feature]
	h.subtract(parent[at:][:cells], child[at:][:cells])
}
