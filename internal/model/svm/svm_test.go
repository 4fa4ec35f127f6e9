package svm

import (
	"testing"

	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	exact := map[string]any{"tol": 1e-9}
	t.Run("svc", func(t *testing.T) { modeltest.Run(t, Classifier{}, modeltest.Opts{Values: exact}) })
	// A constant column changes the unit of γ that scale is.
	number := map[string]any{"tol": 1e-9, "gamma": "number", "gamma_value": 0.2}
	t.Run("svr", func(t *testing.T) { modeltest.Run(t, Regressor{}, modeltest.Opts{Values: number, Equivariant: true}) })
}
