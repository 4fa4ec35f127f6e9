package gemm

import "sadi/internal/isa"

// inUse says what the kernel may use beyond the Go language, which does not show in its results; it is changed by tests only.
var inUse = isa.Best()

// tile writes a tile to c, whose rows are step apart: six rows of a, given by its steps, times a panel of inner × 16 numbers.
func tile(c []float32, step int, a []float32, rowStep, colStep int, panel []float32, inner int, factor float32) {
	if inner == 0 {
		for r := range tileRows {
			clear(c[r*step:][:tileCols])
		}
		return
	}
	// The kernel in assembly reads and writes these and no others.
	_, _ = a[5*rowStep+(inner-1)*colStep], panel[inner*tileCols-1]
	_ = c[5*step+tileCols-1]
	if inUse >= isa.AVX2 {
		tileAVX2(&c[0], step, &a[0], rowStep, colStep, &panel[0], inner, factor)
		return
	}
	tileGo(c, step, a, rowStep, colStep, panel, inner, factor)
}

func tileGo(c []float32, step int, a []float32, rowStep, colStep int, panel []float32, inner int, factor float32) {
	for r := range tileRows {
		var sum [tileCols]float32
		for k := range inner {
			v, b := a[r*rowStep+k*colStep], (*[tileCols]float32)(panel[k*tileCols:])
			for j := range b {
				sum[j] += float32(v * b[j])
			}
		}
		row := c[r*step:][:tileCols]
		for j, s := range sum {
			row[j] = factor * s
		}
	}
}
