package model

import (
	"time"

	"sadi/internal/param"
)

// Shape is the size of what an algorithm is to learn from.
type Shape struct {
	Rows, Columns int
	Outputs       int // dataset.Target.Outputs
	ValidRows     int // rows to stop by
	Threads       int // that compute at a time
}

// Need is what a fit will take, as far as that can be told before it begins.
type Need struct {
	Memory int64 // bytes at the peak, beside the matrix itself
	Rounds int   // of an iterative algorithm, at most
}

// Needy is a Model that can say what a fit will take.
type Needy interface {
	Need(shape Shape, values param.Values) Need
}

// Forecast tells from the first rounds of a fit how long the others will take. The clock is the caller's: it reports
// what Train.Proceed heard and when. The first round is not taken as a measure, since it comes with all that is done
// once.
type Forecast struct {
	firstRounds, rounds int
	first, elapsed      time.Duration
}

// Done notes that a number of rounds were done after a time since the fit began.
func (f *Forecast) Done(rounds int, elapsed time.Duration) {
	if f.firstRounds == 0 {
		f.firstRounds, f.first = rounds, elapsed
	}
	f.rounds, f.elapsed = rounds, elapsed
}

// At is when, since the fit began, a number of rounds will be done; known is false before the first round.
func (f *Forecast) At(rounds int) (at time.Duration, known bool) {
	switch {
	case f.rounds == 0:
		return 0, false
	case f.rounds == f.firstRounds: // all of it is taken as one round's time, which is too much
		return time.Duration(float64(f.elapsed) * float64(rounds) / float64(f.rounds)), true
	}
	pace := float64(f.elapsed-f.first) / float64(f.rounds-f.firstRounds)
	return f.elapsed + time.Duration(pace*float64(rounds-f.rounds)), true
}

// Within is the number of rounds that will be done at a time since the fit began, at least those that are; 0 before the
// first round.
func (f *Forecast) Within(limit time.Duration) int {
	one, known := f.At(f.rounds + 1)
	if !known {
		return 0
	}
	pace := one - f.elapsed
	if pace <= 0 || limit <= f.elapsed {
		return f.rounds
	}
	return f.rounds + int((limit-f.elapsed)/pace)
}
