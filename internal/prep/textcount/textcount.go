// Package textcount measures texts: how long, how many words, what kinds of signs.
package textcount

import (
	"context"
	"math"
	"unicode"

	"sadi/internal/codec"
	"sadi/internal/elementary"
	"sadi/internal/prep"
)

// Transformer makes of a text the number of its characters and of its words and the shares of capitals, digits and
// other signs among the characters. Missing is NaN; when Log, counts are log(1 + count) and missing counts as empty.
type Transformer struct{ Log bool }

// names of the columns.
var names = []string{"characters", "words", "capitals", "digits", "signs"}

// Fitted knows the form.
type Fitted struct{ log bool }

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit names the columns; there is nothing to learn.
func (t Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	c := s.Columns[0]
	columns := make([]prep.Column, len(names))
	for j, name := range names {
		columns[j] = prep.Number(c.Name+" "+name, c.Source)
	}
	return prep.Learned{Fitted: &Fitted{t.Log}, Columns: columns, Words: "counts of characters and words, shares of capitals, digits and signs"}, nil
}

// Kind is "textcount".
func (*Fitted) Kind() string { return "textcount" }

// Takes is 0: words.
func (*Fitted) Takes() int { return 0 }

// Width is the number of measures.
func (*Fitted) Width() int { return len(names) }

// Transform measures every text.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for i, code := range in.Words.Codes {
		if code < 0 && !f.log {
			for _, col := range dst {
				col[i] = math.NaN()
			}
			continue
		}
		var m [5]float64
		if code >= 0 {
			m = measure(in.Words.Levels[code])
		}
		if f.log {
			m[0], m[1] = elementary.Log1p(m[0]), elementary.Log1p(m[1])
		}
		for j, v := range m {
			dst[j][i] = v
		}
	}
}

// measure counts in the order of names; a word is a run of letters and digits.
func measure(text string) (m [5]float64) {
	inWord := false
	for _, r := range text {
		m[0]++
		word := unicode.IsLetter(r) || unicode.IsDigit(r)
		if word && !inWord {
			m[1]++
		}
		inWord = word
		switch {
		case unicode.IsUpper(r):
			m[2]++
		case unicode.IsDigit(r):
			m[3]++
		case !word && !unicode.IsSpace(r):
			m[4]++
		}
	}
	if m[0] > 0 {
		for j := 2; j < len(m); j++ {
			m[j] /= m[0]
		}
	}
	return m
}

// Encode writes the form.
func (f *Fitted) Encode(w *codec.Writer) { w.Bool(f.log) }

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted { return &Fitted{r.Bool()} }
