package tree

import (
	"context"

	"sadi/internal/loss"
)

// renewLeaves replaces the values of a tree's leaves by the weighted alpha-quantile of what is missing to the truth on
// their rows: for a loss without curvature that is the best step, and a Newton step is none (Friedman 2001, LAD_TreeBoost;
// LightGBM and scikit-learn do the same).
func (b *booster) renewLeaves(ctx context.Context, g *grower, t *Tree, alpha float64) error {
	return b.Pool.For(ctx, len(g.leaves), func(i int) {
		leaf := &g.nodes[g.leaves[i]]
		rows := g.idx[leaf.lo:leaf.hi]
		missing := make([]float64, len(rows))
		var weights []float64
		if b.weights != nil {
			weights = make([]float64, len(rows))
		}
		for k, r := range rows {
			missing[k] = b.y[r] - b.scores[r]
			if weights != nil {
				weights[k] = b.weights[r]
			}
		}
		t.Values[i] = float32(float64(b.LearningRate * loss.WeightedQuantile(missing, weights, alpha)))
	})
}
