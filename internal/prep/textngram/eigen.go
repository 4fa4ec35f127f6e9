package textngram

import (
	"cmp"
	"math"
	"slices"

	"sadi/internal/elementary"
)

// eigen returns the eigenvectors (columns) and eigenvalues of a symmetric matrix, largest value first, by Jacobi's
// rotations (Golub and Van Loan, Matrix Computations, 8.5): exact enough and simple for the small matrices here. It
// destroys a.
func eigen(a dense) (vectors dense, values []float64) {
	n := a.n
	v := newDense(n, n)
	for i := range n {
		v.set(i, i, 1)
	}
	for range 100 { // sweeps; a handful is usual
		var off, diag float64
		for p := range n {
			diag += float64(a.at(p, p) * a.at(p, p))
			for q := range p {
				off += float64(a.at(p, q) * a.at(p, q))
			}
		}
		if off <= 1e-30*diag {
			break
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				rotate(a, v, p, q)
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a.at(j, j), a.at(i, i)) })
	vectors = newDense(n, n)
	for c, from := range order {
		values = append(values, max(a.at(from, from), 0))
		for i := range n {
			vectors.set(i, c, v.at(i, from))
		}
	}
	return vectors, values
}

// rotate makes a[p][q] zero by a rotation in the plane of p and q, and turns the vectors with it.
func rotate(a, v dense, p, q int) {
	apq := a.at(p, q)
	if apq == 0 {
		return
	}
	theta := (a.at(q, q) - a.at(p, p)) / (2 * apq)
	t := math.Copysign(1/(math.Abs(theta)+elementary.Hypot(theta, 1)), theta)
	c := 1 / elementary.Hypot(t, 1)
	s := t * c
	turn := func(m dense, i, j, k, l int) {
		x, y := m.at(i, j), m.at(k, l)
		m.set(i, j, float64(c*x)-float64(s*y))
		m.set(k, l, float64(s*x)+float64(c*y))
	}
	for i := range a.n {
		turn(a, i, p, i, q)
	}
	for i := range a.n {
		turn(a, p, i, q, i)
	}
	for i := range a.n {
		turn(v, i, p, i, q)
	}
}
