package tree

import (
	"context"
	"math"
	"slices"

	"sadi/internal/elementary"
)

// Bootstrap is how the rows are weighed for the structure of a tree. Leaf values come from all rows alike.
type Bootstrap uint8

// The kinds of bootstrap.
const (
	NoBootstrap        Bootstrap = iota
	BayesianBootstrap            // weights (−ln u)^temperature (Rubin 1981)
	BernoulliBootstrap           // each row with the same probability
	MVSBootstrap                 // each row with a probability that grows with its gradient, and the inverse as its weight
)

// bootstrap draws the rows of one tree.
type bootstrap struct {
	kind        Bootstrap
	share       float64 // Bernoulli, MVS: of the rows
	temperature float64 // Bayesian

	seed  uint64
	size  []float32 // MVS: of the rows' gradients
	limit float64   // MVS: the size from which on a row is certain
}

// sizeFloor is what MVS adds to squared gradients, as a share of their mean, so that the rows that are fitted well keep a
// say in the structure.
const sizeFloor = 0.1

// draw writes the rows of a tree to the front of idx, ascending, and returns their number. g holds the gradients of all
// rows, k each.
func (b *bootstrap) draw(ctx context.Context, s *symmetricBooster, idx []uint32, g []float32, k int, seed uint64) (int, error) {
	b.seed = seed
	switch {
	case b.kind == BernoulliBootstrap:
		return drawRows(s.Pool, idx, b.share, seed), nil
	case b.kind != MVSBootstrap || b.share >= 1:
		return drawRows(s.Pool, idx, 1, seed), nil
	}
	if err := b.measure(ctx, s, g, k, len(idx)); err != nil {
		return 0, err
	}
	n := 0
	for i := range idx {
		if p := b.chance(i); p >= 1 || float64(hash(seed, uint64(i), 0)>>11)*0x1p-53 < p {
			idx[n] = uint32(i)
			n++
		}
	}
	if n == 0 {
		return drawRows(s.Pool, idx, 1, seed), nil
	}
	return n, nil
}

// measure finds the sizes √(g² + λ) of the gradients, and the limit for which the chances add up to the share of the rows
// (Ibragimov & Gusev, "Minimal Variance Sampling in Stochastic Gradient Boosting", 2019). The sizes are counted in classes
// less than a hundredth wide, so that no sum depends on the threads.
func (b *bootstrap) measure(ctx context.Context, s *symmetricBooster, g []float32, k, n int) error {
	b.size = slices.Grow(b.size[:0], n)[:n]
	blocks := make([]float64, (n+rowBlock-1)/rowBlock)
	each := func(visit func(block, lo, hi int)) error {
		return s.Pool.For(ctx, len(blocks), func(i int) { visit(i, i*rowBlock, min((i+1)*rowBlock, n)) })
	}
	err := each(func(block, lo, hi int) {
		for i := lo; i < hi; i++ {
			sum := 0.0
			for _, v := range g[i*k : (i+1)*k] {
				sum += float64(float64(v) * float64(v))
			}
			b.size[i] = float32(min(sum, math.MaxFloat32))
			blocks[block] += sum
		}
	})
	if err != nil {
		return err
	}
	floor := 0.0
	for _, v := range blocks {
		floor += v
	}
	floor = min(sizeFloor*floor/float64(n), math.MaxFloat32)
	const drop = 16 // bits of a float32 that do not tell classes apart
	counts := make([]int, 1<<(32-drop))
	if err := each(func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			b.size[i] = float32(math.Sqrt(float64(b.size[i]) + floor))
		}
	}); err != nil {
		return err
	}
	for _, v := range b.size {
		counts[math.Float32bits(v)>>drop]++
	}
	class := func(c int) float64 { return float64(math.Float32frombits(uint32(c)<<drop | 1<<(drop-1))) }
	rest := 0.0
	for c, m := range counts {
		if m > 0 {
			rest += float64(float64(m) * class(c))
		}
	}
	want, certain := float64(b.share*float64(n)), 0
	b.limit = rest / want
	for c := len(counts) - 1; c >= 0; c-- {
		m := counts[c]
		if m == 0 {
			continue
		}
		if class(c) <= b.limit || float64(certain+m) >= want {
			break
		}
		certain += m
		rest -= float64(float64(m) * class(c))
		b.limit = rest / (want - float64(certain))
	}
	return nil
}

// chance is the probability with which MVS takes a row.
func (b *bootstrap) chance(row int) float64 {
	if !(b.limit > 0) {
		return 1
	}
	return min(float64(b.size[row])/b.limit, 1)
}

// weight is the weight of a row that was drawn, never 0.
func (b *bootstrap) weight(row int) float64 {
	switch {
	case b.kind == MVSBootstrap && b.share < 1:
		return 1 / max(b.chance(row), 1e-3)
	case b.kind != BayesianBootstrap || b.temperature == 0:
		return 1
	}
	u := (float64(hash(b.seed, uint64(row), 1)>>11) + 0.5) * 0x1p-53
	w := -elementary.Log(u)
	if b.temperature != 1 {
		w = elementary.Pow(w, b.temperature)
	}
	return w
}
