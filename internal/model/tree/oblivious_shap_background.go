package tree

import (
	"math/bits"
	"slices"
)

// solve writes the values of the rows with a view against the background rows. Only features in which two rows differ
// play between them.
func (g *obliviousGame) solve(phi []float64, x *rowView) {
	k := g.o.outputs
	var differ []int
	var leaves []uint32
	var worth []float64
	for i := range g.background {
		b := &g.background[i]
		differ = g.differing(differ[:0], x, b)
		if len(differ) == 0 {
			continue
		}
		leaves = g.hybrids(leaves[:0], x, b, differ)
		worth = worth[:0]
		for _, n := range leaves {
			for _, v := range g.values(n) {
				worth = append(worth, float64(v))
			}
		}
		addShapley(phi, worth, differ, k, b.share)
	}
}

// differing appends the players in which two views differ.
func (g *obliviousGame) differing(dst []int, x, b *rowView) []int {
	set := uint32(0)
	for at, levels := range g.own {
		if (x.leaf^b.leaf)&levels != 0 {
			set |= 1 << at
		}
	}
	part := 0
	for q := range g.combined {
		for _, at := range g.combined[q].players {
			if x.parts[part] != b.parts[part] {
				set |= 1 << at
			}
			part++
		}
	}
	for ; set != 0; set &= set - 1 {
		dst = append(dst, bits.TrailingZeros32(set))
	}
	return dst
}

// hybrids appends, for each coalition of the players in which two rows differ, the leaf of the row that has their values
// from x and all others from b.

func (g *obliviousGame) hybrids(dst []uint32, x, b *rowView, differ []int) []uint32 {
	start := b.leaf
	for q := range g.combined {
		start &^= 1 << g.combined[q].level
	}
	dst = append(dst, start)
	for s := 1; s < 1<<len(differ); s++ {
		at := differ[bits.TrailingZeros(uint(s))]
		dst = append(dst, dst[s&(s-1)]^(x.leaf^b.leaf)&g.own[at])
	}
	part := 0
	for q := range g.combined {
		question := &g.combined[q]
		key, playing := uint64(0), 0
		steps := make([]uint64, len(differ)) // what a player adds to the key by changing to x
		for _, at := range question.players {
			key += b.parts[part]
			if i := slices.Index(differ, at); i >= 0 && x.parts[part] != b.parts[part] {
				steps[i] = x.parts[part] - b.parts[part]
				playing |= 1 << i
			}
			part++
		}
		right := make([]bool, 1<<len(differ))
		for s := range right {
			if s&^playing != 0 {
				right[s] = right[s&playing]
			} else {
				own := key
				for rest := s; rest != 0; rest &= rest - 1 {
					own += steps[bits.TrailingZeros(uint(rest))]
				}
				right[s] = question.statistic.code(question.projection.keys.find(own)) >= question.threshold
			}
			if right[s] {
				dst[s] |= 1 << question.level
			}
		}
	}
	return dst
}

// partOf is what a feature's digits and bits add to the key of a row; see keysOf.
func (p *Projection) partOf(feature int32, cols [][]float32, levels []int32, row int) uint64 {
	key := uint64(0)
	for _, j := range p.Categories {
		count := int(levels[j])
		key *= uint64(count + 1)
		if j == feature {
			code, ok := codeOf(cols[j][row], count)
			if !ok {
				code = count
			}
			key += uint64(code)
		}
	}
	for t := range p.Tests {
		key <<= 1
		if q := &p.Tests[t]; q.Column == feature {
			var bit [1]uint32
			q.answer(bit[:], cols[q.Column][row:], int(levels[q.Column]), 1)
			key |= uint64(bit[0])
		}
	}
	return key
}
