package boolean_test

import (
	"context"
	"math"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/boolean"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

func options() preptest.Options {
	return preptest.Options{Decode: boolean.Decode, Samples: preptest.Columns(table.Boolean)}
}

func TestContract(t *testing.T) {
	t.Run("plain", func(t *testing.T) { preptest.Run(t, boolean.Transformer{}, options()) })
	o := options()
	o.NeverNaN = true
	t.Run("signed", func(t *testing.T) { preptest.Run(t, boolean.Transformer{Signed: true}, o) })
}

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, boolean.Transformer{Signed: true}, options()) }

// The words decide, wherever they stand; words of another language go by their meaning; a word that is neither is none.
func TestWordsDecide(t *testing.T) {
	tab, _, _ := preptest.Mixed(50)
	l, err := boolean.Transformer{}.Fit(context.Background(), preptest.Column(tab.Column("member"))) // no, yes
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	for _, c := range []struct {
		name  string
		words prep.Words
		want  []float64
	}{
		{"the same", prep.Words{Codes: []int32{0, 1, -1}, Levels: []string{"no", "yes"}, Boolean: true}, []float64{0, 1, nan}},
		{"only one of them", prep.Words{Codes: []int32{0, 0, -1}, Levels: []string{"yes"}}, []float64{1, 1, nan}},
		{"a category", prep.Words{Codes: []int32{0, 1, 2}, Levels: []string{"maybe", "no", "yes"}}, []float64{nan, 0, 1}},
		{"another language", prep.Words{Codes: []int32{0, 1, -1}, Levels: []string{"falso", "verdadero"}, Boolean: true}, []float64{0, 1, nan}},
	} {
		dst := prep.Columns(1, 3)
		l.Fitted.Transform(dst, prep.Block{Rows: 3, Words: &c.words})
		for i, want := range c.want {
			if got := dst[0][i]; got != want && !(got != got && want != want) {
				t.Errorf("%s, row %d: got %g, want %g", c.name, i, got, want)
			}
		}
	}
}
