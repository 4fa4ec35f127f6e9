package mlp

import (
	"math"
	"slices"

	"sadi/internal/dataset"
)

// scaler makes the rows of a network out of a matrix: constant features are left out, the others centred at the median,
// divided by the distance of the quartiles, and smoothly bounded, so that outliers keep their order and do no harm:
//
//	z = (v − median) / distance,   z / √(1 + (z/3)²)
type scaler struct {
	Columns  []int // of the matrix; first those that are worth embedding
	Embedded int
	Center   []float64 // of each of the columns
	Factor   []float64
}

// bound is the limit of what leaves a scaler.
const bound = 3

// quantileRows bounds the rows by which quantiles are found.
const quantileRows = 1 << 16

// newScaler learns from the given rows, nil = all. Features of more than two values are embedded if there are no more than most.
func newScaler(x *dataset.Matrix, rows []int, most int) *scaler {
	s := &scaler{}
	type column struct {
		index          int
		center, factor float64
	}
	var many, two []column
	n := x.Rows
	if rows != nil {
		n = len(rows)
	}
	sorted := make([]float32, 0, n)
	for j, col := range x.Cols {
		sorted = append(sorted[:0], col...)
		if rows != nil {
			sorted = sorted[:0]
			for _, i := range rows {
				sorted = append(sorted, col[i])
			}
		}
		least, greatest, binary := slices.Min(sorted), slices.Max(sorted), true
		if least == greatest {
			continue
		}
		for _, v := range sorted {
			binary = binary && (v == least || v == greatest)
		}
		if step := n/quantileRows + 1; step > 1 {
			for i := 0; i*step < n; i++ {
				sorted[i] = sorted[i*step]
			}
			sorted = sorted[:(n+step-1)/step]
		}
		slices.Sort(sorted)
		c := column{index: j, center: quantile(sorted, 0.5)}
		if d := quantile(sorted, 0.75) - quantile(sorted, 0.25); d > 0 {
			c.factor = 1 / d
		} else {
			c.factor = 2 / (float64(greatest) - float64(least))
		}
		if binary {
			two = append(two, c)
		} else {
			many = append(many, c)
		}
	}
	if len(many) <= most {
		s.Embedded = len(many)
	}
	for _, c := range append(many, two...) {
		s.Columns, s.Center, s.Factor = append(s.Columns, c.index), append(s.Center, c.center), append(s.Factor, c.factor)
	}
	return s
}

// quantile interpolates between sorted numbers, as numpy does.
func quantile(sorted []float32, q float64) float64 {
	at := float64(q * float64(len(sorted)-1))
	i := int(at)
	v := float64(sorted[i])
	if i+1 < len(sorted) {
		v += float64((at - float64(i)) * (float64(sorted[i+1]) - v))
	}
	return v
}

// rows writes the rows lo to hi of a matrix, or those given, row-major.
func (s *scaler) rows(dst []float32, x *dataset.Matrix, rows []int, lo, hi int) {
	d := len(s.Columns)
	for k, j := range s.Columns {
		col, center, factor := x.Cols[j], s.Center[k], s.Factor[k]
		for i := lo; i < hi; i++ {
			r := i
			if rows != nil {
				r = rows[i]
			}
			z := (float64(col[r]) - center) * factor
			u := z * (1.0 / bound)
			dst[(i-lo)*d+k] = float32(z / math.Sqrt(1+float64(u*u)))
		}
	}
}
