//go:build amd64 && !purego

package loss

import "golang.org/x/sys/cpu"

// assembly says whether the processor has AVX2, which the assembly of this package uses. Results do not depend on it.
var assembly = cpu.X86.HasAVX2

// logisticAVX2 is the inner loop of Logistic.GradHess without weights for n rows, a multiple of 4; e is e^-|raw|.
//
//go:noescape
func logisticAVX2(grad, hess *float32, y, raw, e *float64, n int)
