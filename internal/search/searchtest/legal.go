package searchtest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/search"
)

func firstAsk(t *testing.T, s search.Searcher) {
	for seed := range uint64(3) {
		if got, want := s.Ask(everyKind, nil, rng.New(seed)).Key(), everyKind.Defaults().Key(); got != want {
			t.Errorf("got %s, want the defaults %s", got, want)
		}
	}
}

func nothingToTune(t *testing.T, s search.Searcher) {
	for _, set := range []param.Set{nil, {everyKind[6], everyKind[7]}} {
		v := set.Defaults()
		for n := range 15 {
			history := slices.Repeat([]search.Result{{Values: v, OK: true}}, n)
			if got := s.Ask(set, history, rng.New(1).At(n)).Key(); got != v.Key() {
				t.Fatalf("got %s, want the defaults %s", got, v.Key())
			}
		}
	}
}

// check reports values that are not complete, not of their parameter's type, or outside of the search range.
func check(set param.Set, v param.Values) error {
	if len(v) != len(set) {
		return fmt.Errorf("%d values for %d parameters", len(v), len(set))
	}
	for _, p := range set {
		x, ok := v[p.Name]
		if !ok {
			return fmt.Errorf("%s is missing", p.Name)
		}
		typed, err := p.Check(x)
		if err != nil {
			return err
		}
		if typed != x {
			return fmt.Errorf("%s is %v of type %T", p.Name, x, x)
		}
		if p.Tune == nil {
			if x != p.Default {
				return fmt.Errorf("%s is not tuned and has moved to %v", p.Name, x)
			}
			continue
		}
		var f float64
		switch y := x.(type) {
		case int:
			f = float64(y)
		case float64:
			f = y
		default:
			continue
		}
		if !(f >= p.Tune.Lo && f <= p.Tune.Hi) {
			return fmt.Errorf("%s = %v lies outside of [%g, %g]", p.Name, x, p.Tune.Lo, p.Tune.Hi)
		}
	}
	return nil
}

func legalValues(t *testing.T, s search.Searcher, f objective) {
	for seed := range uint64(3) {
		for k, r := range run(s, everyKind, f, seed, nil, 60) {
			if k == 0 {
				continue // the defaults, which may lie outside of the search range
			}
			if err := check(everyKind, r.Values); err != nil {
				t.Fatalf("seed %d, ask %d: %v", seed, k, err)
			}
		}
	}
}

// everythingReachable asks many times with a history of n equal scores, and demands that every int of the ranges, every
// word, and the neighbourhood of both ends of the floats comes up.
func everythingReachable(t *testing.T, s search.Searcher, n int) {
	ints, words := map[string]map[int]bool{"depth": {}, "leaves": {}}, map[string]bool{}
	lo, hi := map[string]float64{"rate": 1, "share": 1}, map[string]float64{"rate": 0, "share": 0}
	history := run(s, everyKind, histories[1].f, 7, nil, n)
	for i := range 3000 {
		v := s.Ask(everyKind, history, rng.New(11).At(i))
		for name, seen := range ints {
			seen[v.Int(name)] = true
		}
		words[v.Choice("rule")+fmt.Sprint(v.Bool("sparse"))] = true
		for name, u := range map[string]float64{"rate": (math.Log10(v.Float("rate")) + 4) / 4, "share": (v.Float("share") + 0.5) / 1.5} {
			lo[name], hi[name] = min(lo[name], u), max(hi[name], u)
		}
	}
	if len(ints["depth"]) != 5 || len(words) != 8 {
		t.Errorf("saw depths %v and words %v, want all 5 and all 8", slices.Sorted(maps.Keys(ints["depth"])), slices.Sorted(maps.Keys(words)))
	}
	// 64 holds a three-hundredth of a logarithmic axis; with a model that has learned something, near it must do.
	if l := slices.Sorted(maps.Keys(ints["leaves"])); l[0] != 1 || l[len(l)-1] < 60 || n < 10 && l[len(l)-1] < 64 || len(l) < 58 {
		t.Errorf("saw leaves %v, want both ends of 1..64 and nearly all between", l)
	}
	for _, name := range []string{"rate", "share"} {
		if lo[name] > 0.02 || hi[name] < 0.98 {
			t.Errorf("%s stays within %.3f and %.3f of its range, want both ends", name, lo[name], hi[name])
		}
	}
}

// evenScale demands that draws before there is anything to learn from are uniform on the declared scale
// (Kolmogorov–Smirnov at a level of 0.001).
func evenScale(t *testing.T, s search.Searcher) {
	const n = 2000
	history := []search.Result{{Values: everyKind.Defaults(), OK: true}}
	u := map[string][]float64{}
	for i := range n {
		v := s.Ask(everyKind, history, rng.New(3).At(i))
		u["rate"] = append(u["rate"], (math.Log10(v.Float("rate"))+4)/4)
		u["share"] = append(u["share"], (v.Float("share")+0.5)/1.5)
	}
	for _, name := range []string{"rate", "share"} {
		x := slices.Sorted(slices.Values(u[name]))
		var d float64
		for i, a := range x {
			d = max(d, math.Abs(a-float64(i)/n), math.Abs(a-float64(i+1)/n))
		}
		if bound := 1.95 / math.Sqrt(n); d > bound {
			t.Errorf("%s departs from the even spread by %.4f, want at most %.4f", name, d, bound)
		}
	}
}
