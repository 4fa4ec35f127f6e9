// Package scale brings numbers to mean 0 and standard deviation 1.
package scale

import (
	"context"
	"fmt"
	"math"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer takes the mean of every column away, divides by its (population) standard deviation and clips to ±Limit.
// NaN becomes 0, the mean, so that nothing but finite numbers leaves it.
//
// The clip keeps one wild value, in a row to predict as in a row to learn from, from ruling a linear model or blowing up
// its gradient.
type Transformer struct {
	// Shared makes the n columns of a chain count together as much as one, where distances are measured: each is divided by √n more.
	Shared bool
}

// Limit is where standardised values are cut off, in standard deviations.
const Limit = 10

// Fitted knows means and deviations.
type Fitted struct{ mean, sd []float64 }

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit computes mean and deviation in two passes.
func (t Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	f := &Fitted{}
	for _, col := range s.Nums {
		mean, sd := moments(col)
		if t.Shared {
			sd = min(sd*math.Sqrt(float64(len(s.Nums))), math.MaxFloat64)
		}
		f.mean = append(f.mean, mean)
		f.sd = append(f.sd, sd)
	}
	words := "standardised"
	if len(f.mean) == 1 {
		words = fmt.Sprintf("standardised by mean %.6g and deviation %.6g", f.mean[0], f.sd[0])
	} else if t.Shared {
		words = "standardised, each with its share of a deviation"
	}
	return prep.Learned{Fitted: f, Columns: s.Columns, Words: words}, nil
}

// moments are the mean and the deviation of what is not NaN; a deviation of nearly 0 counts as 1. The values are first
// divided by the largest of them, so that no square overflows.
func moments(col []float64) (mean, sd float64) {
	unit, n := 0.0, 0
	for _, v := range col {
		if !math.IsNaN(v) {
			unit = max(unit, math.Abs(v))
			n++
		}
	}
	if n == 0 || unit == 0 {
		return 0, 1
	}
	for _, v := range col {
		if !math.IsNaN(v) {
			mean += v / unit
		}
	}
	mean /= float64(n)
	for _, v := range col {
		if !math.IsNaN(v) {
			d := v/unit - mean
			sd += float64(d * d)
		}
	}
	sd = math.Sqrt(sd / float64(n))
	if sd < 1e-12 || sd*unit == 0 { // rounding, not spread
		return mean * unit, 1
	}
	return mean * unit, sd * unit
}

// Kind is "scale".
func (*Fitted) Kind() string { return "scale" }

// Takes is the number of columns.
func (f *Fitted) Takes() int { return len(f.mean) }

// Width is the number of columns.
func (f *Fitted) Width() int { return len(f.mean) }

// Transform standardises and clips.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for j, col := range in.Nums {
		mean, sd := f.mean[j], f.sd[j]
		for i, v := range col {
			z := (v - mean) / sd
			if math.IsNaN(z) {
				z = 0
			}
			dst[j][i] = min(max(z, -Limit), Limit)
		}
	}
}

// Encode writes means and deviations.
func (f *Fitted) Encode(w *codec.Writer) { w.F64s(f.mean); w.F64s(f.sd) }

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{r.F64s(), r.F64s()}
	prep.Finite(r, f.mean...)
	prep.Finite(r, f.sd...)
	for _, sd := range f.sd {
		if !(sd > 0) {
			r.Fail("a standard deviation is %g", sd)
		}
	}
	if len(f.mean) != len(f.sd) {
		r.Fail("%d means and %d standard deviations", len(f.mean), len(f.sd))
		f.sd = f.mean
	}
	return f
}
