package mlp

import (
	"testing"

	"sadi"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// An epoch of 4,000 rows, of the width and depth that are usual.
func BenchmarkEpoch(b *testing.B) {
	train := model.Train{Set: sample(sadi.Binary, 4000, 1), Stream: rng.New(1)}
	for b.Loop() {
		fitSample(b, train, map[string]any{"n_epochs": 1})
	}
}
