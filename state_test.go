package sadi_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sadi"
)

// documented reads the table of moves below a heading of docs/STATES.md.
func documented(t *testing.T, heading string) map[[2]string]bool {
	t.Helper()
	text, err := os.ReadFile("docs/STATES.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, ok := strings.Cut(string(text), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("docs/STATES.md has no heading %q", heading)
	}
	part, _, _ = strings.Cut(part, "\n## ")
	moves := map[[2]string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| `(\\w+)` \\|").FindAllStringSubmatch(part, -1) {
		moves[[2]string{m[1], m[2]}] = true
	}
	return moves
}

// walk tries every move between states and compares with the document.
func walk[S ~string](t *testing.T, heading string, states []S, next func(from, to S) error, final func(S) bool) {
	want := documented(t, heading)
	seen := 0
	for _, from := range states {
		leaves := false
		for _, to := range states {
			err := next(from, to)
			if legal := want[[2]string{string(from), string(to)}]; legal != (err == nil) {
				t.Errorf("%s → %s: the document says %v, the program %v", from, to, legal, err)
			}
			if err == nil {
				seen++
				leaves = true
			} else if code := sadi.CodeOf(err); code != sadi.BadUsage {
				t.Errorf("%s → %s: got the code %q", from, to, code)
			}
		}
		if leaves == final(from) {
			t.Errorf("%s: final is %v", from, final(from))
		}
	}
	if seen != len(want) {
		t.Errorf("%s: %d moves are legal and %d documented", heading, seen, len(want))
	}
	for _, c := range []struct{ from, to S }{{"nonsense", states[0]}, {states[0], "nonsense"}} {
		if code := sadi.CodeOf(next(c.from, c.to)); code != sadi.Internal {
			t.Errorf("%s → %s: got the code %q", c.from, c.to, code)
		}
	}
}

func TestJobMoves(t *testing.T) {
	states := []sadi.State{sadi.Queued, sadi.Running, sadi.NeedsTarget, sadi.Succeeded, sadi.Failed, sadi.Cancelled}
	walk(t, "Jobs", states, sadi.State.Next, sadi.State.Final)
	if want := []sadi.State{"queued", "running", "needs_target", "succeeded", "failed", "cancelled"}; !slices.Equal(states, want) {
		t.Errorf("the texts of the states are part of the API: got %q", states)
	}
}

func TestTrialMoves(t *testing.T) {
	states := []sadi.TrialState{sadi.TrialQueued, sadi.TrialRunning, sadi.TrialOK, sadi.TrialFailed, sadi.TrialCut, sadi.TrialSkipped}
	walk(t, "Trials", states, sadi.TrialState.Next, sadi.TrialState.Final)
	if want := []sadi.TrialState{"queued", "running", "ok", "failed", "cut", "skipped"}; !slices.Equal(states, want) {
		t.Errorf("the texts of the states stand in manifests: got %q", states)
	}
}

func TestMovesAreExplained(t *testing.T) {
	for want, err := range map[string]error{
		"a job that is succeeded can not become running; succeeded is final; start a new job":                 sadi.Succeeded.Next(sadi.Running),
		"a job that is needs_target can not become running; from needs_target it may go to queued, cancelled": sadi.NeedsTarget.Next(sadi.Running),
		"a trial that is cut can not become ok; cut is final; start a new trial":                              sadi.TrialCut.Next(sadi.TrialOK),
		`"done" is no state of a job`: sadi.Running.Next("done"),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}
