package explain

import (
	"context"
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/par"
)

// sum is a model of two outputs: the sum of its features, and twice that. Its expected outputs are 10 and 20, and the
// contribution of a feature is its value.
type sum struct{ model.Fitted }

func (sum) Outputs() int   { return 2 }
func (sum) OnMargin() bool { return true }
func (sum) Terms() int     { return 1 }

func (sum) Contributions(_ context.Context, dst []float64, x, _ *dataset.Matrix, _ *par.Pool) error {
	d := len(x.Cols)
	for i := range x.Rows {
		for out := range 2 {
			row := dst[(i*2+out)*(d+1):][:d+1]
			for j := range d {
				row[j] = float64(x.Cols[j][i]) * float64(out+1)
			}
			row[d] = float64(10 * (out + 1))
		}
	}
	return nil
}

// prepared are two rows of three features, two of which are made of the column "when" and make up for one another.
func prepared() Prepared {
	x := &dataset.Matrix{Rows: 2, Features: []dataset.Feature{{Name: "when.year", Source: "when"}, {Name: "age", Source: "age"}, {Name: "when.month", Source: "when"}}}
	x.Cols = [][]float32{{3, -2}, {-1, 1}, {-3, 1}}
	return Prepared{sum{}, x}
}

func TestByColumn(t *testing.T) {
	columns := []string{"age", "unused", "when"}
	got, err := ByColumn(context.Background(), prepared(), columns, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{-1, 0, 0, 10, -2, 0, 0, 20, 1, 0, -1, 10, 2, 0, -2, 20}
	for i, w := range want {
		if got[i] != w {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if _, err := ByColumn(context.Background(), prepared(), []string{"age"}, nil); sadi.CodeOf(err) != sadi.Internal {
		t.Errorf("a feature of no column: got %v", err)
	}
}

func TestContributions(t *testing.T) {
	other := prepared()
	other.X.Cols[0][0] = 6 // "when" adds 3 and 6 to the first row
	got, err := Contributions(context.Background(), []Prepared{prepared(), other}, []string{"age", "unused", "when"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Contribution{{"when", (0.75 + 3) / 2}, {"age", 1.5}, {"unused", 0}}
	for i, w := range want {
		if got[i].Column != w.Column || math.Abs(got[i].Mean-w.Mean) > 1e-12 {
			t.Errorf("place %d is %+v, want %+v", i, got[i], w)
		}
	}
}
