// Package searchtest is the conformance suite of searchers: one call of Run for each implementation.
package searchtest

import (
	"testing"

	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/search"
)

// Options says what an implementation claims beyond the contract.
type Options struct {
	// ModelBased searchers learn from the history: Run demands that they follow a slope to both ends of every range
	// and find better points than uniform draws do at equal count.
	ModelBased bool
}

// Run holds a searcher to the contract of search.Searcher, one subtest for each demand.
func Run(t *testing.T, s search.Searcher, o Options) {
	if traceWanted(t, s) {
		return
	}
	t.Run("name", func(t *testing.T) {
		if s.Name() == "" {
			t.Error("the searcher has no name")
		}
	})
	t.Run("first ask is the defaults", func(t *testing.T) { firstAsk(t, s) })
	t.Run("nothing to tune", func(t *testing.T) { nothingToTune(t, s) })
	for _, h := range histories {
		t.Run("legal values/"+h.name, func(t *testing.T) { legalValues(t, s, h.f) })
		t.Run("repeatable/"+h.name, func(t *testing.T) { repeatable(t, s, h.f) })
		t.Run("resumable/"+h.name, func(t *testing.T) { resumable(t, s, h.f) })
	}
	t.Run("everything reachable/early", func(t *testing.T) { everythingReachable(t, s, 5) })
	t.Run("everything reachable/late", func(t *testing.T) { everythingReachable(t, s, 25) })
	t.Run("even on the declared scale", func(t *testing.T) { evenScale(t, s) })
	t.Run("another process", func(t *testing.T) { anotherProcess(t, s) })
	t.Run("new values", func(t *testing.T) { newValues(t, s) })
	t.Run("exhausted space", func(t *testing.T) { exhausted(t, s) })
	t.Run("foreign start", func(t *testing.T) { foreignStart(t, s) })
	t.Run("history is left alone", func(t *testing.T) { historyUnchanged(t, s) })
	if o.ModelBased {
		t.Run("follows slopes to the ends", func(t *testing.T) { followsSlopes(t, s) })
		t.Run("avoids failures", func(t *testing.T) { avoidsFailures(t, s) })
		for _, f := range functions {
			t.Run("beats random/"+f.name, func(t *testing.T) { beatsRandom(t, s, f) })
		}
	}
}

// everyKind has a parameter of every kind and scale, and ones that are not tuned.
var everyKind = param.Set{
	{Name: "rate", Kind: param.Float, Lo: 0, Hi: 10, Default: 0.1, Desc: "log float", Tune: &param.Tune{Lo: 1e-4, Hi: 1, Log: true}},
	{Name: "share", Kind: param.Float, Lo: -1, Hi: 1, Default: 1.0, Desc: "float", Tune: &param.Tune{Lo: -0.5, Hi: 1}},
	{Name: "depth", Kind: param.Int, Lo: 0, Hi: 50, Default: 6, Desc: "int, 0 = no bound", Tune: &param.Tune{Lo: 3, Hi: 7}},
	{Name: "leaves", Kind: param.Int, Lo: 0, Hi: 4096, Default: 31, Desc: "log int", Tune: &param.Tune{Lo: 1, Hi: 64, Log: true}},
	{Name: "sparse", Kind: param.Bool, Default: false, Desc: "bool", Tune: &param.Tune{}},
	{Name: "rule", Kind: param.Choice, Choices: []string{"a", "b", "c", "d"}, Default: "b", Desc: "choice", Tune: &param.Tune{}},
	{Name: "trees", Kind: param.Int, Lo: 1, Hi: 1000, Default: 100, Desc: "not tuned"},
	{Name: "mode", Kind: param.Choice, Choices: []string{"x", "y"}, Default: "y", Desc: "not tuned"},
}

// objective scores the k-th ask of a run.
type objective func(k int, v param.Values) (score float64, ok bool)

// run asks n times, each with the whole history, which begins with start.
func run(s search.Searcher, set param.Set, f objective, seed uint64, start []search.Result, n int) []search.Result {
	history := start[:len(start):len(start)]
	stream := rng.New(seed).Child("search")
	for len(history) < n {
		k := len(history)
		v := s.Ask(set, history[:k:k], stream.At(k))
		score, ok := f(k, v)
		history = append(history, search.Result{Values: v, Score: score, OK: ok})
	}
	return history
}

func keys(history []search.Result) []string {
	k := make([]string, len(history))
	for i, r := range history {
		k[i] = r.Values.Key()
	}
	return k
}
