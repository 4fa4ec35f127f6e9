package ensemble

import (
	"cmp"
	"slices"

	"sadi/internal/metric"
)

// sample is about limit rows in ascending order, or nil for all of them where there are no more: evenly spaced within
// each class, at least one row of each, or evenly spaced in the order of the target.
func sample(d metric.Data, limit int) []int {
	n := len(d.Y)
	if n <= limit {
		return nil
	}
	var rows []int
	for _, group := range strata(d) {
		take := (len(group)*limit + n - 1) / n
		for i := range take {
			rows = append(rows, group[(2*i+1)*len(group)/(2*take)])
		}
	}
	slices.Sort(rows)
	return rows
}

// strata are the rows of each class, or all rows in the order of the target.
func strata(d metric.Data) [][]int {
	if d.Classes > 0 {
		groups := make([][]int, d.Classes)
		for i, y := range d.Y {
			if k := int(y); k >= 0 && k < d.Classes { // the scorer will refuse other rows
				groups[k] = append(groups[k], i)
			}
		}
		return groups
	}
	all := make([]int, len(d.Y))
	for i := range all {
		all[i] = i
	}
	slices.SortFunc(all, func(a, b int) int {
		if c := cmp.Compare(d.Y[a], d.Y[b]); c != 0 {
			return c
		}
		return a - b
	})
	return [][]int{all}
}

// pick is the given rows of a row-major matrix with k columns; all of it where rows is nil.
func pick(x []float64, rows []int, k int) []float64 {
	if rows == nil || x == nil {
		return x
	}
	y := make([]float64, 0, len(rows)*k)
	for _, r := range rows {
		y = append(y, x[r*k:(r+1)*k]...)
	}
	return y
}
