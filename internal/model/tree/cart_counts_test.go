package tree

import (
	"context"
	"reflect"
	"testing"

	"sadi"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// Samples that are counted side by side in one number give the trees of the general form.
func TestCountedSamplesDoNotShow(t *testing.T) {
	set := big(sadi.Binary)
	weights := make([]float64, set.X.Rows)
	r := rng.New(17).Rand()
	for i := range weights {
		weights[i] = float64(r.IntN(4))
	}
	for name, o := range map[string]ForestOptions{
		"gini":      {Bootstrap: true, CartOptions: CartOptions{Criterion: Gini}},
		"all rows":  {FeatureShare: 0.5, CartOptions: CartOptions{Criterion: Gini, MinSamplesLeaf: 20}},
		"entropy":   {Bootstrap: true, MaxSamples: 0.2, CartOptions: CartOptions{Criterion: Entropy, MaxDepth: 9}},
		"extra":     {CartOptions: CartOptions{Criterion: Gini, RandomThresholds: true}},
		"few nodes": {FeatureShare: -1, CartOptions: CartOptions{Criterion: Gini, MaxLeafNodes: 25}},
	} {
		for _, w := range [][]float64{nil, weights} {
			train := model.Train{Set: set, Stream: rng.New(18)}
			train.Weights = w
			grow := func(countable bool) (Tree, []float64) {
				f, err := newForester(train, o)
				if err != nil {
					t.Fatal(err)
				}
				if !f.countable {
					t.Fatalf("%s: whole weights of %d rows are not countable", name, set.X.Rows)
				}
				f.countable = countable
				tree, gains, _, err := f.tree(context.Background(), 0)
				if err != nil {
					t.Fatal(err)
				}
				return tree, gains
			}
			got, gains := grow(true)
			want, wantGains := grow(false)
			if len(want.Nodes) < 21 {
				t.Errorf("%s: only %d nodes", name, len(want.Nodes))
			}
			if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gains, wantGains) {
				t.Errorf("%s, weights %v: another tree", name, w != nil)
			}
		}
	}
}
