package tree

import "sadi/internal/dataset"

// Shapley values by the nodes of a tree rather than by the paths to its leaves, for trees that are deep: the time is that of
// the nodes times the longest path, where leaf by leaf it would be that of the leaves times its square. As in Yu, Bifet, Read &
// Xu, "Linear TreeShap", NeurIPS 2022, the leaves below a node share the factors of the way there; here a polynomial is its values
// at the points of the quadrature. With S(t) the sum over the leaves below a node of their values times all factors of their
// paths, and f(t) = t·o + (1−t)·z the factor of the feature e that its parent asks,
//
//	φ_e += (o − z) ∫ S(t) / f(t) dt ,
//
// from which goes what the factor that e had before said of the same leaves. Factors are positive inside the interval; where
// one is 0 nothing below counts.

// byNodes is a tree whose rows are explained node by node.
type byNodes struct {
	tree   *Tree
	width  int
	points []nodePoint
	share  []float64 // of each node: the part of its parent's training rows
	depth  int
}

// nodePoint is a point of the quadrature.
type nodePoint struct{ at, rest, inverse, weight float64 } // t, 1 − t, 1 / (1 − t)

// leastShare is the share of the training rows below which it counts as 0, so that its inverse is a number.
const leastShare = 1e-290

// newByNodes is nil for a tree that is explained faster leaf by leaf, from tables.
func newByNodes(t *Tree, p *paths, background *dataset.Matrix) *byNodes {
	if background != nil || p.longest <= tableBits {
		return nil
	}
	b := &byNodes{tree: t, width: p.width, share: make([]float64, len(t.Nodes)), depth: int(t.packable().depth)}
	for _, q := range legendre((p.longest + 1) / 2) {
		b.points = append(b.points, nodePoint{q.at, 1 - q.at, 1 / (1 - q.at), q.weight})
	}
	for i := range t.Nodes {
		if n := &t.Nodes[i]; n.Feature >= 0 {
			b.share[n.Left], b.share[n.Left+1] = t.share(i, n.Left), t.share(i, n.Left+1)
		}
	}
	return b
}

// element is a feature of the way to a node.
type element struct {
	one, zero float64   // whether the row answers rightly, the share of the training rows that do
	inverse   []float64 // of its factor, at each point; nil = the way has not asked the feature
}

// nodesScratch is what one worker needs for a row.
type nodesScratch struct {
	elements []element   // by feature
	product  [][]float64 // by depth: of the factors, at each point
	sum      [][]float64 // by depth: S of each output, at each point
	inverse  [][]float64 // by depth: of the feature that is asked there
}

func (b *byNodes) scratch(features int) *nodesScratch {
	q := len(b.points)
	s := &nodesScratch{elements: make([]element, features)}
	for range b.depth + 1 {
		s.product = append(s.product, make([]float64, q))
		s.sum = append(s.sum, make([]float64, q*b.width))
		s.inverse = append(s.inverse, make([]float64, q))
	}
	for k := range b.points {
		s.product[0][k] = b.points[k].weight
	}
	return s
}

// explain adds the contributions to a row's outputs, which are stride numbers apart.
func (b *byNodes) explain(dst []float64, cols [][]float32, row, stride int, s *nodesScratch) {
	b.visit(0, 0, dst, cols, row, stride, s)
}

// visit explains what is below a node, and leaves its S in the sums of the depth.
func (b *byNodes) visit(at int32, depth int, dst []float64, cols [][]float32, row, stride int, s *nodesScratch) {
	n, q := &b.tree.Nodes[at], len(b.points)
	product, sum := s.product[depth], s.sum[depth]
	if n.Feature < 0 {
		for o, v := range b.tree.Values[int(n.Left)*b.width:][:b.width] {
			for k, f := range product {
				sum[o*q+k] = float64(float64(v) * f)
			}
		}
		return
	}
	clear(sum)
	goes := b.tree.next(n, cols[n.Feature][row])
	before := s.elements[n.Feature]
	for child := n.Left; child <= n.Left+1; child++ {
		now := element{zero: b.share[child], inverse: s.inverse[depth]}
		if child == goes {
			now.one = 1
		}
		if before.inverse != nil {
			now.one, now.zero = now.one*before.one, now.zero*before.zero
		}
		if now.one == 0 && now.zero < leastShare {
			continue
		}
		b.multiply(s.product[depth+1][:q], product, &now, before.inverse)
		s.elements[n.Feature] = now
		b.visit(child, depth+1, dst, cols, row, stride, s)
		for o := range b.width {
			part := s.sum[depth+1][o*q:][:q]
			phi := float64((now.one - now.zero) * integral(part, now.inverse))
			if before.inverse != nil {
				phi -= float64((before.one - before.zero) * integral(part, before.inverse))
			}
			dst[o*stride+int(n.Feature)] += phi
			for k, v := range part {
				sum[o*q+k] += v
			}
		}
	}
	s.elements[n.Feature] = before
}

// multiply computes the products below a node from those of the node, the factor that its feature has now and what was that
// one's inverse before.
func (b *byNodes) multiply(below, product []float64, now *element, before []float64) {
	inverse := now.inverse[:len(below)]
	product = product[:len(below)]
	if now.one == 0 {
		once := 1 / now.zero
		for k, p := range b.points[:len(below)] {
			below[k] = float64(product[k] * float64(p.rest*now.zero))
			inverse[k] = float64(p.inverse * once)
		}
	} else {
		for k, p := range b.points[:len(below)] {
			f := float64(p.rest*now.zero) + p.at
			below[k] = float64(product[k] * f)
			inverse[k] = 1 / f
		}
	}
	if before != nil {
		for k, f := range before[:len(below)] {
			below[k] *= f
		}
	}
}

// integral is that of a sum without the factor whose inverse is given.
func integral(sum, inverse []float64) float64 {
	v := 0.0
	for k, f := range inverse[:len(sum)] {
		v += float64(sum[k] * f)
	}
	return v
}
