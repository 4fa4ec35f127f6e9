package discriminant

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

func TestConformance(t *testing.T) {
	t.Run("linear", func(t *testing.T) { modeltest.Run(t, Linear{}, modeltest.Opts{}) })
	t.Run("shrunken", func(t *testing.T) {
		modeltest.Run(t, Linear{}, modeltest.Opts{Values: map[string]any{"shrinkage": "auto"}})
	})
	t.Run("quadratic", func(t *testing.T) { modeltest.Run(t, Quadratic{}, modeltest.Opts{}) })
}

func matrix(cols [][]float32) *dataset.Matrix {
	x := &dataset.Matrix{Rows: len(cols[0]), Cols: cols}
	for j := range cols {
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprintf("x%d", j)})
	}
	return x
}

func target(y []float64, classes int) dataset.Target {
	t := dataset.Target{Problem: sadi.Multiclass, Classes: classes}
	if classes == 2 {
		t.Problem = sadi.Binary
	}
	for _, v := range y {
		t.Y = append(t.Y, min(v, float64(classes-1)))
	}
	return t
}

func fit(t testing.TB, m model.Model, set dataset.Set, given map[string]any) model.Fitted {
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

func TestReference(t *testing.T) {
	text, err := os.ReadFile("testdata/discriminant.json")
	if err != nil {
		t.Fatal(err)
	}
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
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) != 40 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	for _, c := range f.Cases {
		t.Run(fmt.Sprintf("%s %v classes=%d weighted=%v", c.Model, c.Values, c.Classes, c.Weighted), func(t *testing.T) {
			var m model.Model = Linear{}
			if c.Model == (Quadratic{}).Name() {
				m = Quadratic{}
			}
			set := dataset.Set{X: matrix(f.X), Y: target(f.Y, c.Classes)}
			if c.Weighted {
				set.Weights = f.Weights
			}
			g := fit(t, m, set, c.Values)
			p := make([]float64, len(c.Prediction))
			if err := g.Predict(p, matrix(f.New)); err != nil {
				t.Fatal(err)
			}
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
	x := matrix([][]float32{{0, 0, 0, 1, 1, 1}, {2, 2, 2, 2, 2, 2}, {.1, -.3, .2, -.1, .4, -.2}})
	for _, m := range []model.Model{Linear{}, Quadratic{}} {
		g := fit(t, m, dataset.Set{X: x, Y: target([]float64{0, 0, 0, 1, 1, 1}, 2)}, nil)
		p := make([]float64, 2)
		if err := g.Predict(p, matrix([][]float32{{0, 1}, {9, -9}, {.4, -.3}})); err != nil {
			t.Fatal(err)
		}
		if p[0] > 1e-6 || p[1] < 1-1e-6 {
			t.Errorf("%s: got %v, want 0 and 1", m.Name(), p)
		}
	}
}

func FuzzDecode(f *testing.F) {
	x := matrix([][]float32{{0, 1, 3, 7, 2, 2}, {1, 0, 0, 1, 5, 5}})
	for k := 2; k <= 4; k++ { // of four classes one has no rows
		set := dataset.Set{X: x, Y: target([]float64{0, 1, 0, 1, 2, 2}, k)}
		var w codec.Writer
		fit(f, Quadratic{}, set, nil).Encode(&w)
		f.Add(w.Bytes())
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := codec.NewReader(payload)
		g, err := Quadratic{}.Decode(r)
		if err != nil || r.Done() != nil || g.Features() != 2 {
			return
		}
		if err := g.Predict(make([]float64, 6*g.Outputs()), x); err != nil {
			t.Fatal(err)
		}
	})
}
