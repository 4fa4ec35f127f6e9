package tree

import (
	"context"
	"math"

	"sadi/internal/elementary"
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

// longStep is the leaf value beyond which a Newton step on a logarithm is not trusted: it would multiply predictions by
// more than 20,000.
const longStep = 10

// limitSteps shortens the long steps of a loss with a log link. Far from the truth such a loss is no parabola: for
// Poisson the Newton step is ρ − 1 where the best one is ln ρ, ρ being how many times too small the predictions are, so a
// single leaf of a heavy-tailed target could leave the range of numbers. What is left keeps its order.
func (b *booster) limitSteps(t *Tree) {
	if !loss.LogLink(b.loss) {
		return
	}
	for i, v := range t.Values {
		step := math.Abs(float64(v)) / b.LearningRate
		if most := max(longStep, elementary.Log1p(step)); step > most {
			t.Values[i] = float32(math.Copysign(float64(most*b.LearningRate), float64(v)))
		}
	}
}
