package mlp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/rng"
)

// vectorSet is a table whose bits are the same on every processor.
func vectorSet(problem sadi.Problem, n int, stream rng.Stream) dataset.Set {
	r := stream.Rand()
	x := &dataset.Matrix{Rows: n, Features: make([]dataset.Feature, 5), Cols: make([][]float32, 5)}
	y := dataset.Target{Problem: problem, Y: make([]float64, n)}
	switch problem {
	case sadi.Binary:
		y.Classes = 2
	case sadi.Multiclass:
		y.Classes = 3
	}
	for j := range x.Cols {
		x.Features[j].Name = fmt.Sprint("x", j)
		x.Cols[j] = make([]float32, n)
	}
	for i := range n {
		for j := range x.Cols {
			x.Cols[j][i] = float32(rng.Normal(r))
		}
		x.Cols[4][i] = float32(r.IntN(2))
		y.Y[i] = elementary.Cos(3*float64(x.Cols[0][i])) + float64(x.Cols[1][i])
		if y.Classes > 0 {
			y.Y[i] = float64(int(4+y.Y[i]) % y.Classes)
		}
	}
	return dataset.Set{X: x, Y: y}
}

// Models and predictions have these bits on every architecture. Another version of the algorithm may have others; models of
// earlier versions can then no longer be made again.
func TestVectors(t *testing.T) {
	want := map[sadi.Problem]string{
		sadi.Binary:          "1d0d55e0778c3fb9",
		sadi.Multiclass:      "4483c4d5e96a1cf0",
		sadi.RegressionValue: "066e116e3fe062e1",
	}
	for problem, sum := range want {
		valid := vectorSet(problem, 60, rng.New(2))
		set := vectorSet(problem, 200, rng.New(1))
		for i := range set.Y.Y {
			set.Weights = append(set.Weights, 1+0.25*float64(i%3))
		}
		f := fitSample(t, model.Train{Set: set, Valid: &valid, Stream: rng.New(3)}, map[string]any{"n_epochs": 15, "hidden_width": 21})
		h := sha256.New()
		h.Write(modeltest.Encode(f))
		fmt.Fprint(h, modeltest.Predict(t, f, valid.X))
		if got := hex.EncodeToString(h.Sum(nil)[:8]); got != sum {
			t.Errorf("%s: the model is %s, want %s", problem, got, sum)
		}
	}
}
