// Package impute puts the median where a number is missing.
package impute

import (
	"context"
	"fmt"
	"math"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer fills every column with the median of its fitted values, 0 if it has none.
type Transformer struct{}

// Fitted knows the medians.
type Fitted struct{ medians []float64 }

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit takes the medians.
func (Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	f := &Fitted{make([]float64, len(s.Nums))}
	missing := 0
	for j, col := range s.Nums {
		values := make([]float64, 0, len(col))
		for _, v := range col {
			if !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		missing += len(col) - len(values)
		f.medians[j] = median(values)
	}
	words := "nothing missing"
	if missing > 0 {
		words = "median for missing values"
		if len(f.medians) == 1 {
			words = fmt.Sprintf("median %.6g for %d missing values", f.medians[0], missing)
		}
	}
	return prep.Learned{Fitted: f, Columns: s.Columns, Words: words}, nil
}

// Kind is "impute".
func (*Fitted) Kind() string { return "impute" }

// Takes is the number of columns.
func (f *Fitted) Takes() int { return len(f.medians) }

// Width is the number of columns.
func (f *Fitted) Width() int { return len(f.medians) }

// Transform fills what is missing.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for j, col := range in.Nums {
		for i, v := range col {
			if math.IsNaN(v) {
				v = f.medians[j]
			}
			dst[j][i] = v
		}
	}
}

// Encode writes the medians.
func (f *Fitted) Encode(w *codec.Writer) { w.F64s(f.medians) }

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{r.F64s()}
	prep.Finite(r, f.medians...)
	return f
}
