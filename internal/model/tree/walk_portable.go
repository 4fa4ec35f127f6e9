//go:build !amd64

package tree

import "unsafe"

// walkBlock writes the places of the leaves of rows, a multiple of 4, to at; stride is the bytes of a row's keys.
func walkBlock(nodes *packedNode, keys *uint32, stride, rows, depth int, at *uint32) {
	out := unsafe.Slice(at, rows)
	for i := 0; i < rows; i += 4 {
		walkFour(unsafe.Pointer(nodes), unsafe.Add(unsafe.Pointer(keys), i*stride), uintptr(stride), depth, (*[4]uint32)(out[i:]))
	}
}

// walkOn makes steps of rows, a multiple of 4, through a tree with links of any shift; stride is the bytes of a row's keys.
func walkOn(nodes *packedNode, keys *uint32, stride int, w *walker, rows, steps, shift int) {
	for at := unsafe.Slice(w, rows); len(at) > 0; at = at[4:] {
		walkFourOn(unsafe.Pointer(nodes), unsafe.Pointer(keys), uintptr(stride), uint64(shift), steps, (*[4]walker)(at))
	}
}
