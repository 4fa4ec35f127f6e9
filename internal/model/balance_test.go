package model

import (
	"math"
	"slices"
	"testing"

	"sadi/internal/dataset"
)

// scikit-learn: compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 2]) is [0.5, 2, 2]. Classes without
// a row do not count.
func TestBalance(t *testing.T) {
	y := dataset.Target{Y: []float64{0, 0, 0, 0, 1, 2}, Classes: 4}
	if got, want := Balance(y, nil, 1), []float64{0.5, 0.5, 0.5, 0.5, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	weights := []float64{1, 0, 3, 2, 2, 4}
	got := Balance(y, weights, 1)
	if got[1] != 0 || math.Abs(got[0]+got[2]+got[3]-4) > 1e-12 || got[4] != 4 || got[5] != 4 {
		t.Errorf("each class should weigh 4: %v", got)
	}
	if got := Balance(y, nil, 0.5); math.Abs(got[0]-math.Sqrt(0.5)) > 1e-15 || math.Abs(got[5]-math.Sqrt2) > 1e-15 {
		t.Errorf("half-way: %v", got)
	}
}
