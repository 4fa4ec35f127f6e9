package modeltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/rng"
)

const (
	classes = 3 // of the multiclass data
	levels  = 4 // of the category
)

// data are n rows of five numbers, and for algorithms that split on categories one category; where missing values are
// allowed, one in twelve of x1 is missing. The target is
//
//	score = 1.5·x0 − x1 + x0·[x2 > 0] + effect of the category
//
// plus noise: the score itself times 3 plus 10, its sign, or its third.
func (s *suite) data(name string, n int) dataset.Set {
	r := rng.New(1).Child("modeltest").Child(string(s.problem)).Child(name).Rand()
	x := &dataset.Matrix{Rows: n}
	for j := range 5 {
		addColumn(x, dataset.Feature{Name: fmt.Sprintf("x%d", j)}, normals(r, n))
	}
	score := make([]float64, n)
	for i := range score {
		score[i] = 1.5*float64(x.Cols[0][i]) - float64(x.Cols[1][i])
		if x.Cols[2][i] > 0 {
			score[i] += float64(x.Cols[0][i])
		}
	}
	if s.allowsCategories() {
		codes := make([]float32, n)
		for i := range codes {
			k := r.IntN(levels)
			codes[i] = float32(k)
			score[i] += []float64{-1, 2, -0.5, 0}[k]
		}
		addColumn(x, dataset.Feature{Name: "c", Levels: levels}, codes)
	}
	if s.allowsMissing() {
		for i := range n {
			if r.IntN(12) == 0 {
				x.Cols[1][i] = nan32
			}
		}
	}
	for i := range score {
		score[i] += 0.4 * r.NormFloat64()
	}
	return dataset.Set{X: x, Y: s.target(score)}
}

// target turns scores into the target of the problem.
func (s *suite) target(score []float64) dataset.Target {
	y := make([]float64, len(score))
	for i, v := range score {
		switch s.problem {
		case sadi.Binary:
			y[i] = indicator(v > 0)
		case sadi.Multiclass:
			y[i] = indicator(v > -0.9) + indicator(v > 0.9)
		default:
			y[i] = 10 + 3*v
		}
	}
	return dataset.Target{Problem: s.problem, Y: y, Classes: s.classes()}
}

func (s *suite) classes() int {
	switch s.problem {
	case sadi.Binary:
		return 2
	case sadi.Multiclass:
		return classes
	}
	return 0
}

var nan32 = float32(math.NaN())

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func normals(r *rand.Rand, n int) []float32 {
	col := make([]float32, n)
	for i := range col {
		col[i] = float32(r.NormFloat64())
	}
	return col
}

func addColumn(x *dataset.Matrix, f dataset.Feature, col []float32) {
	x.Features = append(x.Features, f)
	x.Cols = append(x.Cols, col)
}

func constant(n int, v float32) []float32 {
	col := make([]float32, n)
	for i := range col {
		col[i] = v
	}
	return col
}

// weighted is the set with weights between 0.5 and 2.
func weighted(d dataset.Set) dataset.Set {
	r := rng.New(2).Child("weights").Rand()
	d.Weights = make([]float64, d.X.Rows)
	for i := range d.Weights {
		d.Weights[i] = 0.5 + 1.5*r.Float64()
	}
	return d
}

// fresh is a deep copy, without what algorithms remembered with the matrix.
func fresh(d dataset.Set) dataset.Set {
	c := d
	c.X = freshMatrix(d.X)
	c.Y.Y = slices.Clone(d.Y.Y)
	c.Weights = slices.Clone(d.Weights)
	return c
}

func freshMatrix(x *dataset.Matrix) *dataset.Matrix {
	c := &dataset.Matrix{Rows: x.Rows, Features: slices.Clone(x.Features), Cols: make([][]float32, len(x.Cols))}
	for j, col := range x.Cols {
		c.Cols[j] = slices.Clone(col)
	}
	return c
}

// take is the set of the given rows, in their order; a row may come twice.
func take(d dataset.Set, rows []int) dataset.Set {
	c := dataset.Set{X: takeRows(d.X, rows), Y: d.Y.Take(rows)}
	if d.Weights != nil {
		c.Weights = make([]float64, len(rows))
		for i, r := range rows {
			c.Weights[i] = d.Weights[r]
		}
	}
	return c
}

func takeRows(x *dataset.Matrix, rows []int) *dataset.Matrix {
	c := &dataset.Matrix{Rows: len(rows), Features: slices.Clone(x.Features), Cols: make([][]float32, len(x.Cols))}
	for j, col := range x.Cols {
		c.Cols[j] = make([]float32, len(rows))
		for i, r := range rows {
			c.Cols[j][i] = col[r]
		}
	}
	return c
}
