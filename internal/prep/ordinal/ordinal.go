// Package ordinal gives the levels of a category numbers, rare ones a common number.
package ordinal

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer turns words into codes 0..K-1: the kept levels in the order of their bytes, then one code for all others
// that were seen, then one for missing if Missing asks for it and values were missing. Words never seen, and missing ones
// without a code of their own, become NaN.
type Transformer struct {
	MinCount  int // levels seen in fewer rows are rare; 0 counts as 1
	MaxLevels int // most codes in all; beyond it the least frequent are rare (ties: the larger word); 0 = no bound
	// Missing gives missing values a level of their own, if there are any.
	Missing bool
	// UnseenIsRare gives words never seen the code of the rare levels, if there is one: they are what a rare level is.
	UnseenIsRare bool
}

// Labels of the codes that are not levels of the table.
const (
	OtherLabel   = "(other)"
	MissingLabel = "(missing)"
)

// Fitted knows the kept levels.
type Fitted struct {
	levels       []string
	index        map[string]int32
	other        bool // code len(levels) stands for the rare levels
	missing      bool // the last code stands for missing
	unseenIsRare bool
	rare         map[string]struct{}
}

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit counts the levels.
func (t Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	counts, missing := s.Words.Count()
	f := &Fitted{missing: t.Missing && missing > 0, unseenIsRare: t.UnseenIsRare}
	type level struct {
		word string
		n    int
	}
	var seen, rare []level
	for code, n := range counts {
		switch {
		case n >= max(t.MinCount, 1):
			seen = append(seen, level{s.Words.Levels[code], n})
		case n > 0:
			rare = append(rare, level{s.Words.Levels[code], n})
		}
	}
	slices.SortFunc(seen, func(a, b level) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.word, b.word)) })
	if t.MaxLevels > 0 {
		room := t.MaxLevels
		if f.missing {
			room--
		}
		if len(rare) > 0 || len(seen) > room {
			room--
		}
		if room = max(room, 0); len(seen) > room {
			seen, rare = seen[:room], append(rare, seen[room:]...)
		}
	}
	for _, l := range seen {
		f.levels = append(f.levels, l.word)
	}
	slices.Sort(f.levels)
	f.index = prep.Index(f.levels)
	f.other = len(rare) > 0
	if f.other && !f.unseenIsRare {
		f.rare = make(map[string]struct{}, len(rare))
		for _, l := range rare {
			f.rare[l.word] = struct{}{}
		}
	}
	return prep.Learned{Fitted: f, Columns: []prep.Column{f.column(s.Columns[0], len(rare))}, Words: f.words(len(rare))}, nil
}

func (f *Fitted) column(c prep.Column, rare int) prep.Column {
	c.Labels, c.Other, c.Merged = slices.Clone(f.levels), -1, rare
	if f.other {
		c.Other = len(c.Labels)
		c.Labels = append(c.Labels, OtherLabel)
	}
	if f.missing {
		c.Labels = append(c.Labels, MissingLabel)
	}
	c.Levels = len(c.Labels)
	return c
}

func (f *Fitted) words(rare int) string {
	text := fmt.Sprintf("%d levels", len(f.levels))
	if f.other {
		text += fmt.Sprintf(", %d rare ones as one", rare)
	}
	if f.missing {
		text += ", missing as one"
	}
	return text
}

// Kind is "ordinal".
func (*Fitted) Kind() string { return "ordinal" }

// Takes is 0: words.
func (*Fitted) Takes() int { return 0 }

// Width is 1.
func (*Fitted) Width() int { return 1 }

// Transform looks the words up.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	codes := make([]int32, in.Rows)
	in.Words.Recode(codes, f.index)
	other, missing := math.NaN(), math.NaN()
	next := float64(len(f.levels))
	if f.other {
		other = next
		next++
	}
	if f.missing {
		missing = next
	}
	for i, code := range codes {
		switch {
		case code >= 0:
			dst[0][i] = float64(code)
		case code == prep.Missing:
			dst[0][i] = missing
		case f.unseenIsRare || f.isRare(in.Words.Levels[in.Words.Codes[i]]):
			dst[0][i] = other
		default:
			dst[0][i] = math.NaN()
		}
	}
}

func (f *Fitted) isRare(word string) bool {
	_, ok := f.rare[word]
	return ok
}

// Encode writes the levels, the rare ones where they must be told from unseen ones.
func (f *Fitted) Encode(w *codec.Writer) {
	w.Strings(f.levels)
	w.Bool(f.other)
	w.Bool(f.missing)
	w.Bool(f.unseenIsRare)
	rare := make([]string, 0, len(f.rare))
	for word := range f.rare {
		rare = append(rare, word)
	}
	slices.Sort(rare)
	w.Strings(rare)
}

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{levels: r.Strings(), other: r.Bool(), missing: r.Bool(), unseenIsRare: r.Bool()}
	f.index = prep.Index(f.levels)
	if words := r.Strings(); len(words) > 0 {
		f.rare = make(map[string]struct{}, len(words))
		for _, word := range words {
			f.rare[word] = struct{}{}
		}
	}
	return f
}

// Of gives the levels the codes 0..K-1 in their order; other words become NaN.
func Of(levels []string) *Fitted { return &Fitted{levels: levels, index: prep.Index(levels)} }

// Labels are what the codes stand for.
func (f *Fitted) Labels() []string { return f.column(prep.Column{}, 0).Labels }
