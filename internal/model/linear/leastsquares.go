package linear

import (
	"context"
	"math"

	"sadi/internal/num"
)

// LeastSquares minimises Σ w·(y − xβ)² + alpha·|β|² over β by the normal equations (R + Λ)γ = c, with
// Λ[j] = alpha/(W·sd[j]²). Where they have no unique solution, or none that the precision of the data supports, it is
// the one of smallest |γ|.
//
// Up to MaxGram features the equations are solved by Cholesky's factorisation, beyond by conjugate gradients (Hestenes
// and Stiefel 1952), which pass over the matrix.
func (d *Design) LeastSquares(ctx context.Context, r Response, alpha float64) ([]float64, error) {
	c, err := d.Correlate(ctx, r.Y)
	if err != nil {
		return nil, err
	}
	lambda := make([]float64, len(c))
	for j, s := range d.Spread {
		if s > 0 {
			lambda[j] = min(alpha/d.Total/s/s, 1e100)
		}
	}
	if d.passes {
		return d.conjugateGradients(ctx, c, lambda)
	}
	gram, err := d.Gram(ctx)
	if err != nil {
		return nil, err
	}
	for j, s := range d.Spread {
		if s == 0 {
			lambda[j] = 1 // its row of R is 0; so is its coefficient
		}
	}
	return solveNormal(ctx, gram, c, lambda)
}

const (
	// singular is the share of a diagonal below which a pivot counts as 0: float32 features that depend on each other
	// leave about 1e-14, a dependence to six digits 1e-12.
	singular = 1e-9
	// proximal is the weight that makes singular equations solvable, and proximalSteps the number of times the
	// solution is refined: parts of R with eigenvalue 1e-6 are then exact to 1e-10, parts below 1e-9 stay near 0.
	proximal      = 1e-8
	proximalSteps = 5
)

// solveNormal solves (R + Λ)γ = c. When that is singular it takes the steps γ ← γ + (R + Λ + εI)⁻¹(c − (R + Λ)γ) from
// γ = 0, which go to the solution of smallest length (iterated Tikhonov regularisation; J. D. Riley 1955, Solving
// systems of linear equations with a positive definite, symmetric, but possibly ill-conditioned matrix, MTAC 9).
func solveNormal(ctx context.Context, gram, c, lambda []float64) ([]float64, error) {
	n := len(c)
	gamma := append([]float64(nil), c...)
	if l, ok := factorise(gram, n, lambda, singular); ok {
		l.solve(gamma)
		return gamma, nil
	}
	clear(gamma)
	shifted := make([]float64, n)
	l, ok := cholesky{}, false
	for eps := proximal; !ok; eps *= 10 { // R is positive semidefinite, so the first ε or the next will do
		for j, v := range lambda {
			shifted[j] = v + eps
		}
		l, ok = factorise(gram, n, shifted, 0)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	rest := make([]float64, n)
	for range proximalSteps {
		for i := range rest {
			rest[i] = c[i] - float64(lambda[i]*gamma[i]) - num.Dot(gram[i*n:(i+1)*n], gamma)
		}
		l.solve(rest)
		num.Axpy(gamma, 1, rest)
	}
	return gamma, nil
}

const (
	cgTolerance = 1e-9 // of |c|
	cgSteps     = 1000
)

// conjugateGradients solves (R + Λ)γ = c without R, preconditioned by its diagonal I + Λ; from γ = 0 it goes to the
// solution of smallest length.
func (d *Design) conjugateGradients(ctx context.Context, c, lambda []float64) ([]float64, error) {
	p := len(c)
	gamma, rest := make([]float64, p), append([]float64(nil), c...)
	z, dir, v := make([]float64, p), make([]float64, p), make([]float64, d.X.Rows)
	precondition := func() float64 {
		for j := range z {
			z[j] = rest[j] / (1 + lambda[j])
		}
		return num.Dot(rest, z)
	}
	rho := precondition()
	stop := rho * cgTolerance * cgTolerance
	copy(dir, z)
	for step := 0; step < cgSteps && rho > stop; step++ {
		if err := d.times(ctx, v, dir); err != nil {
			return nil, err
		}
		q, err := d.Correlate(ctx, v)
		if err != nil {
			return nil, err
		}
		for j := range q {
			q[j] += float64(lambda[j] * dir[j])
		}
		curvature := num.Dot(dir, q)
		if !(curvature > 0) {
			break
		}
		a := rho / curvature
		num.Axpy(gamma, a, dir)
		num.Axpy(rest, -a, q)
		last := rho
		rho = precondition()
		for j := range dir {
			dir[j] = z[j] + float64(rho/last*dir[j])
		}
	}
	if math.IsNaN(rho) {
		clear(gamma)
	}
	return gamma, nil
}
