package linear

import (
	"math"

	"sadi/internal/num"
)

// invert is the inverse of an n × n matrix, which it destroys, by Gauss and Jordan with row exchanges.
func invert(a []float64, n int) ([]float64, bool) {
	inv := make([]float64, n*n)
	for i := range n {
		inv[i*n+i] = 1
	}
	for c := range n {
		best := c
		for i := c + 1; i < n; i++ {
			if math.Abs(a[i*n+c]) > math.Abs(a[best*n+c]) {
				best = i
			}
		}
		pivot := a[best*n+c]
		if pivot == 0 || pivot-pivot != 0 {
			return nil, false
		}
		for j := range n {
			a[c*n+j], a[best*n+j] = a[best*n+j], a[c*n+j]
			inv[c*n+j], inv[best*n+j] = inv[best*n+j], inv[c*n+j]
		}
		num.Scale(a[c*n:(c+1)*n], 1/pivot)
		num.Scale(inv[c*n:(c+1)*n], 1/pivot)
		for i := range n {
			if f := a[i*n+c]; i != c && f != 0 {
				num.Axpy(a[i*n:(i+1)*n], -f, a[c*n:(c+1)*n])
				num.Axpy(inv[i*n:(i+1)*n], -f, inv[c*n:(c+1)*n])
			}
		}
	}
	return inv, true
}

// eigen are the eigenvalues of a symmetric k × k matrix and its eigenvectors, as columns, by Jacobi's rotations (1846)
// in cyclic order.
func eigen(m []float64, k int) (values, vectors []float64) {
	a := append([]float64(nil), m...)
	vectors = make([]float64, k*k)
	for i := range k {
		vectors[i*k+i] = 1
	}
	const sweeps = 30 // convergence is quadratic: 10 are plenty
	for range sweeps {
		off := 0.0
		for p := range k {
			for q := range p {
				off = max(off, math.Abs(a[p*k+q]))
				rotate(a, vectors, k, q, p)
			}
		}
		if off <= 1e-15*num.MaxAbs(a) {
			break
		}
	}
	values = make([]float64, k)
	for i := range k {
		values[i] = max(a[i*k+i], 1e-12)
	}
	return values, vectors
}

// rotate makes a[p][q] zero by a rotation of the axes p and q.
func rotate(a, vectors []float64, k, p, q int) {
	if a[p*k+q] == 0 {
		return
	}
	theta := (a[q*k+q] - a[p*k+p]) / (2 * a[p*k+q])
	t := 1 / (math.Abs(theta) + math.Sqrt(1+float64(theta*theta)))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(1+float64(t*t))
	s := c * t
	turn := func(x, y *float64) {
		*x, *y = float64(c**x)-float64(s**y), float64(s**x)+float64(c**y)
	}
	for i := range k {
		turn(&a[i*k+p], &a[i*k+q])
	}
	for i := range k {
		turn(&a[p*k+i], &a[q*k+i])
		turn(&vectors[i*k+p], &vectors[i*k+q])
	}
}
