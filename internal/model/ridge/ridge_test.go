package ridge

import (
	"testing"

	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	modeltest.Run(t, Model{}, modeltest.Opts{Equivariant: true})
}
