package profile

import (
	"context"
	"fmt"
	"testing"

	"sadi/internal/par"
	"sadi/internal/rng"
	"sadi/internal/table"
)

// BenchmarkInspect profiles a million rows of 28 numbers and a target.
func BenchmarkInspect(b *testing.B) {
	const rows = 1_000_000
	t := &table.Table{Rows: rows}
	for j := range 28 {
		r := rng.New(1).At(j).Rand()
		c := &table.Column{Name: fmt.Sprintf("x%d", j), Kind: table.Number, Nums: make([]float64, rows)}
		for i := range c.Nums {
			c.Nums[i] = r.NormFloat64()
		}
		t.Cols = append(t.Cols, c)
	}
	t.Cols = append(t.Cols, cycle("target", rows, 2, 0))
	pool := par.New(2)
	for b.Loop() {
		if _, err := Inspect(context.Background(), t, Options{Pool: pool}); err != nil {
			b.Fatal(err)
		}
	}
}
