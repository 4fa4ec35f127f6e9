package tree

// walkBlock writes the places of the leaves of rows, a multiple of 4, to at; stride is the bytes of a row's keys.
//
//go:noescape
func walkBlock(nodes *packedNode, keys *uint32, stride, rows, depth int, at *uint32)

// walkOn makes steps of rows, a multiple of 4, through a tree with links of any shift; stride is the bytes of a row's keys.
//
//go:noescape
func walkOn(nodes *packedNode, keys *uint32, stride int, w *walker, rows, steps, shift int)
