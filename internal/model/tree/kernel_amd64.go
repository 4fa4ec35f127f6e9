//go:build amd64 && !purego

package tree

// accumulateAVX2 is accumulate for n rows, which fetches the rows to come ahead of time.
//
//go:noescape
func accumulateAVX2(hist *int64, bins *uint8, width int, rows *uint32, n int, packed *int64)

// subtractAVX2 is subtract for n cells, a multiple of 4.
//
//go:noescape
func subtractAVX2(parent, child *int64, n int)

// prefixAVX2 is prefixSums for n cells, a multiple of 4.
//
//go:noescape
func prefixAVX2(dst, cells *int64, n int)

// highestAVX2 is scanner.highest for n cuts, a multiple of 4.
//
//go:noescape
func highestAVX2(prefix *int64, n int, c *scanner) float64

// candidateAVX2 is scanner.candidate for n cuts, a multiple of 4.
//
//go:noescape
func candidateAVX2(prefix *int64, n int, c *scanner) int

// partAVX2 is part for n rows, a multiple of 8. It writes whole groups of 8, so past the ends of what it returns, but not
// past the ends of the slices.
//
//go:noescape
func partAVX2(left, right, rows *uint32, n int, bin *uint8, side *[256]uint8, first *[256][8]uint8) int
