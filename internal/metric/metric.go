// Package metric scores predictions: every scorer has scikit-learn's name, is better when greater, and is a value.
//
// Notation used here:
//
//	n  rows       i  a row
//	K  classes    k  a class
//	y  truth      p  prediction    w  weight
//
// The decided class is 1 where P(class 1) ≥ 0.5 in a binary problem, and otherwise the most probable one, the smaller
// index among equals. A row of weight 0 does not exist: a class that has only such rows counts as absent. Where
// scikit-learn takes no weights (one-vs-one AUC, the greatest error) a weight still means a repetition.
package metric

import (
	"errors"
	"math"
	"slices"

	"sadi"
)

// Needs is what a scorer reads of a prediction.
type Needs uint8

// What a scorer may read.
const (
	Probabilities Needs = iota + 1 // the probabilities of the classes
	Labels                         // the decided class alone
	Values                         // the predicted number
)

// Data is a target with its predictions.
type Data struct {
	Y       []float64 // n: class index 0..K-1, or the value
	Pred    []float64 // n × outputs row-major; binary: P(class 1); multiclass: K columns that add up to 1; regression: the value
	Weights []float64 // n non-negative numbers; nil = ones
	Problem sadi.Problem
	Classes int // K; 0 for regression
}

// Outputs is the number of columns of Pred.
func (d Data) Outputs() int {
	if d.Problem == sadi.Multiclass {
		return d.Classes
	}
	return 1
}

// Scorer is a named way to score predictions. The zero Scorer scores nothing.
type Scorer struct {
	Name     string         // scikit-learn's scorer name; pinned, it stands in manifests
	Aliases  []string       // friendly names: "rmse", "auc"
	Problems []sadi.Problem // where it is defined
	Needs    Needs
	Optimum  float64 // the Score of a perfect prediction; MaxFloat64 where there is no bound
	Display  string  // short name for people: "RMSE"
	Less     bool    // what people read (Shown) is an error: not negative, and better when less
	Summary  string  // one sentence: what it measures

	// Redundant are the problems in which another scorer says the same; reports leave it out there.
	Redundant []sadi.Problem

	fn func(*View) (float64, error)
}

// ErrUndefined is the cause of errors that say: the data are well formed, but this metric has no value on them.
var ErrUndefined = errors.New("the metric is undefined")

// Score is the score of d, finite, greater being better. An error whose cause is ErrUndefined says why these data have
// none (a single class under roc_auc, negative values under a logarithm); any other error is about malformed data.
func (s Scorer) Score(d Data) (float64, error) {
	v := pooled.Get().(*View)
	defer func() {
		v.p.d, v.w = Data{}, nil // the pool keeps buffers, not the caller's data
		pooled.Put(v)
	}()
	if err := v.p.reset(d); err != nil {
		return 0, err
	}
	v.weigh(d.Weights)
	return v.Score(s)
}

// Shown is the number that a person expects for a score: an error is positive.
func (s Scorer) Shown(score float64) float64 {
	if s.Less {
		return 0 - score // not -score, which would make a negative zero
	}
	return score
}

// Fits reports whether the scorer is defined for a problem.
func (s Scorer) Fits(p sadi.Problem) bool { return slices.Contains(s.Problems, p) }

// RedundantIn reports whether another scorer says the same in a problem.
func (s Scorer) RedundantIn(p sadi.Problem) bool { return slices.Contains(s.Redundant, p) }

// undefined is an error whose cause is ErrUndefined.
func undefined(format string, args ...any) error {
	e := sadi.Errorf(sadi.BadData, format, args...)
	e.Err = ErrUndefined
	return e
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
