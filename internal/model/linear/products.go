package linear

// tile is the number of rows that a kernel holds in the first-level cache at a time.
const tile = 1024

// addProducts adds x·b to z, for the rows from lo on, four columns at a time. The sum of a row depends on that row
// only, not on where its tile begins.
func addProducts(z []float64, cols [][]float32, lo int, b []float64) {
	n := len(z)
	j := 0
	for ; j+4 <= len(b); j += 4 {
		b0, b1, b2, b3 := b[j], b[j+1], b[j+2], b[j+3]
		if b0 == 0 && b1 == 0 && b2 == 0 && b3 == 0 {
			continue
		}
		x0, x1, x2, x3 := cols[j][lo:][:n], cols[j+1][lo:][:n], cols[j+2][lo:][:n], cols[j+3][lo:][:n]
		for i := range z {
			left := float64(b0*float64(x0[i])) + float64(b1*float64(x1[i]))
			right := float64(b2*float64(x2[i])) + float64(b3*float64(x3[i]))
			z[i] += left + right
		}
	}
	for ; j < len(b); j++ {
		if b[j] == 0 {
			continue
		}
		x := cols[j][lo:][:n]
		for i, v := range x {
			z[i] += float64(b[j] * float64(v))
		}
	}
}

// addDots adds to dst[j] the dot product of r with the rows of column j from lo on.
func addDots(dst []float64, cols [][]float32, lo int, r []float64) {
	n := len(r)
	j := 0
	for ; j+4 <= len(dst); j += 4 {
		x0, x1, x2, x3 := cols[j][lo:][:n], cols[j+1][lo:][:n], cols[j+2][lo:][:n], cols[j+3][lo:][:n]
		var s0, s1, s2, s3 float64
		for i, v := range r {
			s0 += float64(v * float64(x0[i]))
			s1 += float64(v * float64(x1[i]))
			s2 += float64(v * float64(x2[i]))
			s3 += float64(v * float64(x3[i]))
		}
		dst[j] += s0
		dst[j+1] += s1
		dst[j+2] += s2
		dst[j+3] += s3
	}
	for ; j < len(dst); j++ {
		s := 0.0
		for i, v := range cols[j][lo:][:n] {
			s += float64(r[i] * float64(v))
		}
		dst[j] += s
	}
}
