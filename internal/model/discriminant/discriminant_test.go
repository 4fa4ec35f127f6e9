package discriminant

import (
	"fmt"
	"math"
	"testing"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	t.Run("linear", func(t *testing.T) { modeltest.Run(t, Linear{}, modeltest.Opts{}) })
	t.Run("shrunken", func(t *testing.T) {
		modeltest.Run(t, Linear{}, modeltest.Opts{Values: map[string]any{"shrinkage": "auto"}})
	})
	t.Run("quadratic", func(t *testing.T) { modeltest.Run(t, Quadratic{}, modeltest.Opts{}) })
}

func TestReference(t *testing.T) {
	var f struct {
		X, New     [][]float32
		Y, Weights []float64
		Cases      []struct {
			Model      string
			Classes    int
			Weighted   bool
			Values     map[string]any
			Prediction []float64
		}
	}
	modeltest.Read(t, "testdata/discriminant.json", &f)
	if len(f.Cases) != 40 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	for _, c := range f.Cases {
		t.Run(fmt.Sprintf("%s %v classes=%d weighted=%v", c.Model, c.Values, c.Classes, c.Weighted), func(t *testing.T) {
			var m model.Model = Linear{}
			if c.Model == (Quadratic{}).Name() {
				m = Quadratic{}
			}
			train := model.Train{Set: dataset.Set{X: modeltest.Matrix(f.X), Y: modeltest.Classes(f.Y, c.Classes)}}
			if c.Weighted {
				train.Weights = f.Weights
			}
			p := modeltest.Predict(t, modeltest.Fit(t, m, train, c.Values), modeltest.Matrix(f.New))
			for i, want := range c.Prediction {
				if math.Abs(p[i]-want) > 1e-7 {
					t.Fatalf("probability %d is %v, want %v", i, p[i], want)
				}
			}
		})
	}
}

// A feature that tells the classes apart without exception decides, and one that is constant has no part.
func TestCertainFeature(t *testing.T) {
	x := modeltest.Matrix([][]float32{{0, 0, 0, 1, 1, 1}, {2, 2, 2, 2, 2, 2}, {.1, -.3, .2, -.1, .4, -.2}})
	for _, m := range []model.Model{Linear{}, Quadratic{}} {
		g := modeltest.Fit(t, m, model.Train{Set: dataset.Set{X: x, Y: modeltest.Classes([]float64{0, 0, 0, 1, 1, 1}, 2)}}, nil)
		p := modeltest.Predict(t, g, modeltest.Matrix([][]float32{{0, 1}, {9, -9}, {.4, -.3}}))
		if p[0] > 1e-6 || p[1] < 1-1e-6 {
			t.Errorf("%s: got %v, want 0 and 1", m.Name(), p)
		}
	}
}

func FuzzDecode(f *testing.F) {
	x := modeltest.Matrix([][]float32{{0, 1, 3, 7, 2, 2}, {1, 0, 0, 1, 5, 5}})
	var seeds []model.Fitted
	for k := 2; k <= 4; k++ { // of four classes one has no rows
		set := dataset.Set{X: x, Y: modeltest.Classes([]float64{0, 1, 0, 1, 2, 2}, k)}
		seeds = append(seeds, modeltest.Fit(f, Quadratic{}, model.Train{Set: set}, nil))
	}
	modeltest.FuzzDecode(f, []model.Model{Quadratic{}}, seeds...)
}
