package linear

import (
	"context"
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/rng"
)

// made are n rows of d standard normal features, neighbours correlated, and a target of k classes (0 = a number) from
// a third of them.
func made(n, d, k int) (*dataset.Matrix, dataset.Target) {
	r := rng.New(9).Child("made").Rand()
	x := &dataset.Matrix{Rows: n}
	score := make([]float64, n)
	for j := range d {
		col := make([]float32, n)
		for i := range col {
			col[i] = float32(r.NormFloat64())
			if j > 0 && j%2 == 1 {
				col[i] = 0.8*x.Cols[j-1][i] + 0.6*col[i]
			}
			if j%3 == 0 {
				score[i] += float64(col[i]) * math.Cos(float64(j)) / 2
			}
		}
		x.Cols = append(x.Cols, col)
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprint("x", j)})
	}
	t := dataset.Target{Problem: sadi.RegressionValue, Y: score, Classes: k}
	for i := range score {
		score[i] += r.NormFloat64()
		if k > 0 {
			t.Problem = sadi.Multiclass
			score[i] = min(max(math.Floor(score[i]/2+float64(k)/2), 0), float64(k-1))
		}
	}
	if k == 2 {
		t.Problem = sadi.Binary
	}
	return x, t
}

var sizes = []struct{ n, d, k int }{{10_000, 30, 2}, {50_000, 100, 2}, {50_000, 100, 5}, {1_000_000, 28, 2}}

func BenchmarkLogistic(b *testing.B) {
	for _, s := range sizes {
		for _, ratio := range []float64{0, 1} {
			b.Run(fmt.Sprintf("n=%d/d=%d/k=%d/l1=%v", s.n, s.d, s.k, ratio), func(b *testing.B) {
				x, t := made(s.n, s.d, s.k)
				for b.Loop() {
					x := &dataset.Matrix{Rows: x.Rows, Features: x.Features, Cols: x.Cols}
					d, err := NewDesign(context.Background(), nil, x, nil, true)
					if err != nil {
						b.Fatal(err)
					}
					l := Logistic{C: 1, Ratio: ratio, Intercept: true, Tol: 1e-6, MaxIter: 300}
					if _, err := l.Solve(context.Background(), d, t); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRegression(b *testing.B) {
	for _, s := range sizes {
		x, t := made(s.n, s.d, 0)
		for name, ratio := range map[string]float64{"ridge": 0, "lasso": 1} {
			b.Run(fmt.Sprintf("n=%d/d=%d/%s", s.n, s.d, name), func(b *testing.B) {
				for b.Loop() {
					x := &dataset.Matrix{Rows: x.Rows, Features: x.Features, Cols: x.Cols}
					d, err := NewDesign(context.Background(), nil, x, nil, true)
					if err != nil {
						b.Fatal(err)
					}
					e := ElasticNet{Alpha: 0.003, Ratio: ratio, Tol: 1e-6, MaxIter: 2000}
					if _, err := e.Solve(context.Background(), d, d.NewResponse(t.Y)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
