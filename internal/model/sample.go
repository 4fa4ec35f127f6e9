package model

import (
	"cmp"
	"slices"

	"sadi/internal/dataset"
)

// Sample is at most most rows of positive weight, 0 = all, in their order, in columns of their own: for algorithms that keep rows,
// or whose time grows with their square. They are regular in the order of the target, and within equal targets in that of the
// rows, so that every part of the target's range and every class is there by its share, a class of few rows with one at least
// where there is room.
func Sample(s dataset.Set, most int) dataset.Set {
	var rows []int
	for i := range s.Y.Y {
		if s.Weights == nil || s.Weights[i] > 0 {
			rows = append(rows, i)
		}
	}
	if most > 0 && len(rows) > most {
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(s.Y.Y[a], s.Y.Y[b]) })
		some := make([]int, most)
		for i := range some {
			some[i] = rows[(2*i+1)*len(rows)/(2*most)]
		}
		if s.Y.Classes > 0 {
			keepClasses(some, rows, s.Y)
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

// keepClasses gives a class of the rows that is not among some a row of the class that has the most there, unless that is its
// last one.
func keepClasses(some, rows []int, t dataset.Target) {
	there := make([]int, t.Classes)
	for _, r := range some {
		there[int(t.Y[r])]++
	}
	for lo, hi := 0, 0; lo < len(rows); lo = hi {
		c := int(t.Y[rows[lo]])
		for hi < len(rows) && int(t.Y[rows[hi]]) == c {
			hi++
		}
		if there[c] > 0 {
			continue
		}
		most := slices.Index(there, slices.Max(there))
		if there[most] == 1 {
			return
		}
		given := slices.IndexFunc(some, func(r int) bool { return int(t.Y[r]) == most })
		some[given] = rows[(lo+hi)/2]
		there[c], there[most] = 1, there[most]-1
	}
}
