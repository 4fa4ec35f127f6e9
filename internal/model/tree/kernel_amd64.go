//go:build amd64 && !purego

package tree

import "golang.org/x/sys/cpu"

func bestInstructions() instructions {
	if cpu.X86.HasAVX2 {
		return avx2
	}
	return portable
}

// accumulateAVX2 is accumulate for n rows, which fetches the rows to come ahead of time.
//
//go:noescape
func accumulateAVX2(hist *int64, bins *uint8, width int, rows *uint32, n int, packed *int64)

// scanAVX2 is scan.
//
//go:noescape
func scanAVX2(prefix *int64, n int, c *scanner) int
