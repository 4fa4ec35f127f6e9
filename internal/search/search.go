// Package search is the contract of a hyper-parameter search, which knows parameters and scores and nothing of models.
//
// A searcher is a pure function of the space, the history and a stream: it keeps no state, so a run that is resumed
// from its history goes on exactly as the uninterrupted one. The engine calls Ask for the n-th point with the results
// up to n - lookahead only, so that any number of workers gives the same sequence.
package search

import (
	"sadi/internal/param"
	"sadi/internal/rng"
)

// Result is one finished evaluation. A failed one has OK false and its Score means nothing.
type Result struct {
	Values param.Values
	Score  float64 // greater is better
	OK     bool
}

// Searcher proposes values.
type Searcher interface {
	Name() string
	// Ask returns the next values to try, complete for the set: parameters with Tune inside their search range, the
	// others at their default. history is in ask order.
	Ask(set param.Set, history []Result, stream rng.Stream) param.Values
}
