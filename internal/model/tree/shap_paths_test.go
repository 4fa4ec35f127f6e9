package tree

import (
	"context"
	"math"
	"testing"

	"sadi/internal/dataset"
)

// TestLongPaths: more than 64 features on a path, which are more bits than a word has.
func TestLongPaths(t *testing.T) {
	const d = 90
	var drafts []Draft
	for j := range int32(d) {
		drafts = append(drafts, Draft{Feature: j, Left: 2*j + 1, Right: 2*j + 2, Threshold: 0.5, Cover: float32(d + 1 - j)},
			Draft{Feature: -1, Values: []float32{float32(j)}, Cover: 1})
	}
	drafts = append(drafts, Draft{Feature: -1, Values: []float32{1000}, Cover: 1})
	tr, err := Assemble(drafts, d, 1)
	if err != nil {
		t.Fatal(err)
	}
	e := Ensemble{Features: d, Outputs: 1, Width: 1, Base: []float64{3}, Trees: []Tree{tr}}
	x := &dataset.Matrix{Rows: 3, Features: make([]dataset.Feature, d)}
	for j := range d {
		first := float32(0)
		if j < 80 {
			first = 1
		}
		x.Cols = append(x.Cols, []float32{first, 1, float32(j % 2)})
	}
	want := make([]float64, 3)
	e.Sum(want, x)
	for _, against := range []*dataset.Matrix{nil, x} {
		got := make([]float64, 3*(d+1))
		if err := e.contributions(context.Background(), got, x, against, nil); err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			sum := 0.0
			for _, v := range got[i*(d+1):][:d+1] {
				sum += v
			}
			if !(math.Abs(sum-w) < 1e-9) {
				t.Errorf("row %d: the contributions add up to %v, want %v", i, sum, w)
			}
		}
	}
}

func TestLegendre(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for degree := range 2 * n {
			sum := 0.0
			for _, q := range legendre(n) {
				sum += q.weight * math.Pow(q.at, float64(degree))
			}
			if want := 1 / float64(degree+1); math.Abs(sum-want) > 1e-14 {
				t.Errorf("%d points, degree %d: got %v, want %v", n, degree, sum, want)
			}
		}
	}
}
