package tree

import (
	"slices"
	"testing"

	"sadi/internal/par"
)

// Rows divided in blocks are those divided one by one, whatever the threads.
func TestRowsAreDividedInTheirOrder(t *testing.T) {
	for _, n := range []int{1, 63, 64, 1000, rowBlock, rowBlock + 1, 3*rowBlock + 77} {
		for name, isIn := range map[string]func(int) bool{
			"some":       func(i int) bool { return hash(3, uint64(i), 0)%10 < 7 },
			"all":        func(int) bool { return true },
			"none":       func(int) bool { return false },
			"the last":   func(i int) bool { return i == n-1 },
			"the blocks": func(i int) bool { return i/rowBlock%2 == 1 },
		} {
			var in, out []uint32
			for i := range n {
				if isIn(i) {
					in = append(in, uint32(i))
				} else {
					out = append(out, uint32(i))
				}
			}
			if len(in) == 0 {
				in, out = out[:1], out[1:]
			}
			for _, pool := range []*par.Pool{nil, par.New(3)} {
				idx := make([]uint32, n)
				if got := divideRows(pool, idx, isIn); got != len(in) || !slices.Equal(idx, slices.Concat(in, out)) {
					t.Errorf("%s of %d rows: %d are in, want %d; %v …", name, n, got, len(in), idx[:min(n, 8)])
				}
			}
		}
	}
}
