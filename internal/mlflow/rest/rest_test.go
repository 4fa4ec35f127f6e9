package rest

import (
	"testing"

	"sadi/internal/mlflow"
	"sadi/internal/mlflow/mlflowtest"
)

func connect(t *testing.T, url string) *Store {
	t.Helper()
	s, err := New(Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	for _, version := range []string{"2.17", "3.11"} {
		t.Run(version, func(t *testing.T) {
			mlflowtest.Run(t, mlflowtest.Lacks{}, func(t *testing.T) (mlflow.Store, mlflowtest.Reader) {
				double := mlflowtest.NewServer(t, version)
				return connect(t, double.URL()), double
			})
		})
	}
}

// A real server: FastTrackML. It has no inputs, no models and no registry, and keeps artifacts in a folder that both see.
func TestContractOnARealServer(t *testing.T) {
	real := mlflowtest.NewReal(t)
	lacks := mlflowtest.Lacks{Inputs: true, Models: true, Registry: true, Infinity: true}
	mlflowtest.Run(t, lacks, func(t *testing.T) (mlflow.Store, mlflowtest.Reader) { return connect(t, real.URL), real })
}
