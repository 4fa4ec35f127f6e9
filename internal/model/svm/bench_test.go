package svm

import (
	"fmt"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/rng"
)

// noisy are n rows of 30 numbers, of two classes that overlap or of a number with noise.
func noisy(n int, p sadi.Problem) dataset.Set {
	r := rng.New(1).Child("bench").Rand()
	cols := make([][]float32, 30)
	for j := range cols {
		cols[j] = make([]float32, n)
		for i := range cols[j] {
			cols[j][i] = float32(rng.Normal(r))
		}
	}
	y := make([]float64, n)
	for i := range y {
		y[i] = float64(float32(cols[0][i]*cols[1][i])+cols[2][i]) + float64(0.7*rng.Normal(r))
		if p == sadi.Binary {
			y[i] = min(1, max(0, float64(int(y[i]+1))))
		}
	}
	t := dataset.Target{Problem: p, Y: y}
	if p == sadi.Binary {
		t.Classes = 2
	}
	return dataset.Set{X: modeltest.Matrix(cols), Y: t}
}

func BenchmarkFit(b *testing.B) {
	for _, m := range []model.Model{Classifier{}, Regressor{}} {
		p := m.Caps().Problems[0]
		for _, n := range []int{1000, 4000, 10000} {
			b.Run(fmt.Sprintf("%s/%d", m.Name(), n), func(b *testing.B) {
				d := noisy(n, p)
				values := m.Params().Defaults()
				for b.Loop() {
					if _, err := m.Fit(b.Context(), model.Train{Set: d, Stream: rng.New(1)}, values); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f, err := Classifier{}.Fit(b.Context(), model.Train{Set: noisy(4000, sadi.Binary), Stream: rng.New(1)}, Classifier{}.Params().Defaults())
			if err != nil {
				b.Fatal(err)
			}
			x := noisy(n, sadi.Binary).X
			dst := make([]float64, n)
			for b.Loop() {
				if err := f.Predict(dst, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
