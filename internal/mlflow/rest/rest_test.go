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
