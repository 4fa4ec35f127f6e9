package onehot_test

import (
	"context"
	"math"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/onehot"
	"sadi/internal/prep/ordinal"
	"sadi/internal/prep/preptest"
)

func options() preptest.Options {
	return preptest.Options{Decode: onehot.Decode, NeverNaN: true, Samples: map[string]*prep.Sample{
		"three": preptest.Codes([]string{"a", "b", "c"}, 0, 1, 2, 1, math.NaN()),
		"two":   preptest.Codes([]string{"a", "b"}, 0, 1, 1),
		"one":   preptest.Codes([]string{"a"}, 0, 0, math.NaN()),
	}}
}

func TestContract(t *testing.T) { preptest.Run(t, onehot.Transformer{}, options()) }

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, onehot.Transformer{}, options()) }

func TestIsOneHotEncoder(t *testing.T) {
	var cases []struct {
		Fit, New, Names []string
		Values          [][]float64
	}
	preptest.Fixture(t, "onehot", &cases)
	for k, c := range cases {
		s := preptest.Words(c.Fit...)
		codes, err := ordinal.Transformer{}.Fit(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		fitted := prep.Columns(1, s.Rows)
		codes.Fitted.Transform(fitted, s.Block)
		l, err := onehot.Transformer{}.Fit(context.Background(),
			&prep.Sample{Block: prep.Block{Rows: s.Rows, Nums: fitted}, Columns: codes.Columns})
		if err != nil {
			t.Fatal(err)
		}
		n := len(c.New)
		in, out := prep.Columns(1, n), prep.Columns(l.Fitted.Width(), n)
		codes.Fitted.Transform(in, preptest.Words(c.New...).Block)
		l.Fitted.Transform(out, prep.Block{Rows: n, Nums: in})
		if len(out) != len(c.Values) {
			t.Fatalf("case %d: %d columns, want %d", k, len(out), len(c.Values))
		}
		for j, name := range c.Names {
			if got := l.Columns[j].Name; got != name {
				t.Errorf("case %d: column %q, want %q", k, got, name)
			}
			for i, want := range c.Values[j] {
				if out[j][i] != want {
					t.Errorf("case %d, column %s, row %d: got %g, want %g", k, name, i, out[j][i], want)
				}
			}
		}
	}
}
