package tree

import "unsafe"

// Categories in packed trees. The key of a category is its code, and that of a node the place of its set among the
// ensemble's, all sets of a feature having the same count of words. Behind the codes a set has a word with what becomes of a
// missing value (bit 0) and of a value that is no code (bit 1), so that any value is a bit to look up. A step computes the
// answers of both kinds of nodes and takes one by a mask, for a branch on the kind would be mispredicted: which node a row is
// at can not be known. Trees without categories have a shorter step.

// maxSetWords bounds the words of an ensemble's sets: 64 MB.
const maxSetWords = 1 << 24

// setWords are the words that hold the codes of each feature's sets, the most that any of its nodes has; nil if the sets
// would take too much room.
func (e *Ensemble) setWords(roots []packedRoot) []int32 {
	words, nodes := make([]int32, e.Features), make([]int, e.Features)
	for k := range e.Trees {
		t := &e.Trees[k]
		if !roots[k].categories || roots[k].depth < 0 {
			continue
		}
		for i := range t.Nodes {
			if n := &t.Nodes[i]; n.Feature >= 0 && n.Categorical() {
				set, _ := t.Set(n)
				words[n.Feature] = max(words[n.Feature], int32(len(set)))
				nodes[n.Feature]++
			}
		}
	}
	total := 0
	for j, w := range words {
		if total += nodes[j] * (int(w) + 1); total > maxSetWords {
			return nil
		}
	}
	return words
}

// packSet appends the set of a node, with that many words for codes.
func (t *Tree) packSet(sets []uint32, n *Node, words int) []uint32 {
	set, beyond := t.Set(n)
	sets = append(sets, set...)
	fill := uint32(0)
	if beyond {
		fill = 1<<32 - 1
	}
	for range words - len(set) {
		sets = append(sets, fill)
	}
	last := fill & 2
	if n.MissingLeft() {
		last |= 1
	}
	return append(sets, last)
}

// categoryKey is the code of a value below codes, a multiple of 32, or else codes for a missing one and codes + 1.
func categoryKey(x float32, codes int) uint32 {
	code, ok := codeOf(x, codes)
	switch {
	case ok:
		return uint32(code)
	case x != x:
		return uint32(codes)
	}
	return uint32(codes + 1)
}

// walkFourCategories is walkFour for a tree that asks categories. It is what walkCategoryBlock does in assembly.
func walkFourCategories(nodes, row, sets unsafe.Pointer, stride uintptr, depth int, at *[4]uint32) {
	r1 := unsafe.Add(row, stride)
	r2 := unsafe.Add(r1, stride)
	r3 := unsafe.Add(r2, stride)
	var a, b, c, d uint64
	for ; depth > 0; depth -= early {
		for range min(depth, early) {
			a, b = stepCategories(nodes, row, sets, a), stepCategories(nodes, r1, sets, b)
			c, d = stepCategories(nodes, r2, sets, c), stepCategories(nodes, r3, sets, d)
		}
		if ended(nodes, a) && ended(nodes, b) && ended(nodes, c) && ended(nodes, d) {
			break
		}
	}
	at[0], at[1], at[2], at[3] = uint32(a), uint32(b), uint32(c), uint32(d)
}

// stepCategories is step for a tree that asks categories. A number looks at the first word of the sets in vain.
func stepCategories(nodes, row, sets unsafe.Pointer, at uint64) uint64 {
	n := *(*uint64)(unsafe.Add(nodes, at<<3))
	category := n >> 32 & 1
	key := uint64(*(*uint32)(unsafe.Add(row, n>>32&0xfffe)))
	less := (key - uint64(uint32(n))) >> 63
	word := *(*uint32)(unsafe.Add(sets, (uint64(uint32(n))+key>>5)&-category<<2))
	return n>>48 - (less ^ (less^uint64(word>>(key&31)))&category)
}
