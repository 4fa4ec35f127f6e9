package model

import (
	"testing"

	"sadi"
	"sadi/internal/codec"
)

// The numbers stand in files: they do not change.
func TestProblems(t *testing.T) {
	for number, problem := range []sadi.Problem{sadi.RegressionValue, sadi.Binary, sadi.Multiclass} {
		var w codec.Writer
		EncodeProblem(&w, problem)
		if got := w.Bytes(); len(got) != 1 || int(got[0]) != number {
			t.Errorf("%s is written as %v, want %d", problem, got, number)
		}
		r := codec.NewReader(w.Bytes())
		if got := DecodeProblem(r, "a model"); got != problem || r.Done() != nil {
			t.Errorf("%d is read as %s, error %v, want %s", number, got, r.Err(), problem)
		}
	}
	for _, b := range [][]byte{{3}, {255}, {}} {
		r := codec.NewReader(b)
		if DecodeProblem(r, "a model"); sadi.CodeOf(r.Err()) != sadi.Corrupt {
			t.Errorf("%v: got %v, want an error of code %s", b, r.Err(), sadi.Corrupt)
		}
	}
}
