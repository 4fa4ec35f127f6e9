//go:build amd64 && !purego

package num

// subtractFourAVX2 is SubtractFour for n numbers, a multiple of 4.
//
//go:noescape
func subtractFourAVX2(dst, a, x0, x1, x2, x3 *float64, n int)

// addSquaresFourAVX2 is AddSquaresFour for n numbers, a multiple of 4.
//
//go:noescape
func addSquaresFourAVX2(dst, a, x0, x1, x2, x3 *float64, n int)

// addSquaresFour32AVX2 is AddSquaresFour32 for n numbers, a multiple of 4.
//
//go:noescape
func addSquaresFour32AVX2(dst, a *float64, x0, x1, x2, x3 *float32, n int)

// addDifferencesFour32AVX2 is AddDifferencesFour32 for n numbers, a multiple of 4.
//
//go:noescape
func addDifferencesFour32AVX2(dst, a *float64, x0, x1, x2, x3 *float32, n int)
