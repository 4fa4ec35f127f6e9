package modeltest

import (
	"context"

	"sadi/internal/model"
)

var roundChecks = []check{
	{name: "iterated", run: (*suite).checkIterated},
	{name: "proceed", run: (*suite).checkProceed, when: isIterative},
	{name: "early_stopping", run: (*suite).checkEarlyStopping, when: isIterative},
}

func (s *suite) rounds(f model.Fitted) int {
	it, ok := f.(model.Iterated)
	if !ok {
		s.fatalf("Caps.Iterative is true, but the model does not say its rounds")
	}
	return it.Rounds()
}

func (s *suite) checkIterated() {
	_, ok := s.fit(s.data("rounds", 60)).(model.Iterated)
	if ok != s.caps.Iterative {
		s.errorf("Caps.Iterative is %v, but that the model is model.Iterated is %v", s.caps.Iterative, ok)
	}
}

// checkProceed: Proceed hears 1, 2, 3, …; its no after r rounds leaves exactly r, as does Rounds = r.
func (s *suite) checkProceed() {
	d := s.data("proceed", 120)
	all := s.rounds(s.fit(d))
	if all < 3 {
		s.fatalf("%d rounds are too few to test: set the number in Opts.Values", all)
	}
	for _, stop := range []int{1, 2, all - 1} {
		tr := train(d)
		var heard []int
		tr.Proceed = func(r int) bool { heard = append(heard, r); return r < stop }
		f := s.fitWith(tr, s.values)
		if got := s.rounds(f); got != stop {
			s.errorf("stopped after %d rounds, %d are kept", stop, got)
		}
		for i, r := range heard {
			if r != i+1 || len(heard) != stop {
				s.fatalf("Proceed is asked after rounds %v, want each of 1 to %d", heard, stop)
			}
		}
		tr = train(d)
		tr.Rounds = stop
		g := s.fitWith(tr, s.values)
		if string(Encode(g)) != string(Encode(f)) {
			s.errorf("Rounds = %d gives other bytes than stopping there", stop)
		}
	}
	tr := train(d)
	tr.Rounds = all + 3
	if got := s.rounds(s.fitWith(tr, s.values)); got != all+3 {
		s.errorf("Rounds = %d leaves %d", all+3, got)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	tr = train(d)
	tr.Proceed = func(r int) bool { cancel(errCause); return true }
	if f, err := s.m.Fit(ctx, tr, s.values); f != nil || context.Cause(ctx) != err {
		s.errorf("cancelled after the first round: got model %v and error %v, want only the cause", f != nil, err)
	}
}

// checkEarlyStopping: with rows to stop by no more rounds are kept than without, Rounds turns stopping off, and the
// rows change nothing but the number of rounds.
func (s *suite) checkEarlyStopping() {
	d, valid := s.data("stopping", 150), s.data("stopping/valid", 100)
	all := s.rounds(s.fit(d))
	tr := train(d)
	tr.Valid = &valid
	f := s.fitWith(tr, s.values)
	kept := s.rounds(f)
	if kept < 1 || kept > all {
		s.errorf("%d rounds are kept, want 1 to %d", kept, all)
	}
	tr.Rounds = all
	if got := s.rounds(s.fitWith(tr, s.values)); got != all {
		s.errorf("Rounds = %d with rows to stop by leaves %d", all, got)
	}
	tr = train(d)
	tr.Rounds = kept
	x := s.data("stopping/new", 50).X
	s.same("the number of rounds found, without the rows to stop by", s.predict(s.fitWith(tr, s.values), x), s.predict(f, x), 0)
}
