package naivebayes

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
	modeltest.Run(t, Model{}, modeltest.Opts{})
}

func matrix(cols [][]float32) *dataset.Matrix {
	x := &dataset.Matrix{Rows: len(cols[0]), Cols: cols}
	for j := range cols {
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprintf("x%d", j)})
	}
	return x
}

func TestReference(t *testing.T) {
	text, err := os.ReadFile("testdata/naivebayes.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		X, New     [][]float32
		Y, Weights []float64
		Cases      []struct {
			Classes    int
			Weighted   bool
			Values     map[string]any
			Prediction []float64
		}
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) != 16 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	for _, c := range f.Cases {
		t.Run(fmt.Sprintf("%v classes=%d weighted=%v", c.Values, c.Classes, c.Weighted), func(t *testing.T) {
			set := dataset.Set{X: matrix(f.X), Y: dataset.Target{Problem: sadi.Multiclass, Classes: c.Classes}}
			if c.Classes == 2 {
				set.Y.Problem = sadi.Binary
			}
			for _, y := range f.Y {
				set.Y.Y = append(set.Y.Y, min(y, float64(c.Classes-1)))
			}
			if c.Weighted {
				set.Weights = f.Weights
			}
			values, err := Model{}.Params().Complete(c.Values)
			if err != nil {
				t.Fatal(err)
			}
			g, err := Model{}.Fit(context.Background(), model.Train{Set: set}, values)
			if err != nil {
				t.Fatal(err)
			}
			p := make([]float64, len(c.Prediction))
			if err := g.Predict(p, matrix(f.New)); err != nil {
				t.Fatal(err)
			}
			for i, want := range c.Prediction {
				if math.Abs(p[i]-want) > 1e-6 { // ε is that of the weighted variance here
					t.Fatalf("probability %d is %v, want %v", i, p[i], want)
				}
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	x := matrix([][]float32{{0, 1, 3, 7}, {1, 0, 0, 1}})
	for _, y := range []dataset.Target{{Problem: sadi.Binary, Classes: 2, Y: []float64{1, 0, 0, 1}}, {Problem: sadi.Multiclass, Classes: 3, Y: []float64{1, 0, 2, 1}}} {
		g, err := Model{}.Fit(context.Background(), model.Train{Set: dataset.Set{X: x, Y: y}}, Model{}.Params().Defaults())
		if err != nil {
			f.Fatal(err)
		}
		var w codec.Writer
		g.Encode(&w)
		f.Add(w.Bytes())
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := codec.NewReader(payload)
		g, err := Model{}.Decode(r)
		if err != nil || r.Done() != nil || g.Features() != 2 {
			return
		}
		p := make([]float64, 4*g.Outputs())
		if err := g.Predict(p, x); err != nil {
			t.Fatal(err)
		}
		for _, v := range p {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("predicts %v", v)
			}
		}
	})
}
