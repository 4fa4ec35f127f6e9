package tree

import (
	"context"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// Without any draw of rows their order is nothing that a model may know of.
func TestTheOrderOfRowsDoesNotShow(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		set := big(problem)
		lossguide := plain(3)
		lossguide.LossGuide, lossguide.MaxDepth, lossguide.MaxLeaves = true, 0, 31
		for name, o := range map[string]BoostOptions{"depth-wise": plain(3), "leaf-wise": lossguide} {
			want := encodedBoost(t, set, o)
			if got := encodedBoost(t, shuffled(set, 5), o); !slices.Equal(got, want) {
				t.Errorf("%s, %s: another order of rows gives other bytes", problem, name)
			}
		}
	}
}

func encodedBoost(t *testing.T, set dataset.Set, o BoostOptions) []byte {
	t.Helper()
	b, err := Boost(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	var w codec.Writer
	b.Encode(&w)
	return w.Bytes()
}

// shuffled is the same rows in another order.
func shuffled(set dataset.Set, seed uint64) dataset.Set {
	order := rng.New(seed).Rand().Perm(set.X.Rows)
	x := &dataset.Matrix{Rows: set.X.Rows, Features: set.X.Features}
	for _, col := range set.X.Cols {
		turned := make([]float32, len(col))
		for i, row := range order {
			turned[i] = col[row]
		}
		x.Cols = append(x.Cols, turned)
	}
	return dataset.Set{X: x, Y: set.Y.Take(order)}
}
