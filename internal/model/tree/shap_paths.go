package tree

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/elementary"
)

// paths is a tree by the paths to its leaves. A path asks each of its features once, however often the tree does: an
// element is right when all nodes that ask it are answered as the path wants.
type paths struct {
	tree    *Tree
	width   int
	bit     []int32 // of each inner node: the place of its feature among the elements of the paths through it
	fresh   []bool  // of each inner node: no node above asks its feature
	leaves  []leafPath
	longest int // elements of the longest path
	words   int // of a mask with a bit for each element
}

// leafPath is the path to a leaf.
type leafPath struct {
	node     int32
	features []int32
	zero     []float64 // path-dependent: of each element the share of the training rows that it keeps
	patterns []pattern // interventional: the masks of the background rows
}

// pattern is a mask of answers and the share of the background rows that have it.
type pattern struct {
	mask  []uint64
	share float64
}

// newPaths takes a tree apart, by its covers, or with background rows by those.
func newPaths(t *Tree, width int, background *dataset.Matrix) *paths {
	p := &paths{tree: t, width: width, bit: make([]int32, len(t.Nodes)), fresh: make([]bool, len(t.Nodes)), words: 1}
	features, zeros := make([][]int32, len(t.Nodes)), make([][]float64, len(t.Nodes)) // of the way to each node
	for i := range t.Nodes {
		n := &t.Nodes[i]
		if n.Feature < 0 {
			p.leaves = append(p.leaves, leafPath{node: int32(i), features: features[i], zero: zeros[i]})
			p.longest = max(p.longest, len(features[i]))
			continue
		}
		bit := slices.Index(features[i], n.Feature)
		if p.fresh[i] = bit < 0; p.fresh[i] {
			bit = len(features[i])
			features[i] = append(slices.Clip(features[i]), n.Feature)
			zeros[i] = append(slices.Clip(zeros[i]), 1)
		}
		p.bit[i] = int32(bit)
		for child := n.Left; child <= n.Left+1; child++ {
			features[child], zeros[child] = features[i], slices.Clone(zeros[i])
			if background == nil {
				zeros[child][bit] *= t.share(i, child)
			}
		}
		features[i], zeros[i] = nil, nil
	}
	p.words = max(1, (p.longest+63)/64)
	if background != nil {
		p.ask(background)
	}
	return p
}

// share is the part of a node's training rows that went to its child.
func (t *Tree) share(node int, child int32) float64 {
	left := t.Nodes[node].Left
	l, r := float64(t.Covers[left]), float64(t.Covers[left+1])
	if !(l+r > 0) {
		return 0.5 // nobody came here
	}
	return float64(t.Covers[child]) / (l + r)
}

// answer writes the mask of each node: bit e says whether the row answers element e of the way there as the way wants.
func (p *paths) answer(masks []uint64, cols [][]float32, row int) {
	w := p.words
	clear(masks[:w])
	for i := range p.tree.Nodes {
		n := &p.tree.Nodes[i]
		if n.Feature < 0 {
			continue
		}
		right := p.tree.next(n, cols[n.Feature][row])
		wrong := 2*n.Left + 1 - right
		word, bit := int(p.bit[i])>>6, uint64(1)<<(p.bit[i]&63)
		if w == 1 {
			m := masks[i]
			if p.fresh[i] {
				masks[right], masks[wrong] = m|bit, m
			} else {
				masks[right], masks[wrong] = m, m&^bit
			}
			continue
		}
		copy(masks[int(right)*w:][:w], masks[i*w:][:w])
		copy(masks[int(wrong)*w:][:w], masks[i*w:][:w])
		if p.fresh[i] {
			masks[int(right)*w+word] |= bit
		} else {
			masks[int(wrong)*w+word] &^= bit
		}
	}
}

// ask collects the masks of background rows at every leaf, equal ones together.
func (p *paths) ask(background *dataset.Matrix) {
	n, w := background.Rows, p.words
	nodes := make([]uint64, w*len(p.tree.Nodes))
	masks := make([]uint64, len(p.leaves)*n*w) // by leaf and row
	for i := range n {
		p.answer(nodes, background.Cols, i)
		for l := range p.leaves {
			copy(masks[(l*n+i)*w:][:w], nodes[int(p.leaves[l].node)*w:][:w])
		}
	}
	rows := make([]pattern, n)
	for l := range p.leaves {
		for i := range rows {
			rows[i] = pattern{mask: masks[(l*n+i)*w:][:w]}
		}
		slices.SortFunc(rows, func(a, b pattern) int { return slices.CompareFunc(a.mask, b.mask, cmp.Compare) })
		for from := 0; from < n; {
			to := from + 1
			for to < n && slices.Equal(rows[to].mask, rows[from].mask) {
				to++
			}
			p.leaves[l].patterns = append(p.leaves[l].patterns, pattern{slices.Clone(rows[from].mask), float64(to-from) / float64(n)})
			from = to
		}
	}
}

// expected are the tree's expected outputs.
func (p *paths) expected() []float64 {
	out := make([]float64, p.width)
	for l := range p.leaves {
		leaf := &p.leaves[l]
		reach := 1.0
		if leaf.patterns == nil {
			for _, z := range leaf.zero {
				reach *= z
			}
		} else {
			reach = 0
			for _, b := range leaf.patterns {
				if ones(b.mask) == len(leaf.features) {
					reach = b.share
				}
			}
		}
		for o := range out {
			out[o] += float64(reach * float64(p.tree.Values[l*p.width+o]))
		}
	}
	return out
}

func ones(mask []uint64) int {
	n := 0
	for _, m := range mask {
		n += bits.OnesCount64(m)
	}
	return n
}

// weigh writes φ_e / v for each element of a leaf's path, for a row with these answers.
func (p *paths) weigh(dst []float64, leaf *leafPath, mask []uint64) {
	if leaf.patterns == nil {
		leaf.weighByCover(dst, mask)
	} else {
		leaf.weighByBackground(dst, mask)
	}
}

// weighByCover integrates by Gauss and Legendre's rule, which is exact for polynomials of this degree. All terms are
// positive, so nothing cancels on long paths as it does when the polynomial is built up and divided again.
func (leaf *leafPath) weighByCover(dst []float64, mask []uint64) {
	d := len(dst)
	clear(dst)
	var room [32]float64
	before := room[:] // the products of the factors before each element
	if d > len(room) {
		before = make([]float64, d)
	}
	for _, q := range legendre((d + 1) / 2) {
		factor := func(e int) float64 {
			return float64((1-q.at)*leaf.zero[e]) + float64(q.at*float64(mask[e>>6]>>(e&63)&1))
		}
		product := q.weight
		for e := range d {
			before[e] = product
			product *= factor(e)
		}
		after := 1.0
		for e := d - 1; e >= 0; e-- {
			dst[e] += float64(before[e] * after)
			after *= factor(e)
		}
	}
	for e := range dst {
		dst[e] *= float64(mask[e>>6]>>(e&63)&1) - leaf.zero[e]
	}
}

// weighByBackground adds up over the background rows. A row that answers the elements A rightly where x does not know the
// answer for B, x rightly those of B alone, and both all others, gives each e ∈ B the share (b−1)! a! / (a+b)!, and takes
// b! (a−1)! / (a+b)! from each e ∈ A.
func (leaf *leafPath) weighByBackground(dst []float64, mask []uint64) {
	d := len(dst)
	clear(dst)
	for i := range leaf.patterns {
		q := &leaf.patterns[i]
		mine, theirs, either := 0, 0, 0
		for w, m := range mask {
			b := q.mask[w]
			mine += bits.OnesCount64(m &^ b)
			theirs += bits.OnesCount64(b &^ m)
			either += bits.OnesCount64(m | b)
		}
		if either < d {
			continue // an element that neither answers rightly
		}
		ways := binomial(mine+theirs, mine)
		plus, minus := q.share/(float64(mine)*ways), q.share/(float64(theirs)*ways)
		for w, m := range mask {
			b := q.mask[w]
			for only := m &^ b; only != 0; only &= only - 1 {
				dst[w<<6+bits.TrailingZeros64(only)] += plus
			}
			for only := b &^ m; only != 0; only &= only - 1 {
				dst[w<<6+bits.TrailingZeros64(only)] -= minus
			}
		}
	}
}

// binomial is n over k.
func binomial(n, k int) float64 {
	v := 1.0
	for i := range min(k, n-k) {
		v = v * float64(n-i) / float64(i+1)
	}
	return v
}

// abscissa is a point of a quadrature on [0, 1].
type abscissa struct{ at, weight float64 }

var quadratures sync.Map // count of points → []abscissa

// legendre is the quadrature of Gauss and Legendre with n points, exact for polynomials up to degree 2n − 1: the roots of
// the n-th Legendre polynomial by Newton's method.
func legendre(n int) []abscissa {
	if q, ok := quadratures.Load(n); ok {
		return q.([]abscissa)
	}
	q := make([]abscissa, n)
	for i := range q {
		x := elementary.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		slope := 1.0
		for range 100 {
			value, before := 1.0, 0.0
			for k := range n {
				value, before = (float64(float64(2*k+1)*x*value)-float64(float64(k)*before))/float64(k+1), value
			}
			slope = float64(n) * (float64(x*value) - before) / (float64(x*x) - 1)
			step := value / slope
			x -= step
			if math.Abs(step) < 1e-16 {
				break
			}
		}
		q[i] = abscissa{(1 - x) / 2, 1 / ((1 - float64(x*x)) * slope * slope)}
	}
	stored, _ := quadratures.LoadOrStore(n, q)
	return stored.([]abscissa)
}
