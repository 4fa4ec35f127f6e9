package logisticregression

import (
	"testing"

	"sadi/internal/model/linear/lineartest"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	// Two ways to the same minimum agree as far as tol says.
	modeltest.Run(t, Model{}, modeltest.Opts{Values: map[string]any{"tol": 1e-9}})
}

// scikit-learn's solvers stop some 1e-5 from the minimum.
func TestReference(t *testing.T) {
	lineartest.Compare(t, Model{}, "../linear/testdata/logistic.json", [2]int{0, 5}, 1e-4)
}
