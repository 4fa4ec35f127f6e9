package neighbors

import (
	"fmt"
	"math"
	"testing"

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

func TestReference(t *testing.T) {
	var f fixture
	modeltest.Read(t, "testdata/neighbors.json", &f)
	if len(f.Cases) != 36 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	x := modeltest.Matrix(f.New)
	for _, c := range f.Cases {
		t.Run(fmt.Sprintf("%v classes=%d", c.Values, c.Classes), func(t *testing.T) {
			var m model.Model = Classifier{}
			set := dataset.Set{X: modeltest.Matrix(f.X), Y: modeltest.Classes(f.Class, c.Classes)}
			if c.Classes == 0 {
				m, set.Y = Regressor{}, modeltest.Numbers(f.Y)
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

func predict(t *testing.T, m model.Model, set dataset.Set, given map[string]any, x *dataset.Matrix) []float64 {
	t.Helper()
	return modeltest.Predict(t, modeltest.Fit(t, m, model.Train{Set: set}, given), x)
}

// Votes by hand: rows at 0, 1, 3 and 7, seen from 1.
func TestVotes(t *testing.T) {
	x := modeltest.Matrix([][]float32{{0, 1, 3, 7}})
	numbers := dataset.Set{X: x, Y: modeltest.Numbers([]float64{10, 20, 30, 40})}
	classes := dataset.Set{X: x, Y: modeltest.Classes([]float64{0, 0, 1, 2}, 3)}
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
		got := predict(t, c.m, c.set, c.values, modeltest.Matrix([][]float32{{c.at}}))
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-15*math.Abs(c.want[i]) {
				t.Errorf("%s: got %v, want %v", c.what, got, c.want)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	x := modeltest.Matrix([][]float32{{0, 1, 3, 7}, {1, 0, 0, 1}})
	y := []float64{1, 0, 2, 1}
	var seeds []model.Fitted
	for _, t := range []dataset.Target{modeltest.Numbers(y), modeltest.Classes(y, 2), modeltest.Classes(y, 3)} {
		g := &Fitted{rule: rule{Neighbors: 2, Power: 1}, kind: t.Problem, outputs: t.Outputs(), features: 2}
		g.keep(model.Sample(dataset.Set{X: x, Y: t, Weights: []float64{1, 2, 0, 1}}, 9))
		seeds = append(seeds, g)
	}
	modeltest.FuzzDecode(f, []model.Model{Regressor{}}, seeds...) // which decodes as the classifier does
}
