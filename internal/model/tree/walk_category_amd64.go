package tree

// walkCategoryBlock is walkBlock for a tree that asks categories, whose sets are given.
//
//go:noescape
func walkCategoryBlock(nodes *packedNode, keys, sets *uint32, stride, rows, depth int, at *uint32)
