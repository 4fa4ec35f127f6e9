// Package power takes the long tail off skewed numbers.
package power

import (
	"context"
	"fmt"
	"math"
	"slices"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer adds to every column whose skewness is beyond ±MinSkew a second one without the long tail: the transform of
// Yeo and Johnson, "A new family of power transformations to improve normality or symmetry" (Biometrika 87, 2000), with λ
// of maximum likelihood in [−1, 3]. None is added where it would not lessen the skewness.
//
// The column itself stays, because the transform may take away what matters (of a gain that is mostly 0 it keeps little
// more than whether there was one), and a penalised model picks what helps.
//
// A column whose typical magnitude is below 1 or beyond 10¹⁵ is first divided by that magnitude: the transform is linear
// near 0, so that tiny numbers would pass it unchanged, and squares of huge ones overflow.
type Transformer struct{}

// MinSkew is the skewness from which a column is transformed.
const MinSkew = 2

// maxSample bounds the rows that λ is estimated from; they are spread evenly over the fitted ones.
const maxSample = 20_000

// Fitted knows λ and the unit of every column; unit 0 = no column is added for it.
type Fitted struct {
	lambda, unit []float64
	added        int
}

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit estimates λ where a column is skewed.
func (Transformer) Fit(ctx context.Context, s *prep.Sample) (prep.Learned, error) {
	f := &Fitted{}
	columns := slices.Clone(s.Columns)
	words := "not skewed"
	for j, col := range s.Nums {
		if err := context.Cause(ctx); err != nil {
			return prep.Learned{}, err
		}
		lambda, unit := fit(col)
		f.lambda = append(f.lambda, lambda)
		f.unit = append(f.unit, unit)
		if unit > 0 {
			f.added++
			columns = append(columns, prep.Number(s.Columns[j].Name+" power", s.Columns[j].Source))
			words = fmt.Sprintf("Yeo-Johnson with λ = %.4g beside it", lambda)
		}
	}
	return prep.Learned{Fitted: f, Columns: columns, Words: words}, nil
}

func fit(col []float64) (lambda, unit float64) {
	before := math.Abs(skewness(col, 1))
	if !(before > MinSkew) {
		return 1, 0
	}
	x := sample(col)
	unit = magnitude(x)
	for i := range x {
		x[i] /= unit
	}
	lambda = estimate(x)
	for i := range x {
		x[i] = yeoJohnson(x[i], lambda)
	}
	if !(math.Abs(skewness(x, 1)) < before) { // also when the transform overflows
		return 1, 0
	}
	return lambda, unit
}

// sample is a copy of at most maxSample values, NaN left out.
func sample(col []float64) []float64 {
	step := (len(col) + maxSample - 1) / maxSample
	x := make([]float64, 0, len(col)/step+1)
	for i := 0; i < len(col); i += step {
		if !math.IsNaN(col[i]) {
			x = append(x, col[i])
		}
	}
	return x
}

// magnitude is the unit of measure: the median of |x| over x ≠ 0 where it is below 1 or beyond 10¹⁵, else 1.
func magnitude(x []float64) float64 {
	var size []float64
	for _, v := range x {
		if v != 0 {
			size = append(size, math.Abs(v))
		}
	}
	if len(size) == 0 {
		return 1
	}
	slices.Sort(size)
	if m := size[len(size)/2]; m < 1 || m > 1e15 {
		return max(m, math.SmallestNonzeroFloat64*(1<<52)) // a normal number: 1/m stays finite
	}
	return 1
}

// Kind is "power".
func (*Fitted) Kind() string { return "power" }

// Takes is the number of columns.
func (f *Fitted) Takes() int { return len(f.lambda) }

// Width is the number of columns with those that are added.
func (f *Fitted) Width() int { return len(f.lambda) + f.added }

// Transform copies the columns and adds the powers. A value so far out that the power overflows becomes ±Inf; NaN stays
// NaN.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	next := len(f.lambda)
	for j, col := range in.Nums {
		copy(dst[j], col)
		if f.unit[j] == 0 {
			continue
		}
		for i, v := range col {
			dst[next][i] = yeoJohnson(v/f.unit[j], f.lambda[j])
		}
		next++
	}
}

// Encode writes λ and unit.
func (f *Fitted) Encode(w *codec.Writer) { w.F64s(f.lambda); w.F64s(f.unit) }

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{lambda: r.F64s(), unit: r.F64s()}
	prep.Finite(r, f.lambda...)
	prep.Finite(r, f.unit...)
	if len(f.lambda) != len(f.unit) {
		r.Fail("%d powers and %d units", len(f.lambda), len(f.unit))
		return &Fitted{}
	}
	for _, unit := range f.unit {
		if unit < 0 {
			r.Fail("a power has the unit %g", unit)
		}
		if unit != 0 {
			f.added++
		}
	}
	return f
}
