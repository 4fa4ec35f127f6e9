package tree

import (
	"context"
)

// Dart drops some of the trees for the time of a round, so that the new ones do not only mend what the first left
// (Rashmi and Gilad-Bachrach, "DART: Dropouts meet Multiple Additive Regression Trees", 2015). Afterwards old and new
// ones are scaled to give together what the old ones gave.
type Dart struct {
	Rate       float64 // chance of a tree to be dropped
	Skip       float64 // chance of a round in which none is dropped
	AtLeastOne bool    // drop one where chance took none
	ByWeight   bool    // a tree's chance is in proportion to its weight
	Most       int     // dropped trees of a round; 0 = no limit
	Forest     bool    // new trees weigh as much as all dropped ones together, rather than as one of them
	ByRound    bool    // trees of a round are dropped together, and scaled as in LightGBM; otherwise as in XGBoost
}

// dropout is Dart at work. Its methods do nothing on nil.
type dropout struct {
	Dart
	rate    float64 // the learning rate
	outputs int

	learned [][]float32 // each tree's values as they were learned
	weight  []float64   // by which they are multiplied
	fresh   [][]float32 // those of the trees of the round
	dropped []int
	best    []float64 // the weights at the best round
}

// adopt takes in trees that were learned before, with the weight that they have.
func (d *dropout) adopt(trees []Tree) {
	if d == nil {
		return
	}
	for k := range trees {
		d.learned, d.weight = append(d.learned, trees[k].Values), append(d.weight, 1)
	}
}

// drop chooses trees and takes them out of the scores.
func (d *dropout) drop(ctx context.Context, b *booster, seed uint64) error {
	if d == nil {
		return nil
	}
	d.choose(seed)
	d.fresh = make([][]float32, d.outputs)
	return d.shift(ctx, b, -1)
}

// choose fills dropped.
func (d *dropout) choose(seed uint64) {
	d.dropped = d.dropped[:0]
	size := 1
	if d.ByRound {
		size = d.outputs
	}
	n := len(d.weight) / size // units that are dropped as one
	if n == 0 || d.Skip > 0 && chance(seed, 0) < d.Skip {
		return
	}
	sum := 0.0
	for u := range n {
		sum += d.weight[u*size]
	}
	var units []int
	rate := d.Rate
	if d.Most > 0 {
		rate = min(rate, float64(d.Most)/float64(n))
	}
	for u := range n {
		p := rate
		if d.ByWeight {
			p *= d.weight[u*size] * float64(n) / sum
		}
		if chance(seed, uint64(1+u)) < p && (d.Most == 0 || len(units) < d.Most) {
			units = append(units, u)
		}
	}
	if len(units) == 0 && d.AtLeastOne {
		units = append(units, d.one(chance(seed, uint64(1+n)), n, size, sum))
	}
	for _, u := range units {
		for k := range size {
			d.dropped = append(d.dropped, u*size+k)
		}
	}
}

// one is a unit for a random number in [0, 1).
func (d *dropout) one(x float64, n, size int, sum float64) int {
	if !d.ByWeight {
		return int(x * float64(n))
	}
	x *= sum
	for u := range n {
		if x -= d.weight[u*size]; x < 0 {
			return u
		}
	}
	return n - 1
}

// factors are those of the new trees and of the dropped ones.
func (d *dropout) factors() (fresh, old float64) {
	k, rate := float64(len(d.dropped)), d.rate
	switch {
	case k == 0:
		return 1, 1
	case d.ByRound:
		k /= float64(d.outputs)
		return 1 / (k + 1), k / (k + 1)
	}
	rate /= float64(d.outputs)
	if d.Forest {
		return 1 / (1 + rate), 1 / (1 + rate)
	}
	return 1 / (k + rate), k / (k + rate)
}

// scale puts the new tree of an output to its weight. The outputs may be learned at the same time.
func (d *dropout) scale(o int, t *Tree) {
	if d == nil {
		return
	}
	fresh, _ := d.factors()
	d.fresh[o] = t.Values
	t.Values = scaled(t.Values, fresh)
}

// restoreDropped puts the dropped trees back with their new weights, and takes in the trees of the round.
func (d *dropout) restoreDropped(ctx context.Context, b *booster) error {
	if d == nil {
		return nil
	}
	fresh, old := d.factors()
	for _, k := range d.dropped {
		d.weight[k] *= old
		b.ensemble.Trees[k].Values = scaled(d.learned[k], d.weight[k])
	}
	for _, values := range d.fresh {
		d.learned, d.weight = append(d.learned, values), append(d.weight, fresh)
	}
	return d.shift(ctx, b, 1)
}

// scaled are values times a factor.
func scaled(values []float32, factor float64) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = float32(float64(float64(v) * factor))
	}
	return out
}

// shift adds the dropped trees times a factor to all scores.
func (d *dropout) shift(ctx context.Context, b *booster, factor float64) error {
	for _, k := range d.dropped {
		t := b.ensemble.Trees[k]
		t.Values = scaled(t.Values, factor)
		if err := b.addParallel(ctx, b.scores, b.X, nil, b.X.Rows, k, []Tree{t}); err != nil {
			return err
		}
		if b.valid == nil {
			continue
		}
		if err := b.addParallel(ctx, b.valid, b.Valid.X, nil, b.Valid.X.Rows, k, []Tree{t}); err != nil {
			return err
		}
	}
	return nil
}

// remember keeps the weights of the best round so far.
func (d *dropout) remember() {
	if d != nil {
		d.best = append(d.best[:0], d.weight...)
	}
}

// restore gives the trees of the best round the weights that they had then.
func (d *dropout) restore(e *Ensemble) {
	if d == nil {
		return
	}
	for k, w := range d.best {
		e.Trees[k].Values = scaled(d.learned[k], w)
	}
}
