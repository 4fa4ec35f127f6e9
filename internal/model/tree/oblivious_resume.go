package tree

import (
	"context"
	"encoding/binary"
	"slices"

	"sadi"
)

// Continuing a model. Its trees stay as they are. What the folds need beside them is how the rows of each scored when the
// trees were learned: leaf values of the structure's folds are no part of a model, so they are estimated again along the
// known splits, which is quick next to looking for splits.

// adopt takes over what From has learned, before anything else is made.
func (b *symmetricBooster) adopt() error {
	f, o := b.From, b.out
	if f == nil {
		return nil
	}
	if f.outputs != o.outputs || f.loss != o.loss || !slices.Equal(f.levels, o.levels) {
		return sadi.Errorf(sadi.BadUsage, "a model of %d features and %d outputs on the loss %s can not be continued with %d, %d and %s, or with other categories",
			len(f.levels), f.outputs, f.loss.Name(), len(o.levels), o.outputs, o.loss.Name())
	}
	o.base = slices.Clone(f.base)
	o.Projections, o.Statistics = slices.Clone(f.Projections), slices.Clone(f.Statistics)
	for _, t := range f.Trees {
		t.Splits = slices.Clone(t.Splits) // compact moves their columns
		o.Trees = append(o.Trees, t)
	}
	return nil
}

// resume brings the catalogue, the folds and the validation rows to where From ended.
func (b *symmetricBooster) resume(ctx context.Context) error {
	for k := range b.out.Statistics {
		if err := b.cats.adopt(int32(k)); err != nil {
			return err
		}
	}
	for k := range b.out.Trees {
		if err := b.replay(ctx, &b.out.Trees[k]); err != nil {
			return err
		}
	}
	if b.Valid != nil {
		b.out.add(b.valid, b.Valid.X, 0, b.Valid.X.Rows, b.out.Trees)
	}
	return nil
}

// adopt makes a statistic of the model that of the catalogue if these rows give the same; otherwise new trees that ask it
// have one from these rows.
func (c *catalogue) adopt(k int32) error {
	st := &c.out.Statistics[k]
	q, kind, err := c.known(st)
	if err != nil {
		return err
	}
	if !slices.Equal(q.keys.keys, c.out.Projections[st.Projection].keys.keys) {
		return nil
	}
	c.statistic[q.name] = st.Projection
	if codes, unseen := c.encoder.whole(c.encoder.kinds[kind], q.slots, q.size); unseen == st.Unseen && slices.Equal(codes, st.Codes) {
		c.statistic[q.name+"#"+string(binary.LittleEndian.AppendUint32(nil, uint32(kind)))] = k
	}
	return nil
}

// known is a statistic of the model as one of these rows.
func (c *catalogue) known(st *Statistic) (q *projected, kind int, err error) {
	p := &c.out.Projections[st.Projection]
	kinds := c.encoder.kinds[:c.encoder.of(p)]
	kind = slices.Index(kinds, statisticKind{st.Target, st.Prior})
	if q = c.project(Projection{Categories: p.Categories, Tests: p.Tests}); q == nil || kind < 0 {
		return nil, 0, sadi.Errorf(sadi.BadUsage, "the model has a statistic that can not be learned from these rows, so it can not be continued")
	}
	return q, kind, nil
}

// replay adds a tree of the model to the scores of all folds: to those of the last with its values, to the others with values
// that are estimated as they were when it was learned.
func (b *symmetricBooster) replay(ctx context.Context, t *ObliviousTree) error {
	leaves := 1 << len(t.Splits)
	for i, f := range b.folds {
		if err := b.retrace(f, t); err != nil {
			return err
		}
		if i == len(b.folds)-1 {
			t.addLeaves(f.scores, f.leaf, b.out.outputs)
			return context.Cause(ctx)
		}
		if err := b.gradients(ctx, f, nil); err != nil {
			return err
		}
		if _, err := b.estimate(ctx, f, leaves); err != nil {
			return err
		}
	}
	return nil
}

// retrace finds the leaf of every row of a fold in a tree of the model: features are asked as they are, for other rows have
// other bins, and statistics by the order of the fold.
func (b *symmetricBooster) retrace(f *fold, t *ObliviousTree) error {
	clear(f.leaf)
	right := make([]uint32, len(f.leaf))
	for l := range t.Splits {
		q := &t.Splits[l]
		if k := int(q.Column) - len(b.out.levels); k >= 0 {
			known, kind, err := b.cats.known(&b.out.Statistics[k])
			if err != nil {
				return err
			}
			for i, code := range b.cats.codesIn(known, f)[kind] {
				if float32(code) >= q.Threshold {
					f.leaf[i] |= 1 << l
				}
			}
			continue
		}
		clear(right)
		q.answer(right, b.X.Cols[q.Column], b.out.levelsOf(q.Column), 1<<l)
		for i := range f.leaf {
			row := i
			if f.byPlace {
				row = int(f.order[i])
			}
			f.leaf[i] |= right[row]
		}
	}
	return nil
}
