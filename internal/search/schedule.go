package search

import (
	"math"
	"slices"
)

// Family is an algorithm that can be tuned, with what is known of it so far.
type Family struct {
	Name   string
	Best   float64 // the best score of its trials; greater is better
	Trials int     // how many trials have a score
}

// turns hands out six asks among the best three families in the proportion 3 : 2 : 1, spread evenly (smooth weighted
// round-robin). It is indexed by the number of families that compete.
var turns = [...][]int{1: {0}, 2: {0, 1, 0, 1, 0}, 3: {0, 1, 0, 2, 1, 0}}

// Pick is the name of the family that the n-th ask of the tuning stage is for: the best three by score take turns, the
// best one most often. A family without a score ranks below all that have one. Ties go to the family that is listed
// first. families must not be empty, nor n negative.
func Pick(families []Family, n int) string {
	ranked := slices.Clone(families)
	slices.SortStableFunc(ranked, func(a, b Family) int {
		switch {
		case a.beats(b):
			return -1
		case b.beats(a):
			return 1
		}
		return 0
	})
	turn := turns[min(len(ranked), len(turns)-1)]
	return ranked[turn[n%len(turn)]].Name
}

// beats reports whether f has the better score; any score is better than none, and than NaN.
func (f Family) beats(g Family) bool {
	mine, theirs := f.Trials > 0 && !math.IsNaN(f.Best), g.Trials > 0 && !math.IsNaN(g.Best)
	if mine && theirs {
		return f.Best > g.Best
	}
	return mine && !theirs
}
