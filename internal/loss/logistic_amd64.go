//go:build amd64 && !purego

package loss

// logisticAVX2 is the inner loop of Logistic.GradHess without weights for n rows, a multiple of 4; e is e^-|raw|.
//
//go:noescape
func logisticAVX2(grad, hess *float32, y, raw, e *float64, n int)
