// Package model is the contract of a learning algorithm: what it declares, what it is given, what it leaves.
//
// An algorithm is a folder below this one with a stateless value that implements Model; internal/catalog lists it and
// modeltest.Run holds it to the contract.
package model

import (
	"context"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/param"
	"sadi/internal/rng"
)

// Caps is what an algorithm declares about itself. Planning reads it; the conformance suite checks it.
type Caps struct {
	Problems   []sadi.Problem
	Input      dataset.Input
	Stochastic bool    // the seed changes the model that the default values give
	Iterative  bool    // learns in rounds: honours Train.Valid (early stopping) and Train.Proceed
	Cost       float64 // training time relative to xgb with defaults on the same rows, roughly; orders the plan
}

// Card is what people read about an algorithm.
type Card struct {
	Title   string   // "Ridge regression"
	Summary string   // one or two sentences: what it is and when to use it
	Paper   string   // the reference
	Aliases []string // other names that mean this algorithm (scikit-learn's class name, short names)
}

// Train is what an algorithm learns from. Nothing in it may be written to or kept after Fit.
type Train struct {
	dataset.Set
	Valid  *dataset.Set // rows to decide when to stop; nil = none. Same features as Set.
	Stream rng.Stream
	Pool   *par.Pool

	// Proceed is asked by iterative algorithms after each round with the number of rounds done; false = keep what
	// there is and return. It is how the clock stops a fit; the caller writes the answer down. nil = always true.
	Proceed func(rounds int) bool
	// Rounds, when positive, replaces the declared number of rounds and turns early stopping off: for a refit with
	// the number found before, and for a replay.
	Rounds int
}

// Model is a learning algorithm.
type Model interface {
	Name() string // pinned: it stands in manifests and model files
	Card() Card
	Caps() Caps
	Params() param.Set
	// Fit learns. Equal train, values and stream give equal bytes from Encode, whatever the pool. When ctx is done it
	// returns promptly with the cause.
	Fit(ctx context.Context, train Train, values param.Values) (Fitted, error)
	// Decode reads what Fitted.Encode wrote, now or in any earlier version. It never panics on foreign bytes; the
	// caller checks r.Done.
	Decode(r *codec.Reader) (Fitted, error)
}

// Fitted is a learned model. It is safe for concurrent use.
type Fitted interface {
	// Predict writes n × Outputs numbers, row-major (see dataset.Target.Outputs), to dst. x must have the features
	// the model was fitted on; another count of features is an error.
	Predict(dst []float64, x *dataset.Matrix) error
	Outputs() int
	Features() int // d
	Encode(w *codec.Writer)
}

// Iterated is a Fitted that was learned in rounds.
type Iterated interface {
	Rounds() int // rounds kept, after early stopping
}

// Importance is a Fitted that can say how much it used each feature: d non-negative numbers that add up to 1, or all 0.
type Importance interface {
	Importance() []float64
}

// CheckPredict is the error of a Predict call whose shapes do not fit, or nil. Every Predict begins with it.
func CheckPredict(m Fitted, dst []float64, x *dataset.Matrix) error {
	if len(x.Cols) != m.Features() {
		return sadi.Errorf(sadi.SchemaMismatch, "the model was fitted on %d features and is given %d", m.Features(), len(x.Cols))
	}
	if len(dst) != x.Rows*m.Outputs() {
		return sadi.Errorf(sadi.Internal, "room for %d predictions where %d are needed", len(dst), x.Rows*m.Outputs())
	}
	return nil
}
