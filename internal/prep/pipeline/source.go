package pipeline

import (
	"math"

	"sadi"
	"sadi/internal/prep"
	"sadi/internal/table"
)

// find returns the table's column of the source.
func (s source) find(t *table.Table) (*table.Column, error) {
	c := t.Column(s.name)
	if c == nil {
		return nil, sadi.Errorf(sadi.SchemaMismatch, "the column %q is missing", s.name).At("column %q", s.name).
			Advise("the model was fitted with it; give it, empty where it is not known")
	}
	if !alike(c.Kind, s.kind) && !allMissing(c) {
		return nil, sadi.Errorf(sadi.SchemaMismatch, "the column %q holds values of kind %s, and the model was fitted on %s", s.name, c.Kind, s.kind).
			At("column %q", s.name).Advise("write its values as in the data that the model was fitted on")
	}
	return c, nil
}

// alike reports whether values of kind a can stand for values of kind b: numbers for numbers, words for words.
func alike(a, b table.Kind) bool {
	if !a.Numeric() || !b.Numeric() {
		return a.Numeric() == b.Numeric()
	}
	return (a == table.DateTime) == (b == table.DateTime)
}

func allMissing(c *table.Column) bool {
	for i := range c.Len() {
		if !c.Missing(i) {
			return false
		}
	}
	return true
}

// take is a block of the rows rows[lo:hi] of a column, rows nil = all, in the form that kind has. It copies only what it
// must. A column that holds nothing of another form is all missing.
func take(c *table.Column, kind table.Kind, rows []int, lo, hi int) prep.Block {
	b := prep.Block{Rows: hi - lo}
	switch {
	case kind.Numeric() && c.Kind.Numeric():
		b.Nums = [][]float64{gather(c.Nums, rows, lo, hi)}
	case kind.Numeric():
		nums := make([]float64, hi-lo)
		for i := range nums {
			nums[i] = math.NaN()
		}
		b.Nums = [][]float64{nums}
	case !c.Kind.Numeric():
		b.Words = &prep.Words{Codes: gather(c.Codes, rows, lo, hi), Levels: c.Levels,
			Boolean: c.Kind == table.Boolean && len(c.Levels) == 2}
	default:
		codes := make([]int32, hi-lo)
		for i := range codes {
			codes[i] = prep.Missing
		}
		b.Words = &prep.Words{Codes: codes}
	}
	return b
}

func gather[T any](values []T, rows []int, lo, hi int) []T {
	if rows == nil {
		return values[lo:hi:hi]
	}
	out := make([]T, hi-lo)
	for i, r := range rows[lo:hi] {
		out[i] = values[r]
	}
	return out
}

// store writes numbers as float32; what is beyond its range becomes its largest.
func store(dst []float32, src []float64) {
	for i, v := range src {
		dst[i] = float32(min(max(v, -math.MaxFloat32), math.MaxFloat32)) // min and max keep NaN
	}
}
