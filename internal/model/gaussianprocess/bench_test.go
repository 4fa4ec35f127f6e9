package gaussianprocess

import (
	"context"
	"fmt"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

func BenchmarkFit(b *testing.B) {
	for _, s := range []struct{ n, d, k int }{{250, 10, 0}, {500, 30, 0}, {1000, 30, 0}, {2000, 30, 0}, {500, 30, 2}, {1000, 30, 2}, {2000, 30, 2}} {
		r := rng.New(3).Child("made").Rand()
		x := &dataset.Matrix{Rows: s.n}
		y := dataset.Target{Problem: sadi.RegressionValue, Y: make([]float64, s.n)}
		for j := range s.d {
			col := make([]float32, s.n)
			for i := range col {
				col[i] = float32(rng.Normal(r))
				if j < 4 {
					y.Y[i] += float64(col[i]) * float64(col[i]+float32(j)-2) / 2
				}
			}
			x.Cols, x.Features = append(x.Cols, col), append(x.Features, dataset.Feature{Name: fmt.Sprint(j)})
		}
		var m model.Model = Regressor{}
		for i := range y.Y {
			y.Y[i] += rng.Normal(r) / 2
			if s.k == 2 {
				m, y.Problem, y.Classes = Classifier{}, sadi.Binary, 2
				if y.Y[i] = min(max(y.Y[i]/1e-9, 0), 1); y.Y[i] != 1 {
					y.Y[i] = 0
				}
			}
		}
		b.Run(fmt.Sprintf("n=%d/d=%d/k=%d", s.n, s.d, s.k), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Fit(context.Background(), model.Train{Set: dataset.Set{X: x, Y: y}}, m.Params().Defaults()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
