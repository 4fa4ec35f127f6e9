// Package targetencode replaces a level of a category by what is known of the target where it occurs.
//
// Notation: l a level, n_l the weight of its rows, ȳ_l their mean of the target, ȳ the mean over all rows.
//
//	s_l = (n_l·ȳ_l + m·ȳ) / (n_l + m)
//
// after Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes" (SIGKDD Explorations 3(1),
// 2001). m is not a constant but the ratio of the variance within levels to the variance between them, estimated as in
// Bühlmann and Straub's credibility theory (1970): the noisier the target and the more alike the levels, the more
// evidence a level needs.
package targetencode

import (
	"context"
	"fmt"
	"math"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer makes of a column of codes 0..K-1 the smoothed mean of the target (regression), the smoothed share of
// class 1 (binary) or of every class (multiclass with at most MaxClasses classes; more get none), and the frequency of
// the level. NaN and codes out of range get the mean over all rows and frequency 0.
//
// The values of the fitted rows are out-of-fold: the sums of a level leave out the part (prep.Sample.Parts) to which the
// row belongs. ȳ and m are those of all rows, so that levels seen in one part only all get the same value; a prior for
// each part would let the part's own mean be read from it. For the same reason a column of one level makes no column:
// its out-of-fold values would differ by nothing but the means of the parts.
type Transformer struct{}

// MaxClasses is the largest number of classes that get a column each.
const MaxClasses = 10

// m stays in [minSmooth, maxSmooth]: a level of one row is never taken at its word, a level of thousands never ignored.
const minSmooth, maxSmooth = 1, 300

// Fitted knows the statistics of every level.
type Fitted struct {
	prior  []float64   // T means over all rows
	smooth [][]float64 // T × K smoothed statistics
	share  []float64   // K frequencies
}

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// outputs is T, the number of statistics: numbers to average for each level.
func outputs(s *prep.Sample) int {
	switch t := s.Target; {
	case len(t.Y) != s.Rows:
		return 0
	case t.Problem != sadi.Multiclass:
		return 1
	case t.Classes <= MaxClasses:
		return t.Classes
	}
	return 0
}

// Fit sums the target by level and part.
func (Transformer) Fit(ctx context.Context, s *prep.Sample) (prep.Learned, error) {
	c, codes := s.Columns[0], s.Nums[0]
	t := outputs(s)
	f := &Fitted{share: shares(codes, c), prior: make([]float64, t), smooth: make([][]float64, t)}
	if alike(codes) {
		return prep.Learned{Fitted: f}, nil
	}
	values := prep.Columns(t+1, s.Rows)
	var columns []prep.Column
	words := "frequency"
	for k := range t {
		if err := context.Cause(ctx); err != nil {
			return prep.Learned{}, err
		}
		y := func(i int) float64 { return s.Target.Y[i] }
		name := c.Name + " target mean"
		if s.Target.Problem.IsClassification() {
			class := max(k, 2-t) // class 1 of two, else k
			y = func(i int) float64 {
				if s.Target.Y[i] == float64(class) {
					return 1
				}
				return 0
			}
			name = fmt.Sprintf("%s share of class %d", c.Name, class)
		}
		m := newMoments(s, c.Levels, y)
		f.prior[k] = m.mean()
		f.smooth[k] = m.smoothed()
		m.outOfFold(values[k], s)
		columns = append(columns, prep.Number(name, c.Source))
		words = fmt.Sprintf("smoothed target statistics (out-of-fold, m = %.3g) and frequency", m.ratio())
	}
	f.frequency(values[t], codes)
	columns = append(columns, prep.Number(c.Name+" frequency", c.Source))
	return prep.Learned{Fitted: f, Columns: columns, Values: values, Words: words}, nil
}

func alike(codes []float64) bool {
	for _, v := range codes {
		if v != codes[0] && !(math.IsNaN(v) && math.IsNaN(codes[0])) {
			return false
		}
	}
	return true
}

// shares is the frequency of a level among all rows; of the rare levels that share a code, their mean frequency.
func shares(codes []float64, c prep.Column) []float64 {
	share := make([]float64, c.Levels)
	for _, v := range codes {
		if !math.IsNaN(v) {
			share[int(v)]++
		}
	}
	for l := range share {
		if l == c.Other && c.Merged > 1 {
			share[l] /= float64(c.Merged)
		}
		share[l] /= float64(len(codes))
	}
	return share
}

// Kind is "targetencode".
func (*Fitted) Kind() string { return "targetencode" }

// Takes is 1.
func (*Fitted) Takes() int { return 1 }

// Width is the number of statistics and the frequency.
func (f *Fitted) Width() int { return len(f.smooth) + 1 }

// Transform looks the level up.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for k, smooth := range f.smooth {
		for i, v := range in.Nums[0] {
			dst[k][i] = f.prior[k]
			if v >= 0 && v < float64(len(smooth)) { // false for NaN
				dst[k][i] = smooth[int(v)]
			}
		}
	}
	f.frequency(dst[len(f.smooth)], in.Nums[0])
}

func (f *Fitted) frequency(dst, codes []float64) {
	for i, v := range codes {
		dst[i] = 0
		if v >= 0 && v < float64(len(f.share)) {
			dst[i] = f.share[int(v)]
		}
	}
}

// Encode writes the statistics.
func (f *Fitted) Encode(w *codec.Writer) {
	w.F64s(f.prior)
	for _, smooth := range f.smooth {
		w.F64s(smooth)
	}
	w.F64s(f.share)
}

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{prior: r.F64s()}
	prep.Finite(r, f.prior...)
	f.smooth = make([][]float64, len(f.prior))
	for k := range f.smooth {
		f.smooth[k] = r.F64s()
		prep.Finite(r, f.smooth[k]...)
	}
	f.share = r.F64s()
	prep.Finite(r, f.share...)
	return f
}
