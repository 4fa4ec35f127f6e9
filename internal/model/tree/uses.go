package tree

// Use is how much an ensemble asks a feature. Means, as XGBoost's "gain" and "cover" are, are these over Splits.
type Use struct {
	Splits int     // nodes that ask it
	Gain   float64 // what their splits gain; 0 where the algorithm keeps no gains
	Cover  float64 // the weight or hessian of the training rows that came to them; 0 where it is not kept
}

// Uses tells for each feature how much the trees ask it.
func (e *Ensemble) Uses() []Use {
	uses := make([]Use, e.Features)
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
