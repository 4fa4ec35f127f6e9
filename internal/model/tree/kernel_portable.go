//go:build !amd64 || purego

package tree

func bestInstructions() instructions { return portable }

func accumulateAVX2(hist *int64, bins *uint8, width int, rows *uint32, n int, packed *int64) {
	panic("tree: no assembly on this machine")
}

func scanAVX2(prefix *int64, n int, c *scanner) int { panic("tree: no assembly on this machine") }
