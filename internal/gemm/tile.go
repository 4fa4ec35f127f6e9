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

// tileGo computes blocks of 2 × 4 entries, whose sums stay in registers.
func tileGo(c []float32, step int, a []float32, rowStep, colStep int, panel []float32, inner int, factor float32) {
	for r := 0; r < tileRows; r += 2 {
		for j := 0; j < tileCols; j += 4 {
			var s0, s1, s2, s3, t0, t1, t2, t3 float32
			at, below := r*rowStep, (r+1)*rowStep
			for k := range inner {
				b := (*[4]float32)(panel[k*tileCols+j:])
				v, w := a[at], a[below]
				s0 += float32(v * b[0])
				s1 += float32(v * b[1])
				s2 += float32(v * b[2])
				s3 += float32(v * b[3])
				t0 += float32(w * b[0])
				t1 += float32(w * b[1])
				t2 += float32(w * b[2])
				t3 += float32(w * b[3])
				at += colStep
				below += colStep
			}
			*(*[4]float32)(c[r*step+j:]) = [4]float32{factor * s0, factor * s1, factor * s2, factor * s3}
			*(*[4]float32)(c[(r+1)*step+j:]) = [4]float32{factor * t0, factor * t1, factor * t2, factor * t3}
		}
	}
}
