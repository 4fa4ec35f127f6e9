package tree

import (
	"sadi"
)

// Unfold is the model as ordinary trees, one for each output of an oblivious tree, with the same margins to the bit. A
// question to a category, or to a statistic of one, becomes the set of the codes that it answers alike. A statistic of
// several features has no such form, and is an error.
//
// A level's gain is shared among its nodes and the outputs by the rows that came to them, so that its sum stays.
func (o *Oblivious) Unfold() (*Booster, error) {
	e := Ensemble{Features: len(o.levels), Outputs: o.outputs, Width: 1, Base: o.base}
	for k := range o.Trees {
		t := &o.Trees[k]
		asked := make([]Draft, len(t.Splits))
		for l := range t.Splits {
			d, err := o.draft(&t.Splits[l])
			if err != nil {
				return nil, err
			}
			asked[l] = d
		}
		for c := range o.outputs {
			one, err := Assemble(o.unfolded(t, asked, c), e.Features, 1)
			if err != nil {
				return nil, err
			}
			e.Trees = append(e.Trees, one)
		}
	}
	return NewBooster(e, o.loss)
}

// draft is a question as that of a node: what it answers with yes goes right.
func (o *Oblivious) draft(q *ObliviousSplit) (Draft, error) {
	features := o.asked(q)
	if len(features) > 1 {
		return Draft{}, sadi.Errorf(sadi.BadUsage, "the model asks statistics of the target over combinations of columns, which a tree of another library can not compute").
			Advise("fit with max_ctr_complexity = 1, where every statistic is of one column")
	}
	d := Draft{Feature: features[0], Threshold: q.Threshold}
	if o.levels[d.Feature] == 0 {
		d.MissingLeft = true
		return d, nil
	}
	right, missing := o.rightCodes(q)
	d.MissingLeft, d.Threshold = !missing, 0
	levels := int(o.levels[d.Feature])
	d.Set = make([]uint32, len(right))
	for c := range 32 * len(right) {
		left := d.MissingLeft // beyond the levels, where a value counts as missing
		if c < levels {
			left = right[c>>5]>>(c&31)&1 == 0
		}
		if left {
			d.Set[c>>5] |= 1 << (c & 31)
		}
	}
	return d, nil
}

// unfolded is the tree of an output, its nodes level by level: node 2^l − 1 + a is that of level l with the answers a.
func (o *Oblivious) unfolded(t *ObliviousTree, asked []Draft, output int) []Draft {
	depth := len(asked)
	drafts := make([]Draft, 2<<depth-1)
	for l := depth; l >= 0; l-- {
		nodes := drafts[1<<l-1:][:1<<l]
		for a := range nodes {
			if l == depth {
				nodes[a] = Draft{Feature: -1, Values: []float32{t.Values[a*o.outputs+output]}, Cover: t.Covers[a]}
				continue
			}
			nodes[a] = asked[l]
			left := int32(2<<l - 1 + a)
			nodes[a].Left, nodes[a].Right = left, left+1<<l
			nodes[a].Cover = drafts[left].Cover + drafts[nodes[a].Right].Cover
		}
	}
	all := float64(drafts[0].Cover)
	for l, gain := range t.Gains {
		for a := range drafts[1<<l-1:][:1<<l] {
			if d := &drafts[1<<l-1+a]; all > 0 {
				d.Gain = float32(float64(gain) / float64(o.outputs) * float64(d.Cover) / all)
			}
		}
	}
	return drafts
}
