package searchtest

import (
	"math"

	"sadi/internal/param"
)

// histories are the objectives under which the demands of the contract are checked.
var histories = []struct {
	name string
	f    objective
}{
	{"smooth", func(_ int, v param.Values) (float64, bool) {
		x := math.Log10(v.Float("rate")) + 2
		return -x*x - v.Float("share") - math.Abs(float64(v.Int("depth")-5)), true
	}},
	{"constant", func(int, param.Values) (float64, bool) { return 1, true }},
	{"some failed", func(k int, v param.Values) (float64, bool) { return v.Float("share"), k%3 != 1 }},
	{"all failed", func(int, param.Values) (float64, bool) { return 0, false }},
	{"some NaN", func(k int, v param.Values) (float64, bool) {
		if k%3 == 1 {
			return math.NaN(), true
		}
		return v.Float("share"), true
	}},
	{"all NaN", func(int, param.Values) (float64, bool) { return math.NaN(), true }},
	{"infinite", func(k int, _ param.Values) (float64, bool) { return math.Inf(k%2*2 - 1), true }},
}
