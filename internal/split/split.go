// Package split divides rows into sets for fitting, validating and judging.
package split

// Fold is one division of rows: a model is fitted on Fit and scored on Valid. Row numbers are ascending and disjoint.
type Fold struct {
	Fit   []int
	Valid []int
}
