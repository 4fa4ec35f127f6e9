package tree

import "unsafe"

// accumulate adds each row's packed pair to the cell of its bin, for every column of the tile. hist has t.width × t.cells
// cells; rows are below n and ascending.
//
// Nearly all training time is spent here, at one load, add and store for each value. Bounds checks would double it, so
// this function does without: the caller's slices have the stated lengths, and a bin is below t.cells by construction
// (the spare columns hold 0).
func (t *tile) accumulate(hist []int64, rows []uint32, packed []int64) {
	if len(rows) == 0 {
		return
	}
	_ = hist[t.width*t.cells-1]
	_ = t.bins[(int(rows[len(rows)-1])+1)*t.width-1]
	_ = packed[rows[len(rows)-1]]
	base, bins, gh := unsafe.Pointer(&hist[0]), unsafe.Pointer(&t.bins[0]), unsafe.Pointer(&packed[0])
	stride, width := uintptr(t.cells)*8, uintptr(t.width)
	sparse := int(rows[len(rows)-1]-rows[0]) > 4*len(rows)
	const batch = 16
	for len(rows) > 0 {
		block := rows[:min(batch, len(rows))]
		rows = rows[len(block):]
		if sparse { // fetch the batch's cache lines at the same time rather than one after the other
			var touch uint8
			for _, r := range block {
				touch |= *(*uint8)(unsafe.Add(bins, uintptr(r)*width)) | *(*uint8)(unsafe.Add(gh, uintptr(r)*8))
			}
			touched(touch)
		}
		for _, r := range block {
			v := *(*int64)(unsafe.Add(gh, uintptr(r)*8))
			row := unsafe.Add(bins, uintptr(r)*width)
			cell := base
			for c := uintptr(0); ; {
				q := *(*uint32)(unsafe.Add(row, c))
				*(*int64)(unsafe.Add(cell, uintptr(uint8(q))*8)) += v
				*(*int64)(unsafe.Add(cell, stride+uintptr(uint8(q>>8))*8)) += v
				*(*int64)(unsafe.Add(cell, 2*stride+uintptr(uint8(q>>16))*8)) += v
				*(*int64)(unsafe.Add(cell, 3*stride+uintptr(q>>24)*8)) += v
				if c += 4; c >= width {
					break // before the pointer leaves the slice
				}
				cell = unsafe.Add(cell, 4*stride)
			}
		}
	}
}

// touched keeps the compiler from dropping loads whose only purpose is the cache.
//
//go:noinline
func touched(uint8) {}
