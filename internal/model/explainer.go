package model

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/par"
)

// Explainer is a Fitted that can say exactly what each feature adds to each of its outputs: Shapley values.
type Explainer interface {
	Fitted

	// Contributions writes for each row and output Features + 1 numbers to dst, n × Outputs × (Features + 1) row-major: what
	// each feature adds, and last the expected output, which they are added to. Together they give the output, on the scale
	// on which the model adds up: the margin of a booster (before the link), the prediction of a forest.
	//
	// With background rows, a feature that is not known has the values of those (interventional Shapley values); with nil
	// the distribution of the training rows that the model has kept (path-dependent ones), an error if it has kept none.
	Contributions(ctx context.Context, dst []float64, x, background *dataset.Matrix, pool *par.Pool) error
	// OnMargin reports whether that output is a margin, which Predict puts through a link, and not the prediction itself.
	OnMargin() bool
	// Terms is about how many terms the contributions of a row are the sum of, without background rows: what it costs.
	Terms() int
}
