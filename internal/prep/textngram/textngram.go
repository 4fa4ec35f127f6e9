// Package textngram turns texts into a few numbers that say what they are about.
//
// Words and pairs of neighbouring words are hashed (Weinberger et al., "Feature hashing for large scale multitask
// learning", ICML 2009), weighted by tf-idf, and reduced by a truncated singular value decomposition: latent semantic
// analysis (Deerwester et al., 1990).
package textngram

import (
	"context"
	"fmt"
	"math"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer makes up to MaxWidth columns of a text, half as many when it is fitted on fewer than 2,000 rows. A missing
// text is an empty one: all 0.
type Transformer struct {
	MaxWidth int // 0 = 32
}

const (
	maxRows    = 10_000    // rows to learn from, spread evenly over the fitted ones,
	maxBytes   = 4_000_000 // with about so much text
	smallRows  = 2_000
	maxTerms   = 4_096 // terms kept: those in most texts
	oversample = 10
)

// Fitted knows the kept terms, their weights and the axes.
type Fitted struct {
	terms []int32   // hashes, ascending
	idf   []float64 // of each term
	axes  []float64 // terms × width, row-major
	width int
	place map[int32]int32
}

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit chooses terms and axes.
func (t Transformer) Fit(ctx context.Context, s *prep.Sample) (prep.Learned, error) {
	width := t.MaxWidth
	if width == 0 {
		width = 32
	}
	if s.Rows < smallRows {
		width /= 2
	}
	docs := documents(s)
	f := newVocabulary(docs)
	if len(f.terms) < 2 {
		return prep.Learned{Fitted: f}, nil
	}
	a := f.matrix(docs)
	width = min(width, len(f.terms)-1, len(docs)-1)
	axes, values, err := truncatedSVD(ctx, a, width, s.Stream)
	if err != nil {
		return prep.Learned{}, err
	}
	f.width = len(values)
	f.axes = axes
	c := s.Columns[0]
	columns := make([]prep.Column, f.width)
	for j := range columns {
		columns[j] = prep.Number(fmt.Sprintf("%s topic %d", c.Name, j+1), c.Source)
	}
	return prep.Learned{Fitted: f, Columns: columns,
		Words: fmt.Sprintf("tf-idf of %d words and pairs of words in %d topics", len(f.terms), f.width)}, nil
}

// documents are the counts of terms in the rows to learn from.
func documents(s *prep.Sample) []map[int32]int {
	bytes := 0
	for _, code := range s.Words.Codes {
		if code >= 0 {
			bytes += min(len(s.Words.Levels[code]), maxText)
		}
	}
	step := max((s.Rows+maxRows-1)/maxRows, bytes/maxBytes, 1)
	var docs []map[int32]int
	for i := 0; i < s.Rows; i += step {
		doc := map[int32]int{}
		if code := s.Words.Codes[i]; code >= 0 {
			countTerms(s.Words.Levels[code], doc)
		}
		docs = append(docs, doc)
	}
	return docs
}

// Kind is "textngram".
func (*Fitted) Kind() string { return "textngram" }

// Takes is 0: words.
func (*Fitted) Takes() int { return 0 }

// Width is the number of axes.
func (f *Fitted) Width() int { return f.width }

// Transform weighs the terms of every text and projects it on the axes.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	doc := map[int32]int{}
	sum := make([]float64, f.width)
	for i, code := range in.Words.Codes {
		clear(sum)
		if code >= 0 {
			clear(doc)
			countTerms(in.Words.Levels[code], doc)
			for _, e := range f.weigh(doc) {
				for j, v := range f.axes[int(e.term)*f.width : (int(e.term)+1)*f.width] {
					sum[j] += float64(e.weight * v)
				}
			}
		}
		for j, v := range sum {
			dst[j][i] = v
		}
	}
}

// Encode writes terms, weights and axes.
func (f *Fitted) Encode(w *codec.Writer) {
	w.I32s(f.terms)
	w.F64s(f.idf)
	w.Int(f.width)
	w.F64s(f.axes)
}

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{terms: r.I32s(), idf: r.F64s(), width: r.Int(), axes: r.F64s()}
	prep.Finite(r, f.idf...)
	prep.Finite(r, f.axes...)
	if len(f.idf) != len(f.terms) || f.width < 0 || f.width > prep.MaxWidth || len(f.axes) != f.width*len(f.terms) {
		r.Fail("%d terms have %d weights and %d numbers in %d topics", len(f.terms), len(f.idf), len(f.axes), f.width)
		return &Fitted{}
	}
	f.place = places(f.terms)
	for _, v := range f.idf {
		if math.Abs(v) > 1e6 {
			r.Fail("a term has the weight %g", v)
		}
	}
	return f
}
