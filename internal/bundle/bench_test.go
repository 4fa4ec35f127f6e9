package bundle

import (
	"context"
	"testing"

	"sadi"
	"sadi/internal/par"
)

// BenchmarkOneRow is what the API does for a row: preparation, members, weights.
func BenchmarkOneRow(b *testing.B) {
	m, tab := fitted(b, sadi.Binary)
	pool := par.New(2)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Predict(context.Background(), tab, []int{77}, pool); err != nil {
			b.Fatal(err)
		}
	}
}
