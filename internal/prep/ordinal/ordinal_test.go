package ordinal_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/ordinal"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

func options() preptest.Options {
	o := preptest.Options{Decode: ordinal.Decode, Samples: preptest.Columns(table.Category)}
	o.Samples["few"] = preptest.Words("b", "a", "", "a", "c")
	return o
}

func TestContract(t *testing.T) {
	for _, tr := range []ordinal.Transformer{{}, {MinCount: 2, MaxLevels: 10}, {MinCount: 2, Missing: true, UnseenIsRare: true}} {
		t.Run(fmt.Sprintf("%+v", tr), func(t *testing.T) { preptest.Run(t, tr, options()) })
	}
}

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, ordinal.Transformer{MinCount: 2}, options()) }

func TestCodes(t *testing.T) {
	nan := math.NaN()
	fit := []string{"b", "a", "", "b", "a", "b", "rare", "once"}
	see := []string{"a", "b", "rare", "never", ""}
	for _, c := range []struct {
		name   string
		tr     ordinal.Transformer
		labels []string
		want   []float64
	}{
		{"all", ordinal.Transformer{}, []string{"a", "b", "once", "rare"}, []float64{0, 1, 3, nan, nan}},
		{"rare together", ordinal.Transformer{MinCount: 2}, []string{"a", "b", "(other)"}, []float64{0, 1, 2, nan, nan}},
		{"unseen is rare", ordinal.Transformer{MinCount: 2, UnseenIsRare: true}, []string{"a", "b", "(other)"}, []float64{0, 1, 2, 2, nan}},
		{"no rare one", ordinal.Transformer{UnseenIsRare: true}, []string{"a", "b", "once", "rare"}, []float64{0, 1, 3, nan, nan}},
		{"missing", ordinal.Transformer{MinCount: 2, Missing: true}, []string{"a", "b", "(other)", "(missing)"}, []float64{0, 1, 2, nan, 3}},
		{"bounded", ordinal.Transformer{MaxLevels: 2}, []string{"b", "(other)"}, []float64{1, 0, 1, nan, nan}},
		{"bounded with missing", ordinal.Transformer{MaxLevels: 4, Missing: true}, []string{"a", "b", "(other)", "(missing)"}, []float64{0, 1, 2, nan, 3}},
		{"bound reached", ordinal.Transformer{MaxLevels: 4}, []string{"a", "b", "once", "rare"}, []float64{0, 1, 3, nan, nan}},
	} {
		l, err := c.tr.Fit(context.Background(), preptest.Words(fit...))
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Columns[0].Labels; !slices.Equal(got, c.labels) {
			t.Errorf("%s: labels %q, want %q", c.name, got, c.labels)
		}
		dst := prep.Columns(1, len(see))
		l.Fitted.Transform(dst, preptest.Words(see...).Block)
		for i, want := range c.want {
			if got := dst[0][i]; got != want && !(got != got && want != want) {
				t.Errorf("%s: %q is %g, want %g", c.name, see[i], got, want)
			}
		}
	}
}

// Of equally frequent levels beyond the bound, those with the larger word are rare.
func TestTiesGoToTheSmallerWord(t *testing.T) {
	l, err := ordinal.Transformer{MaxLevels: 3}.Fit(context.Background(), preptest.Words("d", "c", "b", "a"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := l.Columns[0].Labels, []string{"a", "b", "(other)"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
