package missing_test

import (
	"context"
	"math"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/missing"
	"sadi/internal/prep/preptest"
)

func options() preptest.Options {
	return preptest.Options{Decode: missing.Decode, NeverNaN: true,
		Samples: map[string]*prep.Sample{"holes": preptest.Numbers([]float64{1, math.NaN(), 4})}}
}

func TestContract(t *testing.T) { preptest.Run(t, missing.Transformer{}, options()) }

func TestMarks(t *testing.T) {
	s := preptest.Numbers([]float64{1, math.NaN(), 0})
	l, err := missing.Transformer{}.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	dst := [][]float64{{7, 7, 7}}
	l.Fitted.Transform(dst, s.Block)
	for i, want := range []float64{0, 1, 0} {
		if dst[0][i] != want {
			t.Errorf("row %d: got %g, want %g", i, dst[0][i], want)
		}
	}
	if l, _ = (missing.Transformer{}).Fit(context.Background(), preptest.Numbers([]float64{1, 2})); len(l.Columns) != 0 {
		t.Error("a column is made where nothing is missing")
	}
}
