package model

import "math"

// Traced is a Fitted that remembers how it was learned. What it remembers is for people: it is no part of the model, is not
// encoded, and a decoded model has none.
type Traced interface {
	Trace() Trace
}

// Trace is the course of learning in rounds: the mean loss of the validation rows after some of the rounds.
type Trace struct {
	Rounds []int
	Losses []float64
}

// tracePoints bounds the points of a trace.
const tracePoints = 100

// Add notes the loss after a round, the first of which is 1. Of long traces every second, fourth, … round is kept.
func (t *Trace) Add(round int, loss float64) {
	if round%t.step() != 0 {
		return
	}
	if n := len(t.Rounds); n == tracePoints {
		for i := 1; i < n; i += 2 {
			t.Rounds[i/2], t.Losses[i/2] = t.Rounds[i], t.Losses[i]
		}
		t.Rounds, t.Losses = t.Rounds[:n/2], t.Losses[:n/2]
	}
	if round%t.step() == 0 && !math.IsNaN(loss) && !math.IsInf(loss, 0) {
		t.Rounds, t.Losses = append(t.Rounds, round), append(t.Losses, loss)
	}
}

// step is the distance of the rounds that are kept.
func (t *Trace) step() int {
	if len(t.Rounds) == 0 {
		return 1
	}
	return t.Rounds[0]
}
