package searchtest

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/search"
)

func repeatable(t *testing.T, s search.Searcher, f objective) {
	one, two, other := run(s, everyKind, f, 5, nil, 40), run(s, everyKind, f, 5, nil, 40), run(s, everyKind, f, 6, nil, 40)
	if !slices.Equal(keys(one), keys(two)) {
		t.Error("the same seed gave two different runs")
	}
	if slices.Equal(keys(one), keys(other)) {
		t.Error("two seeds gave the same run")
	}
}

// resumable cuts a run short and goes on from its history.
func resumable(t *testing.T, s search.Searcher, f objective) {
	whole := run(s, everyKind, f, 5, nil, 40)
	for _, cut := range []int{1, 9, 10, 11, 27, 39} {
		if got := run(s, everyKind, f, 5, slices.Clone(whole[:cut]), 40); !slices.Equal(keys(got), keys(whole)) {
			t.Errorf("a run resumed after %d results goes another way than the uninterrupted one", cut)
		}
	}
}

func historyUnchanged(t *testing.T, s search.Searcher) {
	history := run(s, everyKind, histories[0].f, 5, nil, 30)
	before := make([]search.Result, len(history))
	for i, r := range history {
		before[i] = r
		before[i].Values = r.Values.With("trees", r.Values["trees"])
	}
	v := s.Ask(everyKind, history, rng.New(1))
	v["rate"] = 0.5
	if !reflect.DeepEqual(history, before) {
		t.Error("asking, or writing to the answer, changed the history")
	}
}

const traceVariable = "SADI_SEARCHTEST_TRACE"

// trace is the whole of a run as text.
func trace(s search.Searcher) string {
	return strings.Join(keys(run(s, everyKind, histories[2].f, 99, nil, 30)), "\n")
}

// traceWanted prints the trace in the process that anotherProcess starts.
func traceWanted(t *testing.T, s search.Searcher) bool {
	if os.Getenv(traceVariable) != t.Name() {
		return false
	}
	fmt.Printf("<trace>%s</trace>", trace(s))
	return true
}

// anotherProcess runs the test binary again and compares: map order and addresses differ there.
func anotherProcess(t *testing.T, s search.Searcher) {
	test, _, _ := strings.Cut(t.Name(), "/")
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), traceVariable+"="+test)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(out), "<trace>")
	got, _, ok := strings.Cut(rest, "</trace>")
	if want := trace(s); !ok || got != want {
		t.Errorf("another process went another way: got\n%s\nwant\n%s", got, want)
	}
}

// small has 12 values.
var small = param.Set{
	{Name: "n", Kind: param.Int, Lo: 1, Hi: 6, Default: 2, Desc: "int", Tune: &param.Tune{Lo: 1, Hi: 6}},
	{Name: "b", Kind: param.Bool, Default: true, Desc: "bool", Tune: &param.Tune{}},
}

// newValues demands that no values are tried twice while there are many others.
func newValues(t *testing.T, s search.Searcher) {
	for seed := range uint64(5) {
		history := run(s, everyKind, histories[1].f, seed, nil, 80)
		if got := len(search.Seen(history)); got != len(history) {
			t.Errorf("seed %d: %d different values in %d asks", seed, got, len(history))
		}
	}
}

// exhausted demands that a space of 12 values is searched through, and that asking beyond that still gives legal ones.
func exhausted(t *testing.T, s search.Searcher) {
	for seed := range uint64(5) {
		history := run(s, small, func(_ int, v param.Values) (float64, bool) { return float64(v.Int("n")), true }, seed, nil, 20)
		if got := len(search.Seen(history[:12])); got != 12 {
			t.Errorf("seed %d: saw %d of 12 values in 12 asks", seed, got)
		}
		for k, r := range history {
			if err := check(small, r.Values); err != nil {
				t.Fatalf("seed %d, ask %d: %v", seed, k, err)
			}
		}
	}
}

// foreignStart begins with results that lie outside of the search range, as starting configurations may.
func foreignStart(t *testing.T, s search.Searcher) {
	d := everyKind.Defaults()
	start := []search.Result{
		{Values: d.With("depth", 0), Score: 3, OK: true},
		{Values: d.With("leaves", 4096).With("rate", 10.0), Score: 2, OK: true},
		{Values: d.With("trees", 1000).With("rate", 0.0), Score: 1, OK: true},
	}
	for k, r := range run(s, everyKind, histories[0].f, 4, start, 40)[3:] {
		if err := check(everyKind, r.Values); err != nil {
			t.Fatalf("ask %d: %v", k, err)
		}
	}
}
