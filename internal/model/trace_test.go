package model

import (
	"math"
	"slices"
	"testing"
)

func TestATraceKeepsFewRoundsEvenlySpread(t *testing.T) {
	for _, c := range []struct{ rounds, points, step int }{{0, 0, 0}, {1, 1, 1}, {100, 100, 1}, {101, 50, 2}, {200, 100, 2}, {201, 100, 2}, {202, 50, 4}, {2000, 62, 32}} {
		var tr Trace
		for round := 1; round <= c.rounds; round++ {
			tr.Add(round, 1/float64(round))
		}
		if len(tr.Rounds) != c.points || len(tr.Losses) != c.points || len(tr.Rounds) > tracePoints {
			t.Errorf("%d rounds: %d points, want %d", c.rounds, len(tr.Rounds), c.points)
		}
		for i, round := range tr.Rounds {
			if round != (i+1)*c.step || tr.Losses[i] != 1/float64(round) {
				t.Errorf("%d rounds: point %d is %g after round %d", c.rounds, i, tr.Losses[i], round)
			}
		}
	}
}

func TestATraceHasNumbersAlone(t *testing.T) {
	var tr Trace
	for round, loss := range []float64{1, math.NaN(), math.Inf(1), 0.5} {
		tr.Add(round+1, loss)
	}
	if !slices.Equal(tr.Rounds, []int{1, 4}) || !slices.Equal(tr.Losses, []float64{1, 0.5}) {
		t.Errorf("%+v", tr)
	}
}
