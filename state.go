package sadi

// TrialState is where one trial of a job stands; docs/STATES.md has the legal moves.
type TrialState string

// The trial states; the texts stand in manifests and never change.
const (
	TrialQueued  TrialState = "queued"  // planned, not begun
	TrialRunning TrialState = "running" // being fitted on the folds
	TrialOK      TrialState = "ok"      // scored on every fold
	TrialFailed  TrialState = "failed"  // ended with an error, which its record tells
	TrialCut     TrialState = "cut"     // begun, and stopped by the clock before it had a score
	TrialSkipped TrialState = "skipped" // never begun: the clock, the number of trials or a cancel came first, or it would not fit into the memory
)

// Final reports whether no further move leaves the state.
func (s TrialState) Final() bool { return len(trialMoves[s]) == 0 }

// Every legal move, as docs/STATES.md tells it. A state that is no key does not exist.
var (
	jobMoves = map[State][]State{
		Queued:      {Running, Cancelled, Failed},
		Running:     {NeedsTarget, Succeeded, Failed, Cancelled, Queued},
		NeedsTarget: {Queued, Cancelled},
		Succeeded:   {},
		Failed:      {},
		Cancelled:   {},
	}
	trialMoves = map[TrialState][]TrialState{
		TrialQueued:  {TrialRunning, TrialSkipped},
		TrialRunning: {TrialOK, TrialFailed, TrialCut, TrialQueued},
		TrialOK:      {},
		TrialFailed:  {},
		TrialCut:     {},
		TrialSkipped: {},
	}
)

// Next returns nil when a job may go from s to to, else an error that says what is legal.
func (s State) Next(to State) error { return next("job", jobMoves, s, to) }

// Next returns nil when a trial may go from s to to, else an error that says what is legal.
func (s TrialState) Next(to TrialState) error { return next("trial", trialMoves, s, to) }

func next[S ~string](noun string, moves map[S][]S, from, to S) error {
	legal, known := moves[from]
	if !known {
		return Errorf(Internal, "%q is no state of a %s", string(from), noun)
	}
	for _, s := range legal {
		if s == to {
			return nil
		}
	}
	if _, known := moves[to]; !known {
		return Errorf(Internal, "%q is no state of a %s", string(to), noun)
	}
	if len(legal) == 0 {
		return Errorf(BadUsage, "a %s that is %s can not become %s", noun, string(from), string(to)).
			Advise("%s is final; start a new %s", string(from), noun)
	}
	return Errorf(BadUsage, "a %s that is %s can not become %s", noun, string(from), string(to)).
		Advise("from %s it may go to %s", string(from), list(legal))
}

func list[S ~string](states []S) string {
	text := ""
	for i, s := range states {
		if i > 0 {
			text += ", "
		}
		text += string(s)
	}
	return text
}
