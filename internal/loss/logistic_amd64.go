//go:build amd64 && !purego

package loss

// logisticAVX2 is the inner loop of Logistic.GradHess without weights for n rows, a multiple of 4; e is e^-|raw|.
//
//go:noescape
func logisticAVX2(grad, hess *float32, y, raw, e *float64, n int)

// logisticAVX512 is the same for n rows, at least one. It takes two thirds of the instructions for a row; the time that
// saves has not been measured, and the divisions bound it.
//
//go:noescape
func logisticAVX512(grad, hess *float32, y, raw, e *float64, n int)
