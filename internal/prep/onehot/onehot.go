// Package onehot gives every level of a category a column of its own.
package onehot

import (
	"context"
	"fmt"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer makes K columns of a column of codes 0..K-1: 1 where the row has the level, else 0; all 0 for NaN and for
// codes out of range. Of two levels only the second gets a column, as the first would say the same.
type Transformer struct{}

// Fitted knows the count of levels.
type Fitted struct{ levels int }

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit names the columns; more than prep.MaxWidth levels get none.
func (Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	c := s.Columns[0]
	f := &Fitted{c.Levels}
	if c.Levels == 0 || f.Width() > prep.MaxWidth {
		return prep.Learned{Fitted: f}, nil
	}
	columns := make([]prep.Column, 0, f.Width())
	for _, label := range c.Labels[c.Levels-f.Width():] {
		columns = append(columns, prep.Number(c.Name+"="+label, c.Source))
	}
	return prep.Learned{Fitted: f, Columns: columns, Words: fmt.Sprintf("one-hot in %d columns", f.Width())}, nil
}

// Kind is "onehot".
func (*Fitted) Kind() string { return "onehot" }

// Takes is 1.
func (*Fitted) Takes() int { return 1 }

// Width is the count of levels, 1 for two of them.
func (f *Fitted) Width() int {
	if f.levels == 2 {
		return 1
	}
	return f.levels
}

// Transform sets the level's column to 1.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for _, col := range dst {
		clear(col)
	}
	first := f.levels - f.Width()
	for i, v := range in.Nums[0] {
		if v >= float64(first) && v < float64(f.levels) { // false for NaN
			dst[int(v)-first][i] = 1
		}
	}
}

// Encode writes the count of levels.
func (f *Fitted) Encode(w *codec.Writer) { w.Int(f.levels) }

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{r.Int()}
	if f.levels < 1 || f.levels > prep.MaxWidth {
		r.Fail("a one-hot column has %d levels", f.levels)
		f.levels = 1
	}
	return f
}
