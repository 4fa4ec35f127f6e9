package targetencode_test

import (
	"context"
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/prep"
	"sadi/internal/prep/preptest"
	"sadi/internal/prep/targetencode"
)

func options() preptest.Options {
	var codes []float64
	for i := range 60 {
		codes = append(codes, float64(i*i%4))
	}
	codes[7] = math.NaN()
	three := preptest.Codes([]string{"a", "b", "c", "d"}, codes...)
	three.Target = dataset.Target{Problem: sadi.Multiclass, Classes: 3, Y: make([]float64, 60)}
	for i := range three.Target.Y {
		three.Target.Y[i] = float64(i % 3)
	}
	many := preptest.Codes([]string{"a", "b", "c", "d"}, codes...)
	many.Target = dataset.Target{Problem: sadi.Multiclass, Classes: 20, Y: three.Target.Y}
	return preptest.Options{Decode: targetencode.Decode, NeverNaN: true, Samples: map[string]*prep.Sample{
		"binary": preptest.Codes([]string{"a", "b", "c", "d"}, codes...), "three classes": three, "twenty classes": many,
		"one level": preptest.Codes([]string{"a"}, 0, 0, 0), "no level": preptest.Codes(nil, math.NaN(), math.NaN()),
	}}
}

func TestContract(t *testing.T) { preptest.Run(t, targetencode.Transformer{}, options()) }

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, targetencode.Transformer{}, options()) }

func TestFormulas(t *testing.T) {
	var cases []struct {
		Codes, Y, Weights []float64
		Parts             []int
		Smooth, Frequency []float64
		OutOfFold         []float64 `json:"out_of_fold"`
		Prior             float64
	}
	preptest.Fixture(t, "targetencode", &cases)
	for k, c := range cases {
		s := preptest.Codes(make([]string, len(c.Smooth)), c.Codes...)
		s.Target = dataset.Target{Problem: sadi.RegressionValue, Y: c.Y}
		s.Weights = c.Weights
		for i, p := range c.Parts {
			s.Parts[i] = uint8(p)
		}
		l, err := targetencode.Transformer{}.Fit(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		in := make([]float64, len(c.Smooth)+2)
		for i := range in {
			in[i] = float64(i)
		}
		in[len(in)-1] = math.NaN()
		dst := prep.Columns(2, len(in))
		l.Fitted.Transform(dst, prep.Block{Rows: len(in), Nums: [][]float64{in}})
		for i, want := range append(c.Smooth, c.Prior, c.Prior) {
			if got := dst[0][i]; !preptest.Close(got, want, 1e-9) {
				t.Errorf("case %d, level %g: got %g, want %g", k, in[i], got, want)
			}
		}
		for i, want := range append(c.Frequency, 0, 0) {
			if got := dst[1][i]; !preptest.Close(got, want, 1e-12) {
				t.Errorf("case %d, frequency of level %g: got %g, want %g", k, in[i], got, want)
			}
		}
		for i, want := range c.OutOfFold {
			if got := l.Values[0][i]; !preptest.Close(got, want, 1e-9) {
				t.Errorf("case %d, row %d out of fold: got %g, want %g", k, i, got, want)
			}
		}
	}
}

// A row's own target must not move its own value: changing the targets of one part changes the statistics of its rows
// only through prior and m, which all levels share, so rows of two levels with equal sums elsewhere stay equal.
func TestOutOfFoldHidesTheOwnTarget(t *testing.T) {
	const n = 400
	codes, y := make([]float64, n), make([]float64, n)
	for i := range codes {
		codes[i] = float64(i / 2)       // each level has two rows, both in one part
		y[i] = 0.1 + 0.7*float64(i/2%2) // and they have the same target
	}
	s := preptest.Codes(make([]string, n/2), codes...)
	s.Target = dataset.Target{Problem: sadi.RegressionValue, Y: y}
	s.Weights = make([]float64, n)
	for i := range s.Weights {
		s.Weights[i] = 0.1 * float64(i%7+1)
	}
	for i := range s.Parts {
		s.Parts[i] = uint8(i / 2 * 7 % prep.Folds)
	}
	l, err := targetencode.Transformer{}.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range l.Values[0] {
		if v != l.Values[0][0] {
			t.Fatalf("row %d: %g, row 0: %g: the value betrays the target", i, v, l.Values[0][0])
		}
	}
	dst := prep.Columns(2, n)
	l.Fitted.Transform(dst, s.Block)
	if dst[0][0] >= dst[0][2] {
		t.Error("the statistics of all rows tell nothing")
	}
}
