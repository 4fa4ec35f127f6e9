// Package tpe searches with the tree-structured Parzen estimator: it models where good results lie and where the others
// lie, and tries what is likelier under the first than under the second.
//
// Bergstra, Bardenet, Bengio and Kégl (2011), Algorithms for hyper-parameter optimization, NIPS 24. The joint
// (multivariate) kernels, the size of the good group and the widths are those that Watanabe (2023), Tree-structured
// Parzen estimator: understanding its algorithm components, arXiv 2304.11127, recommends and that Optuna uses.
//
// Notation:
//
//	n     results that have a score
//	γ(n)  how many of them count as good
//	l, g  the densities of the good and of the other points of the unit box (search.Space)
//	u     a point of the box
package tpe

import (
	"cmp"
	"math"
	"slices"

	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/search"
)

// Searcher is the tree-structured Parzen estimator. The zero value is ready for use.
type Searcher struct {
	Startup    int // scored results before the model speaks; until then draws are uniform. 0 = 10
	Candidates int // points drawn from l at each ask, of which the best is taken. 0 = 24
}

var _ search.Searcher = Searcher{}

// Name is "tpe".
func (Searcher) Name() string { return "tpe" }

// Ask returns the defaults first; then, with too little history for a model, a uniform draw; then the candidate with
// the greatest l(u)/g(u) that the history does not hold. Failed results, and results whose score is NaN, lie in g:
// they tell where not to look.
func (s Searcher) Ask(set param.Set, history []search.Result, stream rng.Stream) param.Values {
	space := search.NewSpace(set)
	if len(history) == 0 || len(space.Axes) == 0 {
		return set.Defaults()
	}
	r, seen := stream.Rand(), search.Seen(history)
	good, other := divide(history)
	if len(good) == 0 || scored(history) < orDefault(s.Startup, 10) {
		return space.Uniform(r, seen)
	}
	l, g := newParzen(space, history, good), newParzen(space, history, other)
	type candidate struct {
		values param.Values
		gain   float64 // ln l(u) - ln g(u), which orders as the expected improvement does
	}
	var found []candidate
	for range orDefault(s.Candidates, 24) {
		u := l.draw(r)
		found = append(found, candidate{space.Values(u), l.logDensity(u) - g.logDensity(u)})
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(b.gain, a.gain) })
	for _, c := range found {
		if !seen[c.values.Key()] {
			return c.values
		}
	}
	return space.Uniform(r, seen)
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// gamma is the number of good results among n: a tenth, at most 25.
func gamma(n int) int { return min((n+9)/10, 25) }

func hasScore(r search.Result) bool { return r.OK && !math.IsNaN(r.Score) }

func scored(history []search.Result) (n int) {
	for _, r := range history {
		if hasScore(r) {
			n++
		}
	}
	return n
}

// divide returns the indices of the good results and of all the others, each in ask order. Of equal scores the earlier
// result is the better one.
func divide(history []search.Result) (good, other []int) {
	var ranked []int
	for i, r := range history {
		if hasScore(r) {
			ranked = append(ranked, i)
		}
	}
	slices.SortStableFunc(ranked, func(a, b int) int { return cmp.Compare(history[b].Score, history[a].Score) })
	good = slices.Sorted(slices.Values(ranked[:gamma(len(ranked))]))
	for i := range history {
		if _, ok := slices.BinarySearch(good, i); !ok {
			other = append(other, i)
		}
	}
	return good, other
}
