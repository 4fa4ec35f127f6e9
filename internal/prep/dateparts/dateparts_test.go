package dateparts

import (
	"context"
	"math"
	"testing"

	"sadi/internal/prep"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

func options() preptest.Options {
	return preptest.Options{Decode: Decode, Samples: preptest.Columns(table.DateTime)}
}

func TestContract(t *testing.T) {
	t.Run("parts", func(t *testing.T) { preptest.Run(t, Transformer{}, options()) })
	o := options()
	o.NeverNaN = true
	t.Run("cyclic", func(t *testing.T) { preptest.Run(t, Transformer{Cyclic: true}, o) })
}

func FuzzDecode(f *testing.F) { preptest.FuzzDecode(f, Transformer{}, options()) }

func TestIsPandas(t *testing.T) {
	var cases [][]float64
	preptest.Fixture(t, "dateparts", &cases)
	for _, c := range cases {
		m := at(c[0])
		for j, p := range calendar {
			if got, want := p.of(m), c[j+1]; !preptest.Close(got, want, 1e-12) {
				t.Errorf("%.0f s: %s is %g, want %g", c[0], p.name, got, want)
			}
		}
	}
}

func TestOnlyPartsThatVary(t *testing.T) {
	const day = secondsOfDay
	s := preptest.Numbers([]float64{0, day, 3 * day, math.NaN()})
	l, err := Transformer{}.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.days", "a.day", "a.weekday", "a.yearday"}
	if len(l.Columns) != len(want) {
		t.Fatalf("got %v, want %v", l.Columns, want)
	}
	for j, name := range want {
		if l.Columns[j].Name != name {
			t.Errorf("column %d: got %q, want %q", j, l.Columns[j].Name, name)
		}
	}
}

// On the circle of the hours, 23:00 is as near to 00:00 as 01:00 is.
func TestCyclicCloses(t *testing.T) {
	s := preptest.Numbers([]float64{0, 3600, 23 * 3600})
	l, err := Transformer{Cyclic: true}.Fit(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	dst := prep.Columns(l.Fitted.Width(), 3)
	l.Fitted.Transform(dst, s.Block)
	if len(dst) != 2 {
		t.Fatalf("%d columns, want sine and cosine of the hour", len(dst))
	}
	distance := func(i, j int) float64 { return math.Hypot(dst[0][i]-dst[0][j], dst[1][i]-dst[1][j]) }
	if a, b := distance(0, 1), distance(0, 2); math.Abs(a-b) > 1e-12 || a < 0.2 {
		t.Errorf("the distances are %g and %g", a, b)
	}
}
