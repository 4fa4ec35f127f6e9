package num

import "math"

const (
	choleskyRows = 32  // rows that are eliminated together
	choleskyTile = 512 // columns at a time: four rows of a tile stay in the first-level cache
)

// Cholesky replaces the first n columns of the n × m matrix a, row-major with m ≥ n, by the upper factor U of the symmetric
// positive definite matrix that stands there, U'U; of that matrix only what is on and above the diagonal is read, and below it
// nothing of meaning is left. The further columns B become U'⁻¹B. It fails when a pivot is not above floor times its diagonal.
//
// Each number is what remains after the products of one row of U after the other are subtracted from it, whatever the blocks.
func Cholesky(a []float64, n, m int, floor float64) bool {
	for lo := 0; lo < n; lo += choleskyRows {
		hi := min(lo+choleskyRows, n)
		for start := lo; start < m; start += choleskyTile {
			eliminate(a, m, lo, hi, start, min(start+choleskyTile, m))
		}
		for i := lo; i < hi; i++ {
			row := a[i*m : (i+1)*m]
			diagonal := row[i]
			for p := lo; p < i; p++ {
				u := a[p*m : (p+1)*m]
				subtract(row[i:], u[i], u[i:])
			}
			pivot := row[i]
			if !(pivot > 0) || !(pivot > floor*diagonal) {
				return false
			}
			Scale(row[i:], 1/math.Sqrt(pivot))
		}
	}
	return true
}

// eliminate subtracts what the rows above lo contribute to the rows from lo to hi, in the columns from start to end.
func eliminate(a []float64, m, lo, hi, start, end int) {
	var x [4][]float64
	var c [4]float64
	for p := 0; p < lo; p += 4 { // lo is a multiple of 4
		for k := range x {
			x[k] = a[(p+k)*m+start : (p+k)*m+end]
		}
		for i := lo; i < hi; i++ {
			for k := range c {
				c[k] = a[(p+k)*m+i]
			}
			SubtractFour(a[i*m+start:i*m+end], &c, &x)
		}
	}
}

func subtract(dst []float64, a float64, x []float64) {
	for i, v := range x[:len(dst)] {
		dst[i] -= float64(a * v)
	}
}
