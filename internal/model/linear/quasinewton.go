package linear

import (
	"context"
	"math"

	"sadi/internal/num"
)

// quasiNewton minimises f(x) + Σ l1[i]·|x[i]| for a smooth convex f.
//
// Around the point x, with gradient g, the model of f is g'Δ + ½Δ'BΔ, where B is the BFGS approximation of the Hessian
// in limited memory: B₀ = curvature/θ, corrected by the last pairs (s, y) of moves and changes of the gradient. The
// direction is the minimum of the model plus the penalty. Without penalty that is −B⁻¹g, by the two-loop recursion
// (Nocedal 1980, Updating quasi-Newton matrices with limited storage, Mathematics of Computation 35). With it, the
// minimum is found by coordinate descent on the compact form of B (proximal Newton: Lee, Sun and Saunders 2014,
// Proximal Newton-type methods for minimizing composite functions, SIAM J. Optim. 24; compact.go). A backtracking line
// search follows.
type quasiNewton struct {
	evaluate  func(ctx context.Context, x, gradient []float64) (float64, error) // f and its gradient
	hessian   func(ctx context.Context, x []float64) (*curvature, error)        // B₀ at a point; nil = keep that of the start
	curvature *curvature                                                        // B₀ of the start
	l1        []float64
	tol       float64 // stops when no entry of the smallest subgradient is larger
	maxIter   int

	pairs []pair // the last memory pairs, oldest first
	theta float64
}

// memory is the number of pairs kept, and renewal the number of steps after which B₀ is that of the present point.
const (
	memory  = 12
	renewal = 12
)

type pair struct {
	s, y, bs []float64 // scaled so that s'y = 1; bs = curvature·s
}

const (
	sufficient = 1e-4 // share of the predicted decrease that a step must bring (Armijo)
	halvings   = 40   // steps shorter than 2⁻⁴⁰ of the direction bring nothing
)

// minimise starts at x, which it changes, and returns the best point.
func (q *quasiNewton) minimise(ctx context.Context, x []float64) ([]float64, error) {
	n := len(x)
	g, gNew, xNew := make([]float64, n), make([]float64, n), make([]float64, n)
	q.theta = 1
	smooth := num.MaxAbs(q.l1) == 0
	f, err := q.evaluate(ctx, x, g)
	if err != nil {
		return nil, err
	}
	for iter := range q.maxIter {
		if q.hessian != nil && iter%renewal == renewal-1 {
			if q.curvature, err = q.hessian(ctx, x); err != nil {
				return nil, err
			}
			q.pairs, q.theta = nil, 1
		}
		worst := q.subgradient(x, g)
		if worst <= q.tol {
			break
		}
		var dir []float64
		if smooth {
			dir = q.recursion(g)
		} else {
			dir = q.newCompact(n).descend(ctx, x, g, q.l1, worst)
		}
		// The decrease that the model promises to first order; it is negative, or rounding is all that is left.
		penalty := q.penalty(x)
		copy(xNew, x)
		num.Axpy(xNew, 1, dir)
		slope := num.Dot(g, dir) + q.penalty(xNew) - penalty
		if !(slope < 0) {
			if len(q.pairs) == 0 {
				break
			}
			q.pairs, q.theta = nil, 1
			continue
		}
		step, fNew := 1.0, 0.0
		for try := 0; ; try++ {
			for i := range xNew {
				xNew[i] = x[i] + float64(step*dir[i])
			}
			if fNew, err = q.evaluate(ctx, xNew, gNew); err != nil {
				return nil, err
			}
			gain := f + penalty - fNew - q.penalty(xNew)
			if gain >= -sufficient*step*slope {
				break
			}
			// Near the minimum the gain is lost in rounding; a step that lowers the gradient is good enough.
			if math.Abs(gain) <= 1e-13*(math.Abs(f)+penalty) && q.subgradient(xNew, gNew) < worst {
				break
			}
			if try == halvings {
				return x, nil
			}
			step /= 2
		}
		q.remember(x, xNew, g, gNew)
		x, xNew, g, gNew, f = xNew, x, gNew, g, fNew
	}
	return x, nil
}

func (q *quasiNewton) penalty(x []float64) float64 {
	sum := 0.0
	for i, l := range q.l1 {
		if l != 0 {
			sum += float64(l * math.Abs(x[i]))
		}
	}
	return sum
}

// subgradient is the largest entry of the smallest subgradient at x. Entries are measured in units of the curvature
// where that is above 1, so that a strong penalty asks for no more digits than there are.
func (q *quasiNewton) subgradient(x, g []float64) float64 {
	worst := 0.0
	for i, l := range q.l1 {
		v := g[i]
		switch {
		case x[i] > 0:
			v += l
		case x[i] < 0:
			v -= l
		default:
			v = shrink(v, l)
		}
		worst = max(worst, math.Abs(v)/max(1, q.curvature.at(i)))
	}
	return worst
}

// remember keeps the pair of a step, if the function curves upwards along it beyond rounding.
func (q *quasiNewton) remember(x, xNew, g, gNew []float64) {
	p := pair{s: make([]float64, len(x)), y: make([]float64, len(x)), bs: make([]float64, len(x))}
	for i := range x {
		p.s[i], p.y[i] = xNew[i]-x[i], gNew[i]-g[i]
	}
	sy := num.Dot(p.s, p.y)
	if !(sy > 1e-12*num.Norm2(p.s)*num.Norm2(p.y)) {
		return
	}
	num.Scale(p.s, 1/math.Sqrt(sy))
	num.Scale(p.y, 1/math.Sqrt(sy))
	q.curvature.times(p.bs, p.s)
	if len(q.pairs) == memory {
		q.pairs = append(q.pairs[:0], q.pairs[1:]...)
	}
	q.pairs = append(q.pairs, p)
	h := append([]float64(nil), p.y...)
	q.curvature.solve(h)
	q.theta = 1 / num.Dot(p.y, h)
}

// recursion is −B⁻¹g.
func (q *quasiNewton) recursion(g []float64) []float64 {
	r := append([]float64(nil), g...)
	alpha := make([]float64, len(q.pairs))
	for i := len(q.pairs) - 1; i >= 0; i-- {
		p := q.pairs[i]
		alpha[i] = num.Dot(p.s, r)
		num.Axpy(r, -alpha[i], p.y)
	}
	q.curvature.solve(r)
	num.Scale(r, q.theta)
	for i, p := range q.pairs {
		num.Axpy(r, alpha[i]-num.Dot(p.y, r), p.s)
	}
	num.Scale(r, -1)
	return r
}
