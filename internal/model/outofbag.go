package model

// OutOfBag is a Fitted that was asked to judge itself by the rows that its parts did not learn from.
type OutOfBag interface {
	// OutOfBag are predictions of the training rows, n × Outputs, each from those parts of the model that did not
	// learn from the row; NaN where there is none. nil if the fit was not asked for them, and after decoding.
	OutOfBag() []float64
}
