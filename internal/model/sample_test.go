package model

import (
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
)

// The sample is regular in the order of the target: every class by its share.
func TestSample(t *testing.T) {
	s := dataset.Set{X: &dataset.Matrix{Rows: 100, Features: make([]dataset.Feature, 1), Cols: [][]float32{make([]float32, 100)}}, Y: dataset.Target{Y: make([]float64, 100)}, Weights: make([]float64, 100)}
	for i := range 100 {
		s.X.Cols[0][i], s.Y.Y[i], s.Weights[i] = float32(i), float64(i*i%10/3), 1
	}
	s.Weights[7] = 0
	few := Sample(s, 20)
	var all, some [4]float64
	for _, y := range s.Y.Y {
		all[int(y)]++
	}
	last := float32(-1)
	for i, y := range few.Y.Y {
		some[int(y)]++
		if x := few.X.Cols[0][i]; x <= last || x == 7 || s.Y.Y[int(x)] != y {
			t.Errorf("row %v comes after %v with the target %v", x, last, y)
		} else {
			last = x
		}
	}
	for c := range all {
		if math.Abs(some[c]-all[c]/5) > 1 {
			t.Errorf("of %v rows of class %d come %v", all[c], c, some[c])
		}
	}
	if whole := Sample(s, 1000); len(whole.Y.Y) != 99 {
		t.Errorf("%d rows, want all 99 that weigh something", len(whole.Y.Y))
	}
}

// A class that is too rare for its share keeps a row as long as there are rows enough.
func TestSampleKeepsClasses(t *testing.T) {
	const n = 300
	s := dataset.Set{X: &dataset.Matrix{Rows: n, Features: make([]dataset.Feature, 1), Cols: [][]float32{make([]float32, n)}},
		Y: dataset.Target{Problem: sadi.Multiclass, Classes: 5, Y: make([]float64, n)}}
	for i := range s.Y.Y {
		s.Y.Y[i] = 3
	}
	s.Y.Y[7], s.Y.Y[100], s.Y.Y[200], s.Y.Y[201] = 0, 4, 1, 1
	for most, want := range map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 10: 4, 299: 4, 300: 4, 0: 4} {
		few := Sample(s, most)
		classes := map[float64]bool{}
		for _, y := range few.Y.Y {
			classes[y] = true
		}
		rows := most
		if most == 0 {
			rows = n
		}
		if len(few.Y.Y) != rows || few.X.Rows != rows || len(classes) != want {
			t.Errorf("at most %d: %d rows of %d classes, want %d classes", most, len(few.Y.Y), len(classes), want)
		}
	}
}
