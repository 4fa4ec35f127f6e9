package pipeline

import (
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/prep/preptest"
	"sadi/internal/rng"
	"sadi/internal/table"
)

// numeric is a table of n rows of d numbers, every fourth skewed, and a target.
func numeric(n, d int) (*table.Table, dataset.Target, []string) {
	r := rng.New(1).Rand()
	t := &table.Table{Rows: n}
	var names []string
	for j := range d {
		c := &table.Column{Name: string(rune('A' + j)), Kind: table.Number, Nums: make([]float64, n)}
		for i := range c.Nums {
			c.Nums[i] = r.NormFloat64()
			if j%4 == 0 {
				c.Nums[i] = math.Exp(2 * c.Nums[i])
			}
		}
		t.Cols = append(t.Cols, c)
		names = append(names, c.Name)
	}
	y := dataset.Target{Problem: sadi.RegressionValue, Y: t.Cols[1].Nums}
	return t, y, names
}

func BenchmarkFitNumbers(b *testing.B) {
	tab, y, names := numeric(1_000_000, 28)
	rows := make([]int, tab.Rows)
	for i := range rows {
		rows[i] = i
	}
	for in := dataset.Dense; in <= dataset.Trees; in++ {
		b.Run(in.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Fit(ctx, tab, rows, y, nil, Options{Input: in, Columns: names, Pool: par.New(2)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMixed(b *testing.B) {
	tab, y, names := preptest.Mixed(10_000)
	rows := preptest.Every(tab.Rows, 5)
	for in := range dataset.Input(dataset.Inputs) {
		var p *Pipeline
		b.Run("fit "+in.String(), func(b *testing.B) {
			for b.Loop() {
				var err error
				if p, _, err = Fit(ctx, tab, rows, y.Take(rows), nil, Options{Input: in, Columns: names, Pool: par.New(2)}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("one row "+in.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := p.Transform(ctx, tab, []int{77}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
