package tree

import (
	"unsafe"

	"sadi/internal/isa"
)

// histogramStride is the room for one column's histogram in cells: MaxBins + 1 and a cache line. A power of two would
// send the columns of a row to the same few cache sets, and cost up to seven times as much.
const histogramStride = MaxBins + 1 + 8

// inUse says what the kernels may use beyond the Go language; it is changed by tests only. Every choice gives the same
// bits; see TestInstructionsDoNotShow.
var inUse = isa.Best()

// accumulate adds each row's packed pair to the cell of its bin, for every column of the tile. hist has t.width
// histograms; rows are below n and ascending.
//
// Nearly half of the training time is spent here, at one load, add and store for each value. Bounds checks would double
// it, so this does without: the caller's slices have the stated lengths, and a byte is below histogramStride.
func (t *tile) accumulate(hist []int64, rows []uint32, packed []int64) {
	if len(rows) == 0 {
		return
	}
	last := rows[len(rows)-1]
	_ = hist[t.width*histogramStride-1]
	_ = t.bins[(int(last)+1)*t.width-1]
	_ = packed[last]
	if inUse >= isa.AVX2 {
		accumulateAVX2(&hist[0], &t.bins[0], t.width, &rows[0], len(rows), &packed[0])
		return
	}
	accumulate(hist, t.bins, t.width, rows, packed)
}

func accumulate(hist []int64, tileBins []uint8, tileWidth int, rows []uint32, packed []int64) {
	base, bins, gh := unsafe.Pointer(&hist[0]), unsafe.Pointer(&tileBins[0]), unsafe.Pointer(&packed[0])
	width := uintptr(tileWidth)
	const stride = histogramStride * 8
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
