package model

import (
	"cmp"
	"slices"

	"sadi/internal/dataset"
)

// Sample is at most most rows of positive weight, in their order, in columns of their own: for algorithms that keep rows, or whose
// time grows with their square. They are regular in the order of the target, and within equal targets in that of the rows, so
// that every class and every part of the target's range is there by its share.
func Sample(s dataset.Set, most int) dataset.Set {
	var rows []int
	for i := range s.Y.Y {
		if s.Weights == nil || s.Weights[i] > 0 {
			rows = append(rows, i)
		}
	}
	if len(rows) > most {
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(s.Y.Y[a], s.Y.Y[b]) })
		some := make([]int, most)
		for i := range some {
			some[i] = rows[(2*i+1)*len(rows)/(2*most)]
		}
		slices.Sort(some)
		rows = some
	}
	t := dataset.Set{X: &dataset.Matrix{Rows: len(rows), Features: s.X.Features}, Y: s.Y.Take(rows)}
	for _, col := range s.X.Cols {
		own := make([]float32, len(rows))
		for i, r := range rows {
			own[i] = col[r]
		}
		t.X.Cols = append(t.X.Cols, own)
	}
	if s.Weights != nil {
		for _, r := range rows {
			t.Weights = append(t.Weights, s.Weights[r])
		}
	}
	return t
}
