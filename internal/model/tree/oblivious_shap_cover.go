package tree

import "slices"

// byCovers prepares for path-dependent values.
func (g *obliviousGame) byCovers(sets []uint32) {
	depth := len(sets)
	g.level = make([]uint32, depth)
	var distinct []uint32
	for l := depth - 1; l >= 0; l-- {
		at := slices.Index(distinct, sets[l])
		if at < 0 {
			at = len(distinct)
			distinct = append(distinct, sets[l])
		}
		g.level[l] = 1 << at
	}
	g.known = make([]uint32, 1<<len(g.players))
	for s := range g.known {
		for at, set := range distinct {
			if set&^uint32(s) == 0 {
				g.known[s] |= 1 << at
			}
		}
	}
	covers := make([]float64, 1<<depth)
	for i := range covers {
		covers[i] = float64(g.t.Covers[i])
	}
	g.share = make([][]float64, depth)
	for l := depth - 1; l >= 0; l-- {
		g.share[l] = make([]float64, 1<<l)
		for way := range g.share[l] {
			left, right := covers[way], covers[way|1<<l]
			g.share[l][way] = 0.5 // where nobody came
			if left+right > 0 {
				g.share[l][way] = right / (left + right)
			}
			covers[way] = left + right
		}
	}
	copy(g.expected, g.knowing(0))
}

// knowing are the expected outputs of a row that ends in a leaf, for each set of the sets of features that are known
// (Outputs numbers each): from the leaves to the root, a level is answered where its set is known, and else both of its
// sides are taken by their shares.
func (g *obliviousGame) knowing(leaf uint32) []float64 {
	k, depth := g.o.outputs, len(g.level)
	from, to := make([]float64, k<<depth), make([]float64, k<<depth)
	for i, v := range g.t.Values {
		from[i] = float64(v)
	}
	size := 1 // sets so far, of each of which a way has its outputs
	for l := depth - 1; l >= 0; l-- {
		bit, before := int(g.level[l]), size
		size = max(size, 2*bit)
		for way := range 1 << l {
			left, right := from[way*before*k:][:before*k], from[(way|1<<l)*before*k:][:before*k]
			answered := left
			if leaf>>l&1 == 1 {
				answered = right
			}
			p := g.share[l][way]
			out := to[way*size*k:][:size*k]
			for s := range size {
				if s&bit != 0 {
					below := s // what is known below
					if size > before {
						below = s &^ bit
					}
					copy(out[s*k:][:k], answered[below*k:])
					continue
				}
				for c := s * k; c < (s+1)*k; c++ {
					out[c] = float64((1-p)*left[c]) + float64(p*right[c])
				}
			}
		}
		from, to = to, from
	}
	return from[:size*k]
}

// solveByCovers writes the values of the rows of a leaf.
func (g *obliviousGame) solveByCovers(phi []float64, leaf uint32) {
	k := g.o.outputs
	by := g.knowing(leaf)
	worth := make([]float64, k<<len(g.players))
	for s, known := range g.known {
		copy(worth[s*k:][:k], by[int(known)*k:])
	}
	all := make([]int, len(g.players))
	for at := range all {
		all[at] = at
	}
	addShapley(phi, worth, all, k, 1)
}
