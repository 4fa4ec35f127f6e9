package tree

import "sadi/internal/model"

var (
	_ model.Asker = (*Booster)(nil)
	_ model.Asker = (*Forest)(nil)
	_ model.Asker = (*Single)(nil)
	_ model.Asker = (*Oblivious)(nil)
)

// Uses tells for each feature how much the trees ask it, node by node.
func (e *Ensemble) Uses() []model.Use {
	uses := make([]model.Use, e.Features)
	for k := range e.Trees {
		t := &e.Trees[k]
		for i := range t.Nodes {
			f := t.Nodes[i].Feature
			if f < 0 {
				continue
			}
			uses[f].Splits++
			if t.Gains != nil {
				uses[f].Gain += float64(t.Gains[i])
			}
			if t.Covers != nil {
				uses[f].Cover += float64(t.Covers[i])
			}
		}
	}
	return uses
}

// Uses tells for each feature how much the trees ask it. A forest does not keep the gain of each node, only the share of
// each feature in the decrease of impurity, the mean over the trees: that is its gain.
func (a *average) Uses() []model.Use {
	uses := a.Ensemble.Uses()
	for j := range uses {
		uses[j].Gain = a.importance[j]
	}
	return uses
}

// Uses tells for each feature how much the trees ask it, level by level: all training rows come to a level. A statistic of
// several features asks each of them, and they share its gain evenly.
func (o *Oblivious) Uses() []model.Use {
	uses := make([]model.Use, len(o.levels))
	for k := range o.Trees {
		t := &o.Trees[k]
		cover := 0.0
		for _, c := range t.Covers {
			cover += float64(c)
		}
		for l := range t.Splits {
			features := o.asked(&t.Splits[l])
			for _, j := range features {
				uses[j].Splits++
				uses[j].Gain += float64(t.Gains[l]) / float64(len(features))
				uses[j].Cover += cover
			}
		}
	}
	return uses
}
