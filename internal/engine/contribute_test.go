package engine_test

import (
	"context"
	"math"
	"testing"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
)

// The record has what each column adds to the best member made of trees, on its scale, and a replay gives the same. What no
// model can know anything from adds nearly nothing.
func TestARecordHasContributions(t *testing.T) {
	for _, c := range []struct{ target, model, scale string }{
		{"bought", "xgb_classifier", manifest.OnMargin},
		{"bought", "decision_tree_classifier", manifest.OnPrediction}, {"spent", "xgb_regressor", manifest.OnPrediction},
		{"bought", "logistic_regression", ""},
	} {
		t.Run(c.model, func(t *testing.T) {
			j := job(t, shop(240).write(t), func(j *engine.Job) {
				j.Catalog = withBooster()
				if c.target != j.Spec.Target {
					j.Spec.Target, j.Spec.Params.Ignore = c.target, []string{"customer", "day", "weight", "bought"}
				}
				j.Spec.Params.Models = []string{c.model}
				j.Spec.Params.Budget = sadi.Budget{Trials: 2}
			})
			m := runWith(t, context.Background(), j).Manifest
			got := m.Determined.Contributions
			if c.scale == "" {
				if got != nil {
					t.Fatalf("a model without trees has the contributions %+v", got)
				}
				return
			}
			if got == nil || got.Scale != c.scale || got.Rows != m.Determined.Split.TestRows || len(got.Features) != len(m.Determined.Features) {
				t.Fatalf("got %+v", got)
			}
			if name := m.Determined.Trials[got.Trial].Model; name != c.model {
				t.Errorf("the contributions are of a %s", name)
			}
			for i, f := range got.Features {
				if !(f.Mean >= 0) || math.IsInf(f.Mean, 0) || i > 0 && f.Mean > got.Features[i-1].Mean {
					t.Errorf("place %d is %+v", i, f)
				}
			}
			if got.Features[0].Feature == "age" || !(got.Features[0].Mean > 0) {
				t.Errorf("what counts most is %+v", got.Features[0])
			}
			sameDigest(t, replay(t, j, m).Manifest, m)
		})
	}
}
