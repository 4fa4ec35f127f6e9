package neighbors

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

// A row of weight 2 is one of the neighbours, where two rows are two of them.
var expected = map[string]string{"weights_double": "weights multiply votes, they do not make neighbours"}

func TestConformance(t *testing.T) {
	t.Run("classifier", func(t *testing.T) {
		modeltest.Run(t, Classifier{}, modeltest.Opts{Values: map[string]any{"n_neighbors": 15, "smoothing": 1.0}, XFail: expected})
	})
	t.Run("distance", func(t *testing.T) {
		modeltest.Run(t, Classifier{}, modeltest.Opts{Values: map[string]any{"n_neighbors": 15, "smoothing": 1.0, "weights": "distance", "p": 1}, XFail: expected})
	})
	t.Run("regressor", func(t *testing.T) {
		modeltest.Run(t, Regressor{}, modeltest.Opts{Equivariant: true, XFail: expected})
	})
}

// fixture is what scikit-learn predicts.
type fixture struct {
	X, New [][]float32
	Y      []float64
	Class  []float64
	Cases  []struct {
		Classes    int
		Values     map[string]any
		Prediction []float64
	}
}

func matrix(cols [][]float32) *dataset.Matrix {
	x := &dataset.Matrix{Rows: len(cols[0]), Cols: cols}
	for j := range cols {
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprintf("x%d", j)})
	}
	return x
}

func TestReference(t *testing.T) {
	text, err := os.ReadFile("testdata/neighbors.json")
	if err != nil {
		t.Fatal(err)
	}
	var f fixture
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) != 36 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	x := matrix(f.New)
	for _, c := range f.Cases {
		t.Run(fmt.Sprintf("%v classes=%d", c.Values, c.Classes), func(t *testing.T) {
			var m model.Model = Classifier{}
			set := dataset.Set{X: matrix(f.X), Y: dataset.Target{Problem: sadi.Multiclass, Classes: c.Classes, Y: make([]float64, len(f.Y))}}
			for i, y := range f.Class {
				set.Y.Y[i] = min(y, float64(c.Classes-1))
			}
			switch c.Classes {
			case 0:
				m, set.Y = Regressor{}, dataset.Target{Problem: sadi.RegressionValue, Y: f.Y}
			case 2:
				set.Y.Problem = sadi.Binary
			}
			got := predict(t, m, set, c.Values, x)
			for i, want := range c.Prediction {
				if math.Abs(got[i]-want) > 1e-12*(1+math.Abs(want)) {
					t.Fatalf("prediction %d is %v, want %v", i, got[i], want)
				}
			}
		})
	}
}

func fitted(t *testing.T, m model.Model, set dataset.Set, given map[string]any) model.Fitted {
	t.Helper()
	values, err := m.Params().Complete(given)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Fit(context.Background(), model.Train{Set: set}, values)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func predict(t *testing.T, m model.Model, set dataset.Set, given map[string]any, x *dataset.Matrix) []float64 {
	t.Helper()
	f := fitted(t, m, set, given)
	p := make([]float64, x.Rows*f.Outputs())
	if err := f.Predict(p, x); err != nil {
		t.Fatal(err)
	}
	return p
}

// Votes by hand: rows at 0, 1, 3 and 7, seen from 1.
func TestVotes(t *testing.T) {
	x := matrix([][]float32{{0, 1, 3, 7}})
	numbers := dataset.Set{X: x, Y: dataset.Target{Problem: sadi.RegressionValue, Y: []float64{10, 20, 30, 40}}}
	classes := dataset.Set{X: x, Y: dataset.Target{Problem: sadi.Multiclass, Classes: 3, Y: []float64{0, 0, 1, 2}}}
	weighted := numbers
	weighted.Weights = []float64{3, 1, 1, 0}
	for _, c := range []struct {
		what   string
		m      model.Model
		set    dataset.Set
		values map[string]any
		at     float32
		want   []float64
	}{
		{"two of equal votes", Regressor{}, numbers, map[string]any{"n_neighbors": 2}, 1.6, []float64{25}},
		{"of rows equally far the earlier", Regressor{}, numbers, map[string]any{"n_neighbors": 1}, 2, []float64{20}},
		{"by distance 1, 2 and 5", Regressor{}, numbers, map[string]any{"n_neighbors": 3, "weights": "distance"}, 2, []float64{(20 + 30 + 10/2.) / 2.5}},
		{"a row that is known", Regressor{}, numbers, map[string]any{"n_neighbors": 3, "weights": "distance"}, 1, []float64{20}},
		{"more than there are", Regressor{}, numbers, map[string]any{"n_neighbors": 99}, 1, []float64{25}},
		{"weights multiply", Regressor{}, weighted, map[string]any{"n_neighbors": 2}, 0.5, []float64{12.5}},
		{"no weight, no row", Regressor{}, weighted, map[string]any{"n_neighbors": 1}, 8, []float64{30}},
		{"every other row", Regressor{}, numbers, map[string]any{"n_neighbors": 2, "max_rows": 2}, 0, []float64{30}},
		{"shares", Classifier{}, classes, map[string]any{"n_neighbors": 2}, 2.5, []float64{.5, .5, 0}},
		{"smoothing", Classifier{}, classes, map[string]any{"n_neighbors": 2, "smoothing": 2.0}, 2.5, []float64{2 / 4., 1.5 / 4, .5 / 4}},
	} {
		got := predict(t, c.m, c.set, c.values, matrix([][]float32{{c.at}}))
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-15*math.Abs(c.want[i]) {
				t.Errorf("%s: got %v, want %v", c.what, got, c.want)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	x := matrix([][]float32{{0, 1, 3, 7}, {1, 0, 0, 1}})
	for _, y := range []dataset.Target{
		{Problem: sadi.RegressionValue, Y: []float64{1, 2, 3, 4}},
		{Problem: sadi.Binary, Classes: 2, Y: []float64{1, 0, 0, 1}},
		{Problem: sadi.Multiclass, Classes: 3, Y: []float64{1, 0, 2, 1}},
	} {
		g := &Fitted{rule: rule{Neighbors: 2, Power: 1}, kind: y.Problem, outputs: y.Outputs(), features: 2}
		g.keep(model.Sample(dataset.Set{X: x, Y: y, Weights: []float64{1, 2, 0, 1}}, 9))
		var w codec.Writer
		g.Encode(&w)
		f.Add(w.Bytes())
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := codec.NewReader(payload)
		g, err := decode(r)
		if err != nil || r.Done() != nil || g.Features() != 2 {
			return
		}
		p := make([]float64, 4*g.Outputs())
		if err := g.Predict(p, x); err != nil {
			t.Fatal(err)
		}
		for _, v := range p {
			if v-v != 0 {
				t.Fatalf("predicts %v", v)
			}
		}
	})
}
