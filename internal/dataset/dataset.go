// Package dataset holds what an algorithm learns from: a prepared matrix, a target and weights, all read-only.
//
// Notation used here and in every algorithm:
//
//	n  rows            i  a row
//	d  features        j  a feature
//	K  classes         y  target, n values: class index 0..K-1, or the number to predict
package dataset

import (
	"sync"

	"sadi"
)

// Feature says what one column of a matrix is.
type Feature struct {
	Name   string // unique within the matrix: "age", "color=red", "when.month"
	Source string // the column of the table from which it was made
	// Levels is 0 for a number. For a category it is the count of levels; values are then 0..Levels-1, NaN = missing
	// or never seen when fitted.
	Levels int
}

// Categorical reports whether the feature's values are codes of levels.
func (f Feature) Categorical() bool { return f.Levels > 0 }

// Matrix is n rows of d features, column-major: Cols[j][i], each column n long. NaN = missing; never ±Inf.
type Matrix struct {
	Rows     int
	Features []Feature
	Cols     [][]float32

	memo sync.Map // key → *entry
}

type entry struct {
	sync.Mutex
	built bool
	value any
}

// Memo returns build's result, calling it once for each key of this matrix: algorithms keep there what they derive from
// the matrix alone (bins, a row-major copy), so that the trials of a fold share it. build must be a pure function of
// the matrix and the key. If it panics, the next caller builds again.
func (m *Matrix) Memo(key string, build func() any) any {
	e, _ := m.memo.LoadOrStore(key, new(entry))
	slot := e.(*entry)
	slot.Lock()
	defer slot.Unlock()
	if !slot.built {
		slot.value = build()
		slot.built = true
	}
	return slot.value
}

// Target is what to predict, for n rows.
type Target struct {
	Problem sadi.Problem
	Y       []float64 // class index 0..K-1, or the value
	Classes int       // K; 0 for regression
}

// Outputs is the number of columns of a prediction: 1 for regression (the value) and binary (the probability of class
// 1), K for multiclass (the probabilities of the classes, adding up to 1).
func (t Target) Outputs() int {
	if t.Problem == sadi.Multiclass {
		return t.Classes
	}
	return 1
}

// Set is a matrix with its target.
type Set struct {
	X       *Matrix
	Y       Target
	Weights []float64 // n non-negative weights; nil = all 1
}

// Take is the target of the given rows, in their order.
func (t Target) Take(rows []int) Target {
	y := make([]float64, len(rows))
	for i, r := range rows {
		y[i] = t.Y[r]
	}
	t.Y = y
	return t
}
