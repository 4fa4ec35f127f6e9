package tree

// walkBlock writes the places of the leaves of rows, a multiple of 4, to at; stride is the bytes of a row's keys.
//
//go:noescape
func walkBlock(nodes *packedNode, keys *uint32, stride, rows, depth int, at *uint32)
