package linear

import (
	"math"

	"sadi/internal/num"
)

// cholesky is the factor L of a symmetric positive definite matrix LL', n × n, row-major; above the diagonal it holds
// nothing of meaning.
type cholesky struct {
	n int
	l []float64
}

// factorise computes the factor of a + diag(add). It fails when a pivot is not above floor times its diagonal.
func factorise(a []float64, n int, add []float64, floor float64) (cholesky, bool) {
	c := cholesky{n, make([]float64, n*n)}
	for i := range n {
		row := c.l[i*n : (i+1)*n]
		for j := range i {
			other := c.l[j*n : (j+1)*n]
			row[j] = (a[i*n+j] - num.Dot(row[:j], other[:j])) / other[j]
		}
		diagonal := a[i*n+i] + add[i]
		pivot := diagonal - num.Dot(row[:i], row[:i])
		if !(pivot > floor*diagonal) {
			return c, false
		}
		row[i] = math.Sqrt(pivot)
	}
	return c, true
}

// solve replaces b by the solution v of LL'v = b.
func (c cholesky) solve(b []float64) {
	n := c.n
	for i := range n {
		row := c.l[i*n : (i+1)*n]
		b[i] = (b[i] - num.Dot(row[:i], b)) / row[i]
	}
	for i := n - 1; i >= 0; i-- {
		b[i] /= c.l[i*n+i]
		num.Axpy(b[:i], -b[i], c.l[i*n:i*n+i])
	}
}
