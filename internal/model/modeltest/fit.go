package modeltest

import (
	"context"
	"errors"
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/param"
	"sadi/internal/rng"
)

// train is the set with the stream of every fit here and no pool.
func train(d dataset.Set) model.Train {
	return model.Train{Set: d, Stream: rng.New(7).Child("fit")}
}

// fit fits with the suite's values and ends the check on an error.
func (s *suite) fit(d dataset.Set) model.Fitted { return s.fitWith(train(d), s.values) }

func (s *suite) fitWith(tr model.Train, values param.Values) model.Fitted {
	f, err := s.m.Fit(context.Background(), tr, values)
	if err != nil {
		s.fatalf("Fit on %d rows of %d features: %v", tr.X.Rows, len(tr.X.Cols), err)
	}
	if f == nil {
		s.fatalf("Fit returns neither a model nor an error")
	}
	want := tr.Y.Outputs()
	if f.Outputs() != want || f.Features() != len(tr.X.Cols) {
		s.fatalf("a model of %d features and %d outputs, want %d and %d", f.Features(), f.Outputs(), len(tr.X.Cols), want)
	}
	return f
}

// predict predicts, ends the check on an error, and holds the predictions to their form.
func (s *suite) predict(f model.Fitted, x *dataset.Matrix) []float64 {
	dst := make([]float64, x.Rows*f.Outputs())
	for i := range dst {
		dst[i] = math.NaN() // what is not written shows
	}
	if err := f.Predict(dst, x); err != nil {
		s.fatalf("Predict on %d rows: %v", x.Rows, err)
	}
	s.wellFormed(dst, f.Outputs())
	return dst
}

// wellFormed: finite, and for classes within [0, 1] and adding up to 1.
func (s *suite) wellFormed(p []float64, outputs int) {
	for i, v := range p {
		if v-v != 0 || s.problem.IsClassification() && (v < 0 || v > 1) {
			s.fatalf("row %d, output %d is predicted as %v", i/outputs, i%outputs, v)
		}
	}
	if outputs == 1 {
		return
	}
	for i := 0; i < len(p); i += outputs {
		sum := 0.0
		for _, v := range p[i : i+outputs] {
			sum += v
		}
		if math.Abs(sum-1) > 1e-9 {
			s.fatalf("the probabilities of row %d add up to %v: %v", i/outputs, sum, p[i:i+outputs])
		}
	}
}

// same compares predictions; rel is relative to the size of the numbers, 0 = bit by bit.
func (s *suite) same(what string, got, want []float64, rel float64) {
	if len(got) != len(want) {
		s.fatalf("%s: %d predictions, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Abs(got[i]-want[i]) > rel*(1+math.Abs(want[i])) || rel == 0 && got[i] != want[i] {
			s.fatalf("%s: prediction %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// refused: an error of the project, and neither a model nor a panic.
func (s *suite) refused(what string, f model.Fitted, err error) {
	var e *sadi.Error
	switch {
	case err == nil:
		s.errorf("%s is accepted", what)
	case f != nil:
		s.errorf("%s gives both a model and the error %v", what, err)
	case !errors.As(err, &e):
		s.errorf("%s gives %T, want *sadi.Error: %v", what, err, err)
	}
}
