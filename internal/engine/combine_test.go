package engine_test

import (
	"math/rand/v2"
	"testing"

	"sadi/internal/engine"
)

// Where nothing can be learned, trees are sure of what is luck. What is delivered is no worse than the baseline, which takes
// part then.
func TestAnEnsembleIsNoWorseThanTheBaseline(t *testing.T) {
	c := shop(200)
	r, bought := rand.New(rand.NewPCG(1, 2)), c.column("bought")
	for _, row := range c.rows {
		row[bought] = []string{"no", "yes"}[r.IntN(2)]
	}
	j := job(t, c.write(t), func(j *engine.Job) {
		j.Spec.Params.Models, j.Spec.Params.Metric, j.Spec.Params.Budget.Trials = []string{"decision_tree"}, "neg_log_loss", 3
	})
	m := run(t, j).Manifest
	d := m.Determined
	baseline := d.Trials[0]
	if baseline.Model != "dummy" || d.Ensemble.Score > *baseline.Score+1e-3 { // the mean of the folds against all rows at once
		t.Errorf("the loss is %v, that of %s %v", d.Ensemble.Score, baseline.Model, *baseline.Score)
	}
	if members := d.Ensemble.Members; members[0].Trial != 0 {
		t.Errorf("the baseline is no member: %v", members)
	}
	sameDigest(t, replay(t, j, m).Manifest, m)
}
