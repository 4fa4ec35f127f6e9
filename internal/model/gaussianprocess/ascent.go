package gaussianprocess

import (
	"context"
	"math"

	"sadi/internal/num"
)

// objective is a function to maximise, with its gradient; it is −Inf where it is not defined.
type objective func(theta, gradient []float64) (float64, error)

const (
	longest    = 2.0  // of a step, in any coordinate: they are logarithms
	sufficient = 1e-4 // share of the promised gain that a step must bring (Armijo)
	halvings   = 20
	flat       = 1e-5 // the gradient at which the search ends
)

// ascent maximises by quasi-Newton steps (BFGS: Nocedal & Wright 2006, Numerical Optimization, algorithm 6.1) within bounds:
// coordinates at a bound towards which the gradient points rest. A step that gains no
// more than tol, relative to the value, is the last. The best point is returned.
func ascent(ctx context.Context, theta, least, most []float64, maxIter int, tol float64, f objective) ([]float64, error) {
	n := len(theta)
	g, gNew, next := make([]float64, n), make([]float64, n), make([]float64, n)
	value, err := f(theta, g)
	if err != nil || math.IsInf(value, -1) {
		return theta, err
	}
	inverse := identity(n, 1)
	fresh := true
	for range maxIter {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		rest := resting(theta, g, least, most)
		steepest := 0.0
		for i, v := range g {
			if !rest[i] {
				steepest = max(steepest, math.Abs(v))
			}
		}
		if steepest <= flat {
			break
		}
		direction := direct(inverse, g, rest)
		slope := num.Dot(direction, g)
		if !(slope > 0) {
			if fresh {
				break
			}
			inverse, fresh = identity(n, 1), true
			continue
		}
		step := min(1, longest/num.MaxAbs(direction))
		if fresh {
			step = min(step, 1/num.MaxAbs(direction))
		}
		taken, better := 0.0, false
		for range halvings {
			for i := range next {
				next[i] = max(least[i], min(most[i], theta[i]+float64(step*direction[i])))
			}
			if taken, err = f(next, gNew); err != nil {
				return nil, err
			}
			if better = taken >= value+float64(sufficient*step*slope); better {
				break
			}
			step /= 2
		}
		if !better {
			if fresh {
				break
			}
			inverse, fresh = identity(n, 1), true
			continue
		}
		gain := taken - value
		inverse = update(inverse, theta, next, g, gNew, fresh)
		fresh = false
		theta, next, g, gNew, value = next, theta, gNew, g, taken
		if gain <= tol*(1+math.Abs(value)) {
			break
		}
	}
	return theta, nil
}

func resting(theta, g, least, most []float64) []bool {
	rest := make([]bool, len(theta))
	for i, v := range theta {
		rest[i] = v <= least[i] && g[i] < 0 || v >= most[i] && g[i] > 0
	}
	return rest
}

func identity(n int, v float64) []float64 {
	m := make([]float64, n*n)
	for i := range n {
		m[i*n+i] = v
	}
	return m
}

// direct is the inverse Hessian times the gradient, among the coordinates that do not rest.
func direct(inverse, g []float64, rest []bool) []float64 {
	n := len(g)
	moving := make([]float64, n)
	for i, v := range g {
		if !rest[i] {
			moving[i] = v
		}
	}
	d := make([]float64, n)
	for i := range d {
		if !rest[i] {
			d[i] = num.Dot(inverse[i*n:(i+1)*n], moving)
		}
	}
	return d
}

// update is the next inverse of minus the Hessian, after a step; (I − ρsy')H(I − ρys') + ρss' with y the fall of the gradient.
func update(h, from, to, g, gNew []float64, fresh bool) []float64 {
	n := len(from)
	s, y := make([]float64, n), make([]float64, n)
	for i := range s {
		s[i], y[i] = to[i]-from[i], g[i]-gNew[i]
	}
	sy := num.Dot(s, y)
	if !(sy > 1e-10*num.Norm2(s)*num.Norm2(y)) {
		return h
	}
	if fresh {
		h = identity(n, sy/num.Dot(y, y))
	}
	hy := make([]float64, n)
	for i := range hy {
		hy[i] = num.Dot(h[i*n:(i+1)*n], y)
	}
	factor := (1 + num.Dot(y, hy)/sy) / sy
	next := make([]float64, n*n)
	for i := range n {
		for j := range n {
			next[i*n+j] = h[i*n+j] + float64(factor*float64(s[i]*s[j])) - (float64(hy[i]*s[j])+float64(s[i]*hy[j]))/sy
		}
	}
	return next
}
