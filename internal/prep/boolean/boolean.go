// Package boolean turns yes and no into numbers.
package boolean

import (
	"context"
	"math"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer makes a number of a truth value: 0 and 1 with NaN for missing, or, when Signed, −1 and +1 with 0 for
// missing and, if values were missing where it was fitted, a second column that is 1 where the value is missing.
type Transformer struct{ Signed bool }

// Fitted knows the words by which the values were written.
type Fitted struct {
	no, yes   string
	signed    bool
	indicator bool
}

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit keeps the words and whether one was missing.
func (t Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	f := &Fitted{no: s.Words.Levels[0], yes: s.Words.Levels[1], signed: t.Signed}
	words := "0 for " + f.no + ", 1 for " + f.yes
	columns := s.Columns[:1:1]
	if t.Signed {
		words = "-1 for " + f.no + ", 1 for " + f.yes + ", 0 for missing"
		if _, missing := s.Words.Count(); missing > 0 {
			f.indicator = true
			columns = append(columns, prep.Number(columns[0].Name+" is missing", columns[0].Source))
		}
	}
	return prep.Learned{Fitted: f, Columns: columns, Words: words}, nil
}

// Kind is "boolean".
func (*Fitted) Kind() string { return "boolean" }

// Takes is 0: words.
func (*Fitted) Takes() int { return 0 }

// Width is 1, or 2 with the indicator.
func (f *Fitted) Width() int {
	if f.indicator {
		return 2
	}
	return 1
}

// Transform goes by the words; words for false and true that it does not know go by their meaning.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	value := [3]float64{0, 1, math.NaN()} // no, yes, missing
	if f.signed {
		value = [3]float64{-1, 1, 0}
	}
	place := func(code int32) int {
		switch word := in.Words.Levels[code]; {
		case word == f.no:
			return 0
		case word == f.yes:
			return 1
		case in.Words.Boolean:
			return int(code)
		}
		return 2
	}
	for i, code := range in.Words.Codes {
		p := 2
		if code >= 0 {
			p = place(code)
		}
		dst[0][i] = value[p]
		if f.indicator {
			dst[1][i] = 0
			if p == 2 {
				dst[1][i] = 1
			}
		}
	}
}

// Encode writes the words and the form.
func (f *Fitted) Encode(w *codec.Writer) {
	w.String(f.no)
	w.String(f.yes)
	w.Bool(f.signed)
	w.Bool(f.indicator)
}

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	return &Fitted{no: r.String(), yes: r.String(), signed: r.Bool(), indicator: r.Bool()}
}
