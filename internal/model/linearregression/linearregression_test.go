package linearregression

import (
	"testing"

	"sadi/internal/model/linear/lineartest"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	modeltest.Run(t, Model{}, modeltest.Opts{Equivariant: true})
}

func TestReference(t *testing.T) {
	lineartest.Compare(t, Model{}, "../linear/testdata/regression.json", [2]int{0, 6}, 1e-6)
}
