package textngram

import (
	"context"
	"math"
	"slices"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

func options() preptest.Options {
	o := preptest.Options{Decode: Decode, NeverNaN: true, Samples: preptest.Columns(table.Text)}
	o.Samples["empty"] = preptest.Words("!", "?", "")
	o.Samples["odd"] = preptest.Words("\xff a b", "世界 a b", "a", "b", "", "ÄÖ ab b")
	return o
}

func TestContract(t *testing.T) { preptest.Run(t, Transformer{}, options()) }

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, Transformer{}, options()) }

func TestIsTfidfAndSVD(t *testing.T) {
	var c struct {
		Texts     []string
		Terms     int
		Singular  []float64
		Projected [][]float64
	}
	preptest.Fixture(t, "textngram", &c)
	s := preptest.Words(c.Texts...)
	l, err := Transformer{}.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	f := l.Fitted.(*Fitted)
	if len(f.terms) != c.Terms {
		t.Fatalf("%d terms, want %d", len(f.terms), c.Terms)
	}
	if f.width != 16 {
		t.Fatalf("%d topics, want 16 for %d rows", f.width, s.Rows)
	}
	dst := prep.Columns(f.width, s.Rows)
	f.Transform(dst, s.Block)
	for i, row := range c.Projected {
		for j, want := range row {
			if got := math.Abs(dst[j][i]); !preptest.Close(got, want, 1e-8) {
				t.Errorf("text %d, topic %d: got %g, want %g", i, j, got, want)
			}
		}
	}
	for j, want := range c.Singular {
		var ss float64
		for _, v := range dst[j] {
			ss += v * v
		}
		if got := math.Sqrt(ss); !preptest.Close(got, want, 1e-8) {
			t.Errorf("singular value %d: got %g, want %g", j, got, want)
		}
	}
}

// With fewer axes than the matrix has, the sampled ones catch nearly as much as the best ones; all axes are exact, as
// TestIsTfidfAndSVD shows.
func TestSampledAxesAreNearlyTheBest(t *testing.T) {
	s := preptest.Columns(table.Text)["note"]
	docs := documents(s)
	f := newVocabulary(docs)
	a := f.matrix(docs)
	const k = 8
	_, sampled, err := truncatedSVD(context.Background(), a, k, s.Stream)
	if err != nil {
		t.Fatal(err)
	}
	_, exact, err := truncatedSVD(context.Background(), a, a.cols, s.Stream)
	if err != nil {
		t.Fatal(err)
	}
	if a.cols < 3*k || len(sampled) != k {
		t.Fatalf("%d of %d axes", len(sampled), a.cols)
	}
	for j, v := range sampled {
		if v > exact[j]*(1+1e-12) || v < 0.995*exact[j] {
			t.Errorf("singular value %d: got %g, want %g", j, v, exact[j])
		}
	}
}

func TestTerms(t *testing.T) {
	count := func(text string) map[int32]int {
		m := map[int32]int{}
		countTerms(text, m)
		return m
	}
	same := func(a, b string) bool {
		x, y := count(a), count(b)
		if len(x) != len(y) {
			return false
		}
		for term, n := range x {
			if y[term] != n {
				return false
			}
		}
		return true
	}
	if !same("El perro ladra", "  EL-perro,LADRA!") {
		t.Error("case and punctuation make a difference")
	}
	if same("perro muerde hombre", "hombre muerde perro") {
		t.Error("the order of words makes no difference")
	}
	if got := len(count("uno dos tres")); got != 5 {
		t.Errorf("%d terms, want 3 words and 2 pairs", got)
	}
}

// The eigenvalues of [[2,1],[1,2]] are 3 and 1, of the identity all 1.
func TestEigen(t *testing.T) {
	a := dense{2, 2, []float64{2, 1, 1, 2}}
	vectors, values := eigen(a)
	if !preptest.Close(values[0], 3, 1e-14) || !preptest.Close(values[1], 1, 1e-14) {
		t.Errorf("got %v, want 3 and 1", values)
	}
	if v := math.Abs(vectors.at(0, 0)); !preptest.Close(v, math.Sqrt(.5), 1e-14) || vectors.at(0, 0) != vectors.at(1, 0) {
		t.Errorf("got %v", vectors)
	}
	if _, values = eigen(dense{2, 2, []float64{1, 0, 0, 1}}); !slices.Equal(values, []float64{1, 1}) {
		t.Errorf("got %v, want 1 and 1", values)
	}
}
