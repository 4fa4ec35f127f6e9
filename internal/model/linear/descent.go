package linear

import (
	"context"
	"math"

	"sadi/internal/num"
)

// ElasticNet minimises, over the coefficients of ỹ,
//
//	½ Σ share·(ỹ − xβ)² + alpha·(ratio·|β|₁ + ½(1 − ratio)·|β|²)
//
// by cyclic coordinate descent (Friedman, Hastie and Tibshirani 2010, Regularization paths for generalized linear
// models via coordinate descent, Journal of Statistical Software 33(1)). It stops when the duality gap is at most
// Tol·Σ share·ỹ², or after MaxIter sweeps.
type ElasticNet struct {
	Alpha, Ratio float64
	Tol          float64
	MaxIter      int
}

// Solve returns γ. Without an L1 part the solution is that of LeastSquares.
func (e ElasticNet) Solve(ctx context.Context, d *Design, r Response) ([]float64, error) {
	if e.Alpha*e.Ratio == 0 {
		return d.LeastSquares(ctx, r, e.Alpha*d.Total)
	}
	s, err := newDescent(ctx, d, r)
	if err != nil {
		return nil, err
	}
	for j, sd := range d.Spread {
		if sd > 0 {
			s.l1[j] = min(e.Alpha*e.Ratio/sd, 1e100)
			s.l2[j] = min(e.Alpha*(1-e.Ratio)/sd/sd, 1e100)
		}
	}
	// All coordinates first, then those that are not 0 until they settle, then all again.
	for sweeps := 0; sweeps < e.MaxIter && s.energy > 0; {
		if _, err := s.sweep(ctx, s.all); err != nil {
			return nil, err
		}
		sweeps++
		gap, err := s.gap(ctx)
		if err != nil || gap <= e.Tol*s.energy {
			return s.gamma, err
		}
		active := s.active()
		for moved := math.Inf(1); moved*moved > 0.01*e.Tol && sweeps < e.MaxIter; sweeps++ {
			if moved, err = s.sweep(ctx, active); err != nil {
				return nil, err
			}
		}
	}
	return s.gamma, nil
}

// descent is the state of a coordinate descent: either with R, keeping fit = Rγ, or beyond MaxGram features with the
// matrix itself, keeping the residuals.
type descent struct {
	d        *Design
	c        []float64
	energy   float64 // Σ share·ỹ²
	l1, l2   []float64
	gamma    []float64
	all      []int // the columns that are not constant
	gram     []float64
	fit      []float64 // d: Rγ; with gram
	residual []float64 // n: ỹ − x̃γ; without
}

func newDescent(ctx context.Context, d *Design, r Response) (*descent, error) {
	p := len(d.Spread)
	s := &descent{d: d, l1: make([]float64, p), l2: make([]float64, p), gamma: make([]float64, p)}
	for j, sd := range d.Spread {
		if sd > 0 {
			s.all = append(s.all, j)
		}
	}
	for i, y := range r.Y {
		s.energy += float64(d.share(i) * float64(y*y))
	}
	var err error
	if s.c, err = d.Correlate(ctx, r.Y); err != nil {
		return nil, err
	}
	if d.passes {
		s.residual = append([]float64(nil), r.Y...)
		return s, nil
	}
	s.fit = make([]float64, p)
	s.gram, err = d.Gram(ctx)
	return s, err
}

// sweep updates the coordinates once, in order, and returns the largest move.
func (s *descent) sweep(ctx context.Context, coordinates []int) (moved float64, err error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	for k, j := range coordinates {
		if s.gram == nil && k%256 == 255 && ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		old := s.gamma[j]
		s.gamma[j] = shrink(s.slope(j)+old, s.l1[j]) / (1 + s.l2[j])
		if move := s.gamma[j] - old; move != 0 {
			s.step(j, move)
			moved = max(moved, math.Abs(move))
		}
	}
	return moved, nil
}

// slope is x̃[j]'(ỹ − x̃γ)/W.
func (s *descent) slope(j int) float64 {
	if s.gram != nil {
		return s.c[j] - s.fit[j]
	}
	m, sum, n := s.d.Mean[j], 0.0, s.d.X.Rows
	if s.d.Share == nil {
		for i, v := range s.d.X.Cols[j] {
			sum += float64(s.residual[i] * (float64(v) - m))
		}
		return sum / float64(n) / s.d.Spread[j]
	}
	for i, v := range s.d.X.Cols[j] {
		sum += float64(float64(s.d.Share[i]*s.residual[i]) * (float64(v) - m))
	}
	return sum / s.d.Spread[j]
}

// step brings fit or residuals up to date after γ[j] has moved.
func (s *descent) step(j int, move float64) {
	if s.gram != nil {
		p := len(s.gamma)
		num.Axpy(s.fit, move, s.gram[j*p:(j+1)*p])
		return
	}
	move /= s.d.Spread[j]
	m := s.d.Mean[j]
	for i, v := range s.d.X.Cols[j] {
		s.residual[i] -= float64(move * (float64(v) - m))
	}
}

func (s *descent) active() []int {
	var a []int
	for _, j := range s.all {
		if s.gamma[j] != 0 {
			a = append(a, j)
		}
	}
	return a
}

// gap is the distance between the objective and that of a dual point: the residuals of the problem with the L2 part
// written as more rows, scaled until no correlation exceeds its l1.
func (s *descent) gap(ctx context.Context) (float64, error) {
	slopes := make([]float64, len(s.c)) // c − Rγ
	var rest float64                    // Σ share·residual²
	if s.gram != nil {
		rest = s.energy
		for _, j := range s.all {
			slopes[j] = s.c[j] - s.fit[j]
			rest -= float64(s.gamma[j] * (s.c[j] + slopes[j]))
		}
	} else {
		var err error
		if slopes, err = s.d.Correlate(ctx, s.residual); err != nil {
			return 0, err
		}
		for i, r := range s.residual {
			rest += float64(s.d.share(i) * float64(r*r))
		}
	}
	scale, norm1, norm2, cross := 1.0, 0.0, 0.0, s.energy
	for _, j := range s.all {
		g := s.gamma[j]
		if a := math.Abs(slopes[j] - float64(s.l2[j]*g)); a > s.l1[j] {
			scale = min(scale, s.l1[j]/a)
		}
		norm1 += float64(s.l1[j] * math.Abs(g))
		norm2 += float64(s.l2[j] * float64(g*g))
		cross -= float64(s.c[j] * g)
	}
	length := max(rest, 0) + norm2
	return float64(0.5*length) + norm1 - float64(scale*cross) + float64(0.5*scale*scale*length), nil
}

// shrink is the proximal step of l·|v|: v moved towards 0 by l.
func shrink(v, l float64) float64 {
	switch {
	case v > l:
		return v - l
	case v < -l:
		return v + l
	}
	return 0
}
