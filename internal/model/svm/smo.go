package svm

import (
	"context"
	"math"
)

// problem is what a machine learns by: β that minimises
//
//	½ Σ β_s·β_t·K_st + Σ q_t·β_t    where    Σ β_t = 0  and  lo_t ≤ β_t ≤ hi_t ,  lo_t ≤ 0 ≤ hi_t .
//
// It is the dual of the usual form with the signs within β: two classes have q = −1 or 1 and the bounds 0 to C or −C to 0.
type problem struct {
	rows       []int32 // of each variable the row of the gram
	q, lo, hi  []float64
	gram       *gram
	iterations int // steps taken
}

// solverOptions say when a solver ends.
type solverOptions struct {
	tol       float64
	maxIter   int // −1 = as many as rounding may ask for, see steps
	shrinking bool
}

const (
	leastCurvature = 1e-12 // along a direction that has none
	askEvery       = 64    // steps between two questions whether to end early
	shrinkEvery    = 1000  // steps between two looks for variables to rest
)

// variable is what the solver looks at in every step.
type variable struct {
	gradient   float64 // Σ_s β_s·K_st + q_t
	diag       float64
	row        int32
	index      int32 // in the problem
	rise, fall bool  // β < hi, β > lo
}

// solver is sequential minimal optimisation: in each step two variables exchange a part of β (Platt, 1998), the one that most
// wants to rise and the one that promises the largest decrease with it (Fan, Chen and Lin, 2005, WSS 2). Variables at a bound
// that want to go beyond it rest for a while (Joachims, 1998).
type solver struct {
	*problem
	solverOptions
	beta   []float64
	all    []variable // the active ones first
	active int
	back   bool // all were woken once, near the end
}

// solve returns β and the intercept.
func (p *problem) solve(ctx context.Context, o solverOptions) (beta []float64, bias float64, err error) {
	s := &solver{problem: p, solverOptions: o, beta: make([]float64, len(p.rows)), all: make([]variable, len(p.rows)), active: len(p.rows)}
	for t, r := range p.rows {
		s.all[t] = variable{gradient: p.q[t], diag: p.gram.diag[r], row: r, index: int32(t)}
		s.mark(&s.all[t])
	}
	if err := s.run(ctx); err != nil {
		return nil, 0, err
	}
	return s.beta, s.bias(), nil
}

// mark notes whether a variable may rise and fall.
func (s *solver) mark(v *variable) {
	b := s.beta[v.index]
	v.rise, v.fall = b < s.hi[v.index], b > s.lo[v.index]
}

func (s *solver) run(ctx context.Context) error {
	untilShrink := min(len(s.all), shrinkEvery)
	i := s.riser()
	for most := s.steps(); s.iterations < most; {
		if s.iterations%askEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if untilShrink--; s.shrinking && untilShrink <= 0 {
			untilShrink = min(len(s.all), shrinkEvery)
			s.shrink(ctx)
			i = s.riser()
		}
		j, done := s.partner(ctx, i)
		if done && s.active < len(s.all) {
			s.wake(ctx)
			i = s.riser()
			j, done = s.partner(ctx, i)
			untilShrink = 1 // what rested may do so again
		}
		if done {
			break
		}
		i = s.step(ctx, i, j)
		s.iterations++
	}
	s.wake(ctx)
	return context.Cause(ctx)
}

// steps bounds the steps. Where tol is below what rounding allows no fit would end by itself; the bound is LIBSVM's.
func (s *solver) steps() int {
	if s.maxIter >= 0 {
		return s.maxIter
	}
	return max(10_000_000, 100*len(s.all))
}

// riser is the active variable that most wants to rise, −1 where none may.
func (s *solver) riser() int {
	best, most := -1, math.Inf(-1)
	for k := range s.all[:s.active] {
		if v := &s.all[k]; v.rise && -v.gradient > most {
			best, most = k, -v.gradient
		}
	}
	return best
}

// partner is the variable that with a riser i promises the largest decrease; done tells that no two violate the conditions of
// the optimum by as much as tol.
func (s *solver) partner(ctx context.Context, i int) (j int, done bool) {
	if i < 0 {
		return -1, true
	}
	most, own := -s.all[i].gradient, s.all[i].diag
	near := s.gram.row(ctx, s.all[i].row)
	best, least := -1, math.Inf(1)
	largest := 0.0
	for k := range s.all[:s.active] {
		v := &s.all[k]
		if !v.fall {
			continue
		}
		least = min(least, -v.gradient)
		force := most + v.gradient
		if force <= 0 {
			continue
		}
		curvature := own + v.diag - 2*float64(near[v.row])
		if curvature <= 0 {
			curvature = leastCurvature
		}
		if gain := force * force / curvature; gain > largest {
			best, largest = k, gain
		}
	}
	return best, best < 0 || most-least < s.tol
}

// step moves β from j to i, to the least of what is minimised or to a bound, and returns the next riser.
func (s *solver) step(ctx context.Context, i, j int) int {
	a, b := &s.all[i], &s.all[j]
	toRow, fromRow := s.gram.row(ctx, a.row), s.gram.row(ctx, b.row)
	curvature := a.diag + b.diag - 2*float64(toRow[b.row])
	if curvature <= 0 {
		curvature = leastCurvature
	}
	move := (b.gradient - a.gradient) / curvature
	up, down := s.hi[a.index]-s.beta[a.index], s.beta[b.index]-s.lo[b.index]
	move = min(move, up, down)
	s.beta[a.index] = min(s.beta[a.index]+move, s.hi[a.index])
	s.beta[b.index] = max(s.beta[b.index]-move, s.lo[b.index])
	if move == up {
		s.beta[a.index] = s.hi[a.index]
	}
	if move == down {
		s.beta[b.index] = s.lo[b.index]
	}
	s.mark(a)
	s.mark(b)
	best, most := -1, math.Inf(-1)
	for k := range s.all[:s.active] {
		v := &s.all[k]
		v.gradient += float64(move * (float64(toRow[v.row]) - float64(fromRow[v.row])))
		if v.rise && -v.gradient > most {
			best, most = k, -v.gradient
		}
	}
	return best
}

// extremes are the most that a variable wants to rise and the least that one wants to fall; at the optimum the first is not
// above the second.
func (s *solver) extremes() (most, least float64) {
	most, least = math.Inf(-1), math.Inf(1)
	for k := range s.all[:s.active] {
		v := &s.all[k]
		if v.rise {
			most = max(most, -v.gradient)
		}
		if v.fall {
			least = min(least, -v.gradient)
		}
	}
	return most, least
}

// shrink lets variables rest that are at a bound and want to go beyond it by more than any other could make them return.
func (s *solver) shrink(ctx context.Context) {
	most, least := s.extremes()
	if !s.back && most-least <= 10*s.tol {
		s.back = true
		s.wake(ctx)
	}
	rests := func(v *variable) bool {
		switch {
		case v.rise && v.fall:
			return false
		case v.rise:
			return -v.gradient < least
		default:
			return -v.gradient > most
		}
	}
	for k := 0; k < s.active; k++ {
		for k < s.active && rests(&s.all[k]) {
			s.active--
			s.all[k], s.all[s.active] = s.all[s.active], s.all[k]
		}
	}
}

// wake brings the gradients of what rests up to date and lets all be active. It reads the similarities of the fewer ones: of
// those that rest or of those that count.
func (s *solver) wake(ctx context.Context) {
	resting := s.all[s.active:]
	s.active = len(s.all)
	if len(resting) == 0 {
		return
	}
	var counting []int
	for t, b := range s.beta {
		if b != 0 {
			counting = append(counting, t)
		}
	}
	for k := range resting {
		resting[k].gradient = s.q[resting[k].index]
	}
	if len(resting) < len(counting) {
		for k := range resting {
			if k%askEvery == 0 && ctx.Err() != nil {
				return
			}
			row := s.gram.row(ctx, resting[k].row)
			for _, t := range counting {
				resting[k].gradient += float64(s.beta[t] * float64(row[s.rows[t]]))
			}
		}
		return
	}
	for c, t := range counting {
		if c%askEvery == 0 && ctx.Err() != nil {
			return
		}
		row, b := s.gram.row(ctx, s.rows[t]), s.beta[t]
		for k := range resting {
			resting[k].gradient += float64(b * float64(row[resting[k].row]))
		}
	}
}

// bias is b: what makes the gradients of the variables between their bounds 0, in the mean; where there is none, the middle of
// what the others allow.
func (s *solver) bias() float64 {
	sum, free := 0.0, 0
	for k := range s.all {
		if v := &s.all[k]; v.rise && v.fall {
			sum -= v.gradient
			free++
		}
	}
	if free > 0 {
		return sum / float64(free)
	}
	most, least := s.extremes()
	switch {
	case math.IsInf(most, 0) && math.IsInf(least, 0):
		return 0
	case math.IsInf(most, 0):
		return least
	case math.IsInf(least, 0):
		return most
	}
	return (most + least) / 2
}
