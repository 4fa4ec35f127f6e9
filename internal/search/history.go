package search

import (
	"math/rand/v2"

	"sadi/internal/param"
)

// Seen are the keys of the values that a history holds; repeating them would teach nothing.
func Seen(history []Result) map[string]bool {
	seen := make(map[string]bool, len(history))
	for _, r := range history {
		seen[r.Values.Key()] = true
	}
	return seen
}

// tries bounds the draws for values that are new; a small space may have none left.
const tries = 100

// Uniform draws values uniformly from the box that are not in seen, or, where a hundred draws find none, any.
func (s Space) Uniform(r *rand.Rand, seen map[string]bool) param.Values {
	u := make([]float64, len(s.Axes))
	var v param.Values
	for range tries {
		for j := range u {
			u[j] = r.Float64()
		}
		if v = s.Values(u); !seen[v.Key()] {
			break
		}
	}
	return v
}
