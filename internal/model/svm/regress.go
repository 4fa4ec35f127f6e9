package svm

import (
	"context"

	"sadi/internal/model"
	"sadi/internal/num"
)

// regress learns a number. It works on the target less its mean in units of its deviation, so that C and epsilon mean the same
// for every target, and a target in other units gives the same model in these. Each row has two variables, one that draws the
// function up to y − ε and one that draws it down to y + ε.
func regress(ctx context.Context, train model.Train, o options) (*Fitted, error) {
	s, k, err := o.begin(ctx, train)
	if err != nil {
		return nil, err
	}
	n := s.rows()
	f := &Fitted{kernel: k, problem: train.Y.Problem, features: len(s.cols), origin: s.origin(k.kind), bias: []float64{0}}
	y, mean, unit := num.Standardise(s.target.Y, s.weight)
	if unit == 0 {
		f.bias[0] = mean
		f.lay(0)
		return f, nil
	}
	p := &problem{rows: make([]int32, 2*n), q: make([]float64, 2*n), lo: make([]float64, 2*n), hi: make([]float64, 2*n)}
	for i := range n {
		c := o.c * s.weight[i]
		p.rows[i], p.q[i], p.hi[i] = int32(i), o.epsilon-y[i], c
		p.rows[n+i], p.q[n+i], p.lo[n+i] = int32(i), -o.epsilon-y[i], -c
	}
	if p.gram, err = newGram(ctx, train.Pool, newPoints(s.cols, nil, n, f.origin), k, o.cache); err != nil {
		return nil, err
	}
	beta, bias, err := p.solve(ctx, o.solver)
	if err != nil {
		return nil, err
	}
	var chosen []int
	for i := range n {
		if b := beta[i] + beta[n+i]; b != 0 {
			chosen = append(chosen, i)
			f.coef = append(f.coef, unit*b)
		}
	}
	f.bias[0] = mean + float64(unit*bias)
	f.vectors = s.vectors(chosen)
	f.lay(len(chosen))
	return f, nil
}
