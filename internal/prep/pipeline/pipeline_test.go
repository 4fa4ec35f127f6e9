package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/prep/preptest"
	"sadi/internal/rng"
	"sadi/internal/table"
)

var ctx = context.Background()

const tableRows = 500

// forms runs a test for every form of input.
func forms(t *testing.T, test func(t *testing.T, in dataset.Input)) {
	for in := range dataset.Input(dataset.Inputs) {
		t.Run(in.String(), func(t *testing.T) { test(t, in) })
	}
}

// fitted fits the mixed table on two thirds of its rows.
func fitted(t *testing.T, tab *table.Table, y dataset.Target, columns []string, in dataset.Input, pool *par.Pool) (*Pipeline, *dataset.Matrix, []int) {
	t.Helper()
	rows := preptest.Every(tab.Rows, 3)
	p, m, err := Fit(ctx, tab, rows, y.Take(rows), nil, Options{Input: in, Columns: columns, Stream: rng.New(1), Pool: pool})
	if err != nil {
		t.Fatal(err)
	}
	return p, m, rows
}

func encode(p *Pipeline) []byte {
	var w codec.Writer
	p.Encode(&w)
	return w.Bytes()
}

func transform(t *testing.T, p *Pipeline, tab *table.Table, rows []int) *dataset.Matrix {
	t.Helper()
	m, err := p.Transform(ctx, tab, rows)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sameMatrix compares features and values.
func sameMatrix(t *testing.T, what string, got, want *dataset.Matrix) {
	t.Helper()
	if got.Rows != want.Rows || !slices.Equal(got.Features, want.Features) {
		t.Fatalf("%s: %d rows of %v, want %d of %v", what, got.Rows, got.Features, want.Rows, want.Features)
	}
	for j := range want.Cols {
		if !equal(got.Cols[j], want.Cols[j]) {
			t.Errorf("%s: feature %q differs", what, want.Features[j].Name)
		}
	}
}

func TestMatrixIsWhatTheFormPromises(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		tab, y, columns := preptest.Mixed(tableRows)
		p, m, rows := fitted(t, tab, y, columns, in, nil)
		for what, m := range map[string]*dataset.Matrix{"fit": m, "all": transform(t, p, tab, nil), "some": transform(t, p, tab, []int{7, 3, 3})} {
			if len(m.Cols) != len(m.Features) || len(m.Cols) != len(p.Features()) {
				t.Fatalf("%s: %d columns of %d features", what, len(m.Cols), len(m.Features))
			}
			names := map[string]bool{}
			for j, f := range m.Features {
				if names[f.Name] || f.Name == "" || !slices.Contains(columns, f.Source) {
					t.Errorf("%s: feature %q of %q", what, f.Name, f.Source)
				}
				names[f.Name] = true
				if len(m.Cols[j]) != m.Rows {
					t.Fatalf("%s: %q has %d rows of %d", what, f.Name, len(m.Cols[j]), m.Rows)
				}
				if f.Levels > maxCodes || in != dataset.Trees && f.Levels > 0 {
					t.Errorf("%q has %d levels", f.Name, f.Levels)
				}
				for _, v := range m.Cols[j] {
					if math.IsInf(float64(v), 0) || v != v && in.Complete() || f.Levels > 0 && v == v && (v < 0 || v >= float32(f.Levels)) {
						t.Fatalf("%s: %q has the value %g", what, f.Name, v)
					}
				}
			}
		}
		if m.Rows != len(rows) {
			t.Errorf("%d rows, fitted on %d", m.Rows, len(rows))
		}
	})
}

// Each form and column: the features that are expected, in short.
func TestPlan(t *testing.T) {
	tab, y, columns := preptest.Mixed(tableRows)
	made := map[string]int{}
	forms(t, func(t *testing.T, in dataset.Input) {
		_, m, _ := fitted(t, tab, y, columns, in, nil)
		for _, f := range m.Features {
			made[fmt.Sprintf("%s %s", in, f.Source)]++
		}
	})
	for key, want := range map[string]int{
		"trees normal": 1, "trees holes": 1, "trees constant": 0, "trees copy": 0, "trees nothing": 0, "trees id": 0,
		"trees smoker": 1, "trees color": 1, "trees town": 1, "trees street": 1 + 3 + 1, "trees note": 5 + 16,
		"encoded smoker": 1, "encoded color": 3, "encoded size": 4 + 1, "encoded town": 3 + 1, "encoded street": 3 + 1,
		"dense normal": 1, "dense skewed": 2, "dense holes": 2, "dense smoker": 2, "dense color": 3, "dense town": 20, "dense street": 3 + 1,
		"dense when": 1 + 8 + 1, "dense member": 1, "dense copy": 0, "dense note": 4 + 16, // shares of capitals and signs are proportional
	} {
		if made[key] != want {
			t.Errorf("%s: %d features, want %d", key, made[key], want)
		}
	}
}

// Names stay unique where a column is called like the feature of another, and codes stay within a byte.
func TestNamesAndCodes(t *testing.T) {
	const n = 1200
	words, clash := make([]string, n), make([]float64, n)
	for i := range n {
		words[i], clash[i] = fmt.Sprintf("%c", 'a'+i%4), float64(i)
	}
	many := make([]string, n)
	for i := range many {
		many[i] = fmt.Sprint(i % 400)
	}
	tab := &table.Table{Rows: n, Cols: []*table.Column{{Name: "w=b", Kind: table.Number, Nums: clash},
		preptest.WordsOf("w", table.Category, words), preptest.WordsOf("many", table.Category, many)}}
	y := dataset.Target{Problem: sadi.RegressionValue, Y: clash}
	_, m, _ := fitted(t, tab, y, []string{"w=b", "w"}, dataset.Dense, nil)
	var names []string
	for _, f := range m.Features {
		names = append(names, f.Name)
	}
	if want := []string{"w=b", "w=a", "w=b (2)", "w=c", "w=d"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	_, m, _ = fitted(t, tab, y, []string{"many"}, dataset.Trees, nil)
	if got := m.Features[0].Levels; got != maxCodes {
		t.Errorf("%d levels of 400 have codes, want %d", got, maxCodes)
	}
}

func TestFitMatrixIsTransform(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		tab, y, columns := preptest.Mixed(tableRows)
		p, m, rows := fitted(t, tab, y, columns, in, nil)
		again := transform(t, p, tab, rows)
		outOfFold := 0
		for j, f := range m.Features {
			if !equal(m.Cols[j], again.Cols[j]) {
				outOfFold++
				if c := tab.Column(f.Source); c.Kind != table.Category || len(c.Levels) <= maxIndicators {
					t.Errorf("%q differs between Fit and Transform", f.Name)
				}
			}
		}
		if outOfFold == 0 {
			t.Error("no feature is out-of-fold")
		}
	})
}

// No row but those fitted on may matter: all others are poisoned, and the codes of words change with it.
func TestFitReadsNoOtherRow(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		tab, y, columns := preptest.Mixed(tableRows)
		p, m, rows := fitted(t, tab, y, columns, in, nil)
		inFit := make([]bool, tab.Rows)
		for _, r := range rows {
			inFit[r] = true
		}
		for _, poison := range []float64{math.NaN(), 1e9} {
			bad := &table.Table{Rows: tab.Rows}
			for _, c := range tab.Cols {
				d := *c
				if c.Kind.Numeric() {
					d.Nums = slices.Clone(c.Nums)
				}
				words := make([]string, tab.Rows)
				for i := range tab.Rows {
					switch {
					case c.Kind.Numeric() && !inFit[i]:
						d.Nums[i] = poison
					case !c.Kind.Numeric() && !inFit[i] && c.Kind != table.Boolean:
						words[i] = fmt.Sprintf("A poison %d", i)
					case !c.Kind.Numeric() && inFit[i]:
						words[i] = c.Label(i)
					}
				}
				if !c.Kind.Numeric() {
					d = *preptest.WordsOf(c.Name, c.Kind, words)
				}
				bad.Cols = append(bad.Cols, &d)
			}
			bad.Rows = tab.Rows
			q, n, _ := fitted(t, bad, y, columns, in, nil)
			sameMatrix(t, "poisoned", n, m)
			if !bytes.Equal(encode(q), encode(p)) {
				t.Error("the fitted pipeline depends on rows outside the fit set")
			}
		}
	})
}

func TestInputIsUnchanged(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		tab, y, columns := preptest.Mixed(tableRows)
		p, m, _ := fitted(t, tab, y, columns, in, nil)
		transform(t, p, tab, nil)
		fresh, freshY, _ := preptest.Mixed(tableRows)
		_, again, _ := fitted(t, fresh, freshY, columns, in, nil)
		for i, c := range tab.Cols {
			d := fresh.Cols[i]
			if !slices.Equal(c.Codes, d.Codes) || !slices.Equal(c.Levels, d.Levels) ||
				!slices.EqualFunc(c.Nums, d.Nums, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Errorf("column %q has changed", c.Name)
			}
		}
		sameMatrix(t, "fresh", again, m)
	})
}

// Columns are found by name, words by their text, whatever else the table holds.
func TestOtherTables(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		tab, y, columns := preptest.Mixed(tableRows)
		p, _, _ := fitted(t, tab, y, columns, in, nil)
		want := transform(t, p, tab, nil)
		other := &table.Table{Rows: tab.Rows, Cols: []*table.Column{{Name: "further", Kind: table.Number, Nums: make([]float64, tab.Rows)}}}
		for _, c := range slices.Backward(tab.Cols) {
			d := *c
			if c.Kind == table.Category {
				d.Levels = append([]string{"0 unseen", "1 unseen"}, c.Levels...)
				d.Codes = slices.Clone(c.Codes)
				for i, code := range d.Codes {
					if code >= 0 {
						d.Codes[i] += 2
					}
				}
			}
			other.Cols = append(other.Cols, &d)
		}
		sameMatrix(t, "other table", transform(t, p, other, nil), want)

		some := []int{499, 0, 17, 17}
		part := transform(t, p, tab, some)
		for j := range want.Cols {
			for i, r := range some {
				if !same(part.Cols[j][i], want.Cols[j][r]) {
					t.Fatalf("feature %q, row %d: %g alone, %g among all", want.Features[j].Name, r, part.Cols[j][i], want.Cols[j][r])
				}
			}
		}
		if none := transform(t, p, tab, []int{}); none.Rows != 0 {
			t.Errorf("no rows give %d", none.Rows)
		}
	})
}

func TestColumnsThatDoNotFit(t *testing.T) {
	tab, y, columns := preptest.Mixed(tableRows)
	p, _, _ := fitted(t, tab, y, columns, dataset.Trees, nil)
	change := func(name string, to *table.Column) *table.Table {
		other := &table.Table{Rows: tab.Rows}
		for _, c := range tab.Cols {
			if c.Name != name {
				other.Cols = append(other.Cols, c)
			} else if to != nil {
				d := *to
				d.Name = name
				other.Cols = append(other.Cols, &d)
			}
		}
		return other
	}
	words := make([]string, tab.Rows)
	empty := preptest.WordsOf("", table.Category, words)
	words[3] = "word"
	for _, c := range []struct {
		what string
		tab  *table.Table
		code sadi.Code
	}{
		{"missing", change("holes", nil), sadi.SchemaMismatch},
		{"words for numbers", change("holes", preptest.WordsOf("", table.Category, words)), sadi.SchemaMismatch},
		{"numbers for words", change("color", &table.Column{Kind: table.Number, Nums: make([]float64, tab.Rows)}), sadi.SchemaMismatch},
		{"dates for numbers", change("holes", &table.Column{Kind: table.DateTime, Nums: make([]float64, tab.Rows)}), sadi.SchemaMismatch},
		{"integers for numbers", change("holes", &table.Column{Kind: table.Integer, Nums: make([]float64, tab.Rows)}), ""},
		{"nothing for numbers", change("holes", empty), ""},
		{"nothing for words", change("color", tab.Column("nothing")), ""},
		{"nothing for dates", change("when", empty), ""},
		{"one without features", change("constant", nil), ""},
	} {
		_, err := p.Transform(ctx, c.tab, nil)
		if got := sadi.CodeOf(err); got != c.code {
			t.Errorf("%s: code %q (%v), want %q", c.what, got, err, c.code)
		}
		if e := (*sadi.Error)(nil); c.code != "" && (!errors.As(err, &e) || e.Where == "" || e.Hint == "") {
			t.Errorf("%s: the error %v has no place or no advice", c.what, err)
		}
	}
	if _, _, err := Fit(ctx, tab, []int{1}, y.Take([]int{1}), nil, Options{Columns: []string{"no such"}}); sadi.CodeOf(err) != sadi.NotFound {
		t.Errorf("an unknown column: %v", err)
	}
	if _, _, err := Fit(ctx, tab, []int{1, 2}, y.Take([]int{1}), nil, Options{}); sadi.CodeOf(err) != sadi.Internal {
		t.Errorf("too few targets: %v", err)
	}
}

func TestWidthOfThePoolDecidesNothing(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		const n = blockRows + 500 // more than one block
		tab, y, columns := preptest.Mixed(n)
		columns = slices.DeleteFunc(columns, func(name string) bool { return name == "note" || name == "id" }) // for time's sake
		p, m, _ := fitted(t, tab, y, columns, in, nil)
		want := transform(t, p, tab, nil)
		for _, width := range []int{1, 2, 8} {
			q, mq, _ := fitted(t, tab, y, columns, in, par.New(width))
			if !bytes.Equal(encode(q), encode(p)) {
				t.Errorf("width %d: another pipeline", width)
			}
			sameMatrix(t, "fit", mq, m)
			sameMatrix(t, "transform", transform(t, q, tab, nil), want)
			sameMatrix(t, "with", transform(t, q.With(nil), tab, nil), want)
		}
	})
}

// The targets decide only the statistics of targets, and the streams only their parts and the axes of texts.
func TestTargetAndStream(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		tab, y, columns := preptest.Mixed(tableRows)
		rows := preptest.Every(tab.Rows, 3)
		_, m, _ := fitted(t, tab, y, columns, in, nil)
		_, other, err := Fit(ctx, tab, rows, y.Take(rows), nil, Options{Input: in, Columns: columns, Stream: rng.New(2)})
		if err != nil {
			t.Fatal(err)
		}
		changed := false
		for j, f := range m.Features {
			if c := tab.Column(f.Source); !equal(m.Cols[j], other.Cols[j]) {
				changed = changed || c.Kind == table.Category
				if c.Kind != table.Category && c.Kind != table.Text {
					t.Errorf("the stream changes %q", f.Name)
				}
			}
		}
		if !changed {
			t.Error("the stream does not change the out-of-fold parts")
		}
	})
}

func TestDegenerateTables(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		nan := math.NaN()
		tab := &table.Table{Rows: 3, Cols: []*table.Column{
			{Name: "same", Kind: table.Number, Nums: []float64{1, 1, 1}},
			{Name: "none", Kind: table.DateTime, Nums: []float64{nan, nan, nan}},
			preptest.WordsOf("word", table.Category, []string{"a", "a", "a"}),
		}}
		y := dataset.Target{Problem: sadi.RegressionValue, Y: []float64{1, 2, 3}}
		for _, rows := range [][]int{{0, 1, 2}, {1}, {}} {
			p, m, err := Fit(ctx, tab, rows, y.Take(rows), nil, Options{Input: in, Columns: []string{"same", "none", "word"}})
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Cols) != 1 || m.Features[0].Name != constantFeature || m.Rows != len(rows) {
				t.Errorf("%d rows: features %v of %d rows", len(rows), m.Features, m.Rows)
			}
			if q, err := Decode(codec.NewReader(encode(p))); err != nil || transform(t, q, tab, nil).Rows != 3 {
				t.Errorf("%d rows: a pipeline without columns does not come back: %v", len(rows), err)
			}
			for _, s := range p.Describe() {
				if len(s.Dropped) == 0 {
					t.Errorf("column %q is dropped without a reason", s.Column)
				}
			}
		}
		// One row of everything, and weights.
		mixed, target, columns := preptest.Mixed(5)
		for _, rows := range [][]int{{2}, {0, 4}} {
			if _, _, err := Fit(ctx, mixed, rows, target.Take(rows), make([]float64, len(rows)), Options{Input: in, Columns: columns}); err != nil {
				t.Error(err)
			}
		}
	})
}

// Where distances are measured, a skewed number has two forms and counts as much as a number with one.
func TestTwoFormsCountAsOneInDistances(t *testing.T) {
	tab, y, _ := preptest.Mixed(tableRows)
	for in, want := range map[dataset.Input]float64{dataset.Dense: 2, dataset.Distances: 1} {
		_, m, _ := fitted(t, tab, y, []string{"skewed"}, in, nil)
		if len(m.Cols) != 2 {
			t.Fatalf("%s: %d columns", in, len(m.Cols))
		}
		var variance float64
		for _, col := range m.Cols {
			for _, v := range col {
				variance += float64(v) * float64(v) / float64(len(col))
			}
		}
		if variance > 1.01*want || variance < 0.7*want { // the clip takes some
			t.Errorf("%s: variance %g, want %g", in, variance, want)
		}
	}
}

func TestFitEndsWithItsContext(t *testing.T) {
	tab, y, columns := preptest.Mixed(tableRows)
	why := errors.New("enough")
	stopped, stop := context.WithCancelCause(ctx)
	stop(why)
	rows := preptest.Every(tab.Rows, 3)
	if _, _, err := Fit(stopped, tab, rows, y.Take(rows), nil, Options{Columns: columns}); !errors.Is(err, why) {
		t.Errorf("Fit: got %v, want the cause", err)
	}
	p, _, _ := fitted(t, tab, y, columns, dataset.Dense, nil)
	if _, err := p.Transform(stopped, tab, nil); !errors.Is(err, why) {
		t.Errorf("Transform: got %v, want the cause", err)
	}
}
