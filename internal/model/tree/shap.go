package tree

import (
	"context"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/par"
)

// Exact Shapley values of trees: Lundberg et al., "From local explanations to global understanding with explainable AI for
// trees", Nature Machine Intelligence 2, 2020.
//
// A leaf ℓ with value v is reached when every feature on its path answers rightly. With the D features of the path,
// o_e ∈ {0, 1} whether row x answers rightly for feature e and z_e the same for what stands in for an unknown value, the
// expected value of the leaf when the features S are known is v Π_{e∈S} o_e Π_{e∉S} z_e, and its Shapley value
//
//	φ_e = v (o_e − z_e) ∫_0^1 Π_{j≠e} (t o_j + (1−t) z_j) dt ,
//
// for ∫ t^s (1−t)^(D−1−s) dt = s! (D−1−s)! / D! is the weight of a set of s features. What differs between the two forms
// is z: the share of the training rows that a path keeps (path-dependent), or each background row's own 0 or 1
// (interventional). φ depends on x through the D bits o alone, so the weights of each pattern of bits are computed once
// and looked up for all further rows.

var (
	_ model.Explainer = (*Booster)(nil)
	_ model.Explainer = (*Forest)(nil)
	_ model.Explainer = (*Single)(nil)
)

// Contributions explains margins; see model.Explainer.
func (b *Booster) Contributions(ctx context.Context, dst []float64, x, background *dataset.Matrix, pool *par.Pool) error {
	return b.contributions(ctx, dst, x, background, pool)
}

// Contributions explains predictions; see model.Explainer.
func (a *average) Contributions(ctx context.Context, dst []float64, x, background *dataset.Matrix, pool *par.Pool) error {
	if err := a.contributions(ctx, dst, x, background, pool); err != nil {
		return err
	}
	n, d := float64(len(a.Trees)), a.Features()
	for i := range dst {
		dst[i] /= n
		if i%(d+1) == d {
			dst[i] += a.offset
		}
	}
	return nil
}

// OnMargin reports whether the loss has a link; see model.Explainer.
func (b *Booster) OnMargin() bool { return !loss.Identity(b.loss) }

// OnMargin is false; see model.Explainer.
func (a *average) OnMargin() bool { return false }

// Terms is about the number of terms of a row: of each leaf a weight for every level, and where its weights are not kept in
// a table the points of the quadrature.
func (e *Ensemble) Terms() int {
	terms := 0
	for k := range e.Trees {
		t := &e.Trees[k]
		depths := make([]int, len(t.Nodes))
		for i := range t.Nodes {
			n, d := &t.Nodes[i], depths[i]
			switch {
			case n.Feature >= 0:
				depths[n.Left], depths[n.Left+1] = d+1, d+1
			case d > tableBits:
				terms += 4 * d
			default:
				terms += d + e.Width
			}
		}
	}
	return terms
}

// contributions is Explainer.Contributions for the sum of the trees.
func (e *Ensemble) contributions(ctx context.Context, dst []float64, x, background *dataset.Matrix, pool *par.Pool) error {
	if err := checkExplained(e.Features, e.Outputs, dst, x, background); err != nil {
		return err
	}
	if err := e.checkCovers(background); err != nil {
		return err
	}
	d := e.Features
	clear(dst)
	for i := d; i < len(dst); i += d + 1 {
		dst[i] = e.Base[i/(d+1)%e.Outputs]
	}
	block := min(1024, max(64, (x.Rows+pool.Width()-1)/pool.Width())) // tables are filled once for each
	for k := range e.Trees {
		p := newPaths(&e.Trees[k], e.Width, background)
		expected := p.expected()
		nodes := newByNodes(&e.Trees[k], p, background)
		size := block
		if nodes != nil {
			size = fewRows
		}
		err := pool.For(ctx, (x.Rows+size-1)/size, func(b int) {
			var s *shapScratch
			var ns *nodesScratch
			if nodes != nil {
				ns = nodes.scratch(d)
			} else {
				s = newShapScratch(p)
			}
			for i := b * size; i < min((b+1)*size, x.Rows); i++ {
				row := dst[i*e.Outputs*(d+1):][:e.Outputs*(d+1)]
				if e.Width == 1 {
					row = row[k%e.Outputs*(d+1):][:d+1]
				}
				if nodes != nil {
					nodes.explain(row, x.Cols, i, d+1, ns)
				} else {
					p.explain(row, x.Cols, i, d+1, s)
				}
				for o, v := range expected {
					row[o*(d+1)+d] += v
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// checkExplained is the error of a call of Contributions whose shapes do not fit, or nil.
func checkExplained(features, outputs int, dst []float64, x, background *dataset.Matrix) error {
	for _, given := range []*dataset.Matrix{x, background} {
		if given != nil && len(given.Cols) != features {
			return sadi.Errorf(sadi.SchemaMismatch, "the model was fitted on %d features and is given %d", features, len(given.Cols))
		}
	}
	if want := x.Rows * outputs * (features + 1); len(dst) != want {
		return sadi.Errorf(sadi.Internal, "room for %d contributions where %d are needed", len(dst), want)
	}
	if background != nil && background.Rows == 0 {
		return sadi.Errorf(sadi.BadUsage, "there is no background row to explain against")
	}
	return nil
}

// checkCovers is the error of an ensemble that has kept nothing of its training rows, and is to be explained without others.
func (e *Ensemble) checkCovers(background *dataset.Matrix) error {
	if background != nil {
		return nil
	}
	for k := range e.Trees {
		if e.Trees[k].Covers == nil {
			return sadi.Errorf(sadi.BadUsage, "the model has not kept how many rows its branches saw").
				Advise("explain against background rows, or fit the model again with this version")
		}
	}
	return nil
}

// shapScratch is what one worker needs for the rows of a block.
type shapScratch struct {
	masks   []uint64    // words of each node
	weights []float64   // of one leaf
	known   [][]float64 // of each leaf that has a table: the weights of each pattern of bits, filled when first seen
	seen    [][]bool
}

// tableBits bounds the tables of a leaf, tableSize those of a tree (in numbers).
const (
	tableBits = 8
	tableSize = 1 << 18
)

func newShapScratch(p *paths) *shapScratch {
	s := &shapScratch{masks: make([]uint64, p.words*len(p.tree.Nodes)), weights: make([]float64, p.longest),
		known: make([][]float64, len(p.leaves)), seen: make([][]bool, len(p.leaves))}
	room := tableSize
	for l := range p.leaves {
		d := len(p.leaves[l].features)
		if d > tableBits || d<<d > room {
			continue
		}
		room -= d << d
		s.known[l], s.seen[l] = make([]float64, d<<d), make([]bool, 1<<d)
	}
	return s
}

// explain adds the contributions to a row's outputs, which are stride numbers apart.
func (p *paths) explain(dst []float64, cols [][]float32, row, stride int, s *shapScratch) {
	p.answer(s.masks, cols, row)
	width := p.width
	for l := range p.leaves {
		leaf := &p.leaves[l]
		d := len(leaf.features)
		mask := s.masks[int(leaf.node)*p.words:][:p.words]
		weights := s.weights[:d]
		if s.known[l] == nil {
			p.weigh(weights, leaf, mask)
		} else {
			weights = s.known[l][int(mask[0])*d:][:d]
			if !s.seen[l][mask[0]] {
				p.weigh(weights, leaf, mask)
				s.seen[l][mask[0]] = true
			}
		}
		if width == 1 {
			v := float64(p.tree.Values[l])
			for e, f := range leaf.features {
				dst[f] += float64(v * weights[e])
			}
			continue
		}
		for o, value := range p.tree.Values[l*width:][:width] {
			if v := float64(value); v != 0 {
				out := dst[o*stride:][:stride]
				for e, f := range leaf.features {
					out[f] += float64(v * weights[e])
				}
			}
		}
	}
}
