package tree

import (
	"context"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// BenchmarkBoostSmall is the common case inside a job: few rows, many rounds, one thread.
func BenchmarkBoostSmall(b *testing.B) {
	set := big(sadi.Binary)
	x := &dataset.Matrix{Rows: 3000, Features: set.X.Features}
	for _, col := range set.X.Cols {
		x.Cols = append(x.Cols, col[:3000])
	}
	set.X, set.Y.Y = x, set.Y.Y[:3000]
	for b.Loop() {
		if _, err := Boost(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, plain(100)); err != nil {
			b.Fatal(err)
		}
	}
}
