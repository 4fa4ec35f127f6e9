package textcount_test

import (
	"context"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/preptest"
	"sadi/internal/prep/textcount"
	"sadi/internal/table"
)

func options() preptest.Options {
	o := preptest.Options{Decode: textcount.Decode, Samples: preptest.Columns(table.Text, table.Category)}
	o.Samples["odd"] = preptest.Words("\xff\xfe\x00", " ", "", "ÄÖ 世界!")
	return o
}

func TestContract(t *testing.T) {
	t.Run("plain", func(t *testing.T) { preptest.Run(t, textcount.Transformer{}, options()) })
	o := options()
	o.NeverNaN = true
	t.Run("log", func(t *testing.T) { preptest.Run(t, textcount.Transformer{Log: true}, o) })
}

func TestMeasures(t *testing.T) {
	s := preptest.Words("Él vive en A2, ¿no?")
	l, err := textcount.Transformer{}.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	dst := prep.Columns(5, 1)
	l.Fitted.Transform(dst, s.Block)
	for j, want := range []float64{19, 5, 2. / 19, 1. / 19, 3. / 19} {
		if dst[j][0] != want {
			t.Errorf("%s: got %g, want %g", l.Columns[j].Name, dst[j][0], want)
		}
	}
}
