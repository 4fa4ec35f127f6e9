package model

import (
	"time"

	"sadi/internal/param"
)

// Shape is the size of what an algorithm is to learn from.
type Shape struct {
	Rows, Columns int
	Categories    int // of the columns
	Outputs       int // dataset.Target.Outputs
	ValidRows     int // rows to stop by
	Threads       int // that compute at a time
}

// Need is what a fit will take, as far as that can be told before it begins; 0 = not known.
type Need struct {
	Memory int64 // bytes at the peak, beside the matrix itself
	Rounds int   // of an iterative algorithm, at most
}

// Needy is a Model that can say what a fit will take.
type Needy interface {
	Need(shape Shape, values param.Values) Need
}

// Forecast tells from the first rounds of a fit how many there will be at a later time. The clock is the caller's: it
// reports what Train.Proceed heard and when. Algorithms that learn several rounds at once report them in a burst, and the
// first burst comes with all that is done once: the pace is taken over whole bursts after it.
type Forecast struct {
	start, burst      time.Duration // of the first report, of the burst that is under way
	base, whole, last mark          // the end of the first burst, of the last whole one, the last report
}

// mark is how many rounds were done at a time since the fit began.
type mark struct {
	rounds int
	at     time.Duration
}

// Done notes that a number of rounds were done after a time since the fit began.
func (f *Forecast) Done(rounds int, elapsed time.Duration) {
	switch {
	case f.last.rounds == 0:
		f.start, f.burst = elapsed, elapsed
	case elapsed-f.burst > f.start/100: // another burst begins
		if f.burst = elapsed; f.base.rounds == 0 {
			f.base = f.last
		} else {
			f.whole = f.last
		}
	}
	f.last = mark{rounds, elapsed}
}

// Within is the number of rounds that will be done at a time since the fit began, at least those that are; known is
// false before there is a pace to go by.
func (f *Forecast) Within(limit time.Duration) (rounds int, known bool) {
	if f.whole.rounds <= f.base.rounds {
		return f.last.rounds, false
	}
	pace := float64(f.whole.at-f.base.at) / float64(f.whole.rounds-f.base.rounds)
	return f.last.rounds + int(float64(max(limit-f.last.at, 0))/pace), true
}
