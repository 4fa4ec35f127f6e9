package naivebayes

import (
	"fmt"
	"math"
	"testing"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	modeltest.Run(t, Model{}, modeltest.Opts{})
}

func TestReference(t *testing.T) {
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
	modeltest.Read(t, "testdata/naivebayes.json", &f)
	if len(f.Cases) != 16 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	for _, c := range f.Cases {
		t.Run(fmt.Sprintf("%v classes=%d weighted=%v", c.Values, c.Classes, c.Weighted), func(t *testing.T) {
			train := model.Train{Set: dataset.Set{X: modeltest.Matrix(f.X), Y: modeltest.Classes(f.Y, c.Classes)}}
			if c.Weighted {
				train.Weights = f.Weights
			}
			p := modeltest.Predict(t, modeltest.Fit(t, Model{}, train, c.Values), modeltest.Matrix(f.New))
			for i, want := range c.Prediction {
				if math.Abs(p[i]-want) > 1e-6 { // ε is that of the weighted variance here
					t.Fatalf("probability %d is %v, want %v", i, p[i], want)
				}
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	x := modeltest.Matrix([][]float32{{0, 1, 3, 7}, {1, 0, 0, 1}})
	var seeds []model.Fitted
	for k := 2; k <= 3; k++ {
		set := dataset.Set{X: x, Y: modeltest.Classes([]float64{1, 0, 2, 1}, k)}
		seeds = append(seeds, modeltest.Fit(f, Model{}, model.Train{Set: set}, nil))
	}
	modeltest.FuzzDecode(f, []model.Model{Model{}}, seeds...)
}
