// Package preptest holds every transformer to the contract of package prep.
package preptest

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/prep"
	"sadi/internal/rng"
)

// Options are what a transformer is tested with.
type Options struct {
	Decode prep.Decoder
	// Samples are what it takes, by name. Nil = NumberSamples, CodeSamples or WordSamples are not chosen for it: give one.
	Samples map[string]*prep.Sample
	// Infinite allows ±Inf among what it makes of finite numbers (a later step of its chain bounds them).
	Infinite bool
	// NeverNaN demands numbers for missing and unseen values too.
	NeverNaN bool
}

// Run checks a transformer on every sample.
func Run(t *testing.T, tr prep.Transformer, opt Options) {
	t.Helper()
	if len(opt.Samples) == 0 || opt.Decode == nil {
		t.Fatal("preptest: no sample or no decoder")
	}
	names := make([]string, 0, len(opt.Samples))
	for name := range opt.Samples {
		names = append(names, name)
	}
	slices.Sort(names)
	made := false
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			c := &check{tr: tr, opt: opt, s: opt.Samples[name]}
			if c.fit(t) {
				made = true
				t.Run("columns", c.columns)
				t.Run("fit twice", c.twice)
				t.Run("keeps nothing", c.keepsNothing)
				t.Run("row by row", c.rowByRow)
				t.Run("levels of another table", c.otherLevels)
				t.Run("unseen", c.unseen)
				t.Run("round trip", c.roundTrip)
				t.Run("damaged", c.damaged)
			}
		})
	}
	if !made {
		t.Error("the transformer made no column of any sample")
	}
}

type check struct {
	tr      prep.Transformer
	opt     Options
	s       *prep.Sample
	learned prep.Learned
}

// fit fits on the sample and reports whether there is something to check further.
func (c *check) fit(t *testing.T) bool {
	before := digest(c.s)
	l, err := c.tr.Fit(context.Background(), c.s)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(digest(c.s), before) {
		t.Error("Fit changes its sample")
	}
	c.learned = l
	return len(l.Columns) > 0
}

func encoded(f prep.Fitted) []byte {
	var w codec.Writer
	f.Encode(&w)
	return w.Bytes()
}

func apply(f prep.Fitted, in prep.Block) [][]float64 {
	dst := prep.Columns(f.Width(), in.Rows)
	for _, col := range dst { // Transform must write every place
		for i := range col {
			col[i] = 12345.678
		}
	}
	f.Transform(dst, in)
	return dst
}

func (c *check) columns(t *testing.T) {
	f := c.learned.Fitted
	if f.Kind() == "" || c.learned.Words == "" {
		t.Errorf("kind %q, words %q", f.Kind(), c.learned.Words)
	}
	if f.Width() != len(c.learned.Columns) {
		t.Fatalf("width %d, %d columns", f.Width(), len(c.learned.Columns))
	}
	takes := len(c.s.Nums)
	if f.Takes() != takes {
		t.Errorf("takes %d columns, was fitted on %d", f.Takes(), takes)
	}
	seen := map[string]bool{}
	for _, col := range c.learned.Columns {
		if col.Name == "" || seen[col.Name] || col.Source != c.s.Columns[0].Source {
			t.Errorf("column %q of source %q", col.Name, col.Source)
		}
		if len(col.Labels) != col.Levels {
			t.Errorf("column %q has %d levels and %d labels", col.Name, col.Levels, len(col.Labels))
		}
		seen[col.Name] = true
	}
	before := digest(c.s)
	out := apply(f, c.s.Block)
	if !bytes.Equal(digest(c.s), before) {
		t.Error("Transform changes what it is given")
	}
	c.values(t, out)
	if v := c.learned.Values; v != nil {
		if len(v) != f.Width() || len(v[0]) != c.s.Rows {
			t.Fatalf("values for %d columns", len(v))
		}
		c.values(t, v)
	}
}

// values checks that numbers are what they may be.
func (c *check) values(t *testing.T, out [][]float64) {
	t.Helper()
	for j, col := range out {
		for i, v := range col {
			bad := math.IsInf(v, 0) && !c.opt.Infinite || math.IsNaN(v) && c.opt.NeverNaN
			if levels := c.learned.Columns[j].Levels; levels > 0 && !math.IsNaN(v) {
				bad = bad || v != math.Trunc(v) || v < 0 || v >= float64(levels)
			}
			if bad {
				t.Fatalf("column %q, row %d: %g", c.learned.Columns[j].Name, i, v)
			}
		}
	}
}

func (c *check) twice(t *testing.T) {
	l, err := c.tr.Fit(context.Background(), c.s)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded(l.Fitted), encoded(c.learned.Fitted)) || !equal(l.Values, c.learned.Values) {
		t.Error("two fits on one sample differ")
	}
}

func (c *check) keepsNothing(t *testing.T) {
	s := clone(c.s)
	l, err := c.tr.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	want, out := encoded(l.Fitted), apply(l.Fitted, c.s.Block)
	for _, col := range s.Nums {
		for i := range col {
			col[i] = -77
		}
	}
	if s.Words != nil {
		for i := range s.Words.Levels {
			s.Words.Levels[i] = "changed"
		}
	}
	for i := range s.Target.Y {
		s.Target.Y[i] = -77
	}
	if !bytes.Equal(encoded(l.Fitted), want) || !equal(apply(l.Fitted, c.s.Block), out) {
		t.Error("the fitted transformer changes when its sample does")
	}
}

func (c *check) rowByRow(t *testing.T) {
	want := apply(c.learned.Fitted, c.s.Block)
	for i := range min(c.s.Rows, 50) {
		one := apply(c.learned.Fitted, rows(c.s.Block, []int{i}))
		for j := range want {
			if !same(one[j][0], want[j][i]) {
				t.Fatalf("column %d, row %d: %g alone, %g among others", j, i, one[j][0], want[j][i])
			}
		}
	}
	if none := apply(c.learned.Fitted, rows(c.s.Block, nil)); len(none) != len(want) || len(none[0]) != 0 {
		t.Error("no rows do not give no rows")
	}
}

// otherLevels gives the same words under other codes, among words that do not occur.
func (c *check) otherLevels(t *testing.T) {
	if c.s.Words == nil {
		t.Skip("it takes numbers")
	}
	s := clone(c.s)
	n := len(s.Words.Levels)
	if !s.Words.Boolean {
		s.Words.Levels = make([]string, 2*n)
		for k, word := range c.s.Words.Levels {
			s.Words.Levels[2*(n-1-k)] = word
			s.Words.Levels[2*k+1] = fmt.Sprintf("not there %d", k)
		}
		for i, code := range c.s.Words.Codes {
			if code >= 0 {
				s.Words.Codes[i] = 2 * (int32(n) - 1 - code)
			}
		}
	}
	if !equal(apply(c.learned.Fitted, s.Block), apply(c.learned.Fitted, c.s.Block)) {
		t.Error("the words of another table are not recognised")
	}
	l, err := c.tr.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded(l.Fitted), encoded(c.learned.Fitted)) {
		t.Error("what is learned depends on words that do not occur, or on codes")
	}
}

// unseen gives values that did not occur where the transformer was fitted.
func (c *check) unseen(t *testing.T) {
	var b prep.Block
	if c.s.Words != nil {
		levels := []string{"", "\xff\xfe", "never seen before", "ÄÖÜ 世界 9"}
		if c.s.Words.Boolean {
			levels = []string{"nope", "yep"}
		}
		b = prep.Block{Words: &prep.Words{Levels: levels, Boolean: c.s.Words.Boolean}}
		for k := range levels {
			b.Words.Codes = append(b.Words.Codes, int32(k))
		}
		b.Words.Codes = append(b.Words.Codes, prep.Missing)
		b.Rows = len(b.Words.Codes)
	} else {
		extremes := []float64{math.NaN(), 0, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e15, -1e15, 0.5, 1e9 + 1}
		b.Rows = len(extremes)
		for range c.s.Nums {
			b.Nums = append(b.Nums, extremes)
		}
	}
	c.values(t, apply(c.learned.Fitted, b))
}

func (c *check) roundTrip(t *testing.T) {
	want := encoded(c.learned.Fitted)
	r := codec.NewReader(want)
	f := c.opt.Decode(r)
	if err := r.Done(); err != nil {
		t.Fatal(err)
	}
	if f.Kind() != c.learned.Fitted.Kind() || f.Takes() != c.learned.Fitted.Takes() || f.Width() != c.learned.Fitted.Width() {
		t.Fatalf("%s of %d to %d columns comes back as %s of %d to %d", c.learned.Fitted.Kind(), c.learned.Fitted.Takes(),
			c.learned.Fitted.Width(), f.Kind(), f.Takes(), f.Width())
	}
	if !bytes.Equal(encoded(f), want) {
		t.Error("the bytes differ after a round trip")
	}
	if !equal(apply(f, c.s.Block), apply(c.learned.Fitted, c.s.Block)) {
		t.Error("the values differ after a round trip")
	}
}

// damaged cuts and bends the bytes: an error or a transformer that works, never a panic.
func (c *check) damaged(t *testing.T) {
	whole := encoded(c.learned.Fitted)
	step := max(len(whole)/400, 1)
	for n := 0; n < len(whole); n += step {
		r := codec.NewReader(whole[:n])
		c.opt.Decode(r)
		if sadi.CodeOf(r.Done()) != sadi.Corrupt {
			t.Fatalf("%d of %d bytes are taken for the whole", n, len(whole))
		}
		bent := slices.Clone(whole)
		bent[n] ^= 1 << (n % 8)
		r = codec.NewReader(bent)
		f := c.opt.Decode(r)
		if r.Done() == nil && f.Takes() == len(c.s.Nums) && f.Width() <= prep.MaxWidth {
			apply(f, rows(c.s.Block, []int{0, c.s.Rows - 1}))
		}
	}
}

// target is a two-class target for n rows.
func target(n int) dataset.Target {
	y := dataset.Target{Problem: sadi.Binary, Classes: 2, Y: make([]float64, n)}
	for i := range y.Y {
		y.Y[i] = float64(i * i / 3 % 2)
	}
	return y
}

// complete gives a sample what all samples have.
func complete(s prep.Sample) *prep.Sample {
	s.Target = target(s.Rows)
	s.Parts = make([]uint8, s.Rows)
	for i := range s.Parts {
		s.Parts[i] = uint8(i * 7 % prep.Folds)
	}
	s.Stream = rng.New(3)
	return &s
}
