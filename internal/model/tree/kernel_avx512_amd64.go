//go:build amd64 && !purego

package tree

// These kernels do with twice the lanes, masks and conversions what those for AVX2 do, with about half the instructions
// for a cell, a cut or a row. How much time that saves has not been measured. Accumulating and walking gain nothing from
// wider vectors and have no kernel here.

// subtractAVX512 is subtract for n cells.
//
//go:noescape
func subtractAVX512(parent, child *int64, n int)

// prefixAVX512 writes the prefix sums of n cells and repeats the last one up to a multiple of 8.
//
//go:noescape
func prefixAVX512(dst, cells *int64, n int)

// highestAVX512 is scanner.highest for n cuts, a multiple of 8.
//
//go:noescape
func highestAVX512(prefix *int64, n int, c *scanner) float64

// candidateAVX512 is scanner.candidate for n cuts, a multiple of 8.
//
//go:noescape
func candidateAVX512(prefix *int64, n int, c *scanner) int

// partAVX512 is part for n rows, a multiple of 16. It writes whole groups of 16, so past the ends of what it returns, but
// not past the ends of the slices.
//
//go:noescape
func partAVX512(left, right, rows *uint32, n int, bin *uint8, side *[256]uint8) int
