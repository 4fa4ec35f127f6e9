//go:build !amd64

package tree

import "unsafe"

// walkCategoryBlock is walkBlock for a tree that asks categories, whose sets are given.
func walkCategoryBlock(nodes *packedNode, keys, sets *uint32, stride, rows, depth int, at *uint32) {
	out := unsafe.Slice(at, rows)
	for i := 0; i < rows; i += 4 {
		row := unsafe.Add(unsafe.Pointer(keys), i*stride)
		walkFourCategories(unsafe.Pointer(nodes), row, unsafe.Pointer(sets), uintptr(stride), depth, (*[4]uint32)(out[i:]))
	}
}
