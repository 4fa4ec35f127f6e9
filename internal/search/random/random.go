// Package random searches by drawing uniformly, each ask on its own: the reference searcher, and the hardest one to
// mislead (Bergstra and Bengio 2012, Random search for hyper-parameter optimization, JMLR 13).
package random

import (
	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/search"
)

// Searcher draws uniformly from the search space, logarithmically where a parameter says so.
type Searcher struct{}

var _ search.Searcher = Searcher{}

// Name is "random".
func (Searcher) Name() string { return "random" }

// Ask returns the defaults first, then draws that the history does not hold.
func (Searcher) Ask(set param.Set, history []search.Result, stream rng.Stream) param.Values {
	space := search.NewSpace(set)
	if len(history) == 0 || len(space.Axes) == 0 {
		return set.Defaults()
	}
	return space.Uniform(stream.Rand(), search.Seen(history))
}
