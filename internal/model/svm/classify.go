package svm

import (
	"context"

	"sadi/internal/model"
	"sadi/internal/par"
)

// duel is a machine that divides two classes, and what teaches it.
type duel struct {
	first, second int       // places of the classes in the list of those present
	rows          []int     // of the sample: those of both classes, ascending
	at            []int32   // their rows in the gram
	isFirst       []bool    // of each row
	weight        []float64 // of each row
	part          []int     // the fold that leaves the row out
	gram          *gram

	beta     []float64 // of each row
	bias     float64
	decision []float64 // of each row by a machine that has not learned from it
	sigmoid  sigmoidOf
}

// classify learns a machine for each two classes that are there.
func classify(ctx context.Context, train model.Train, o options) (*Fitted, error) {
	s, k, err := o.begin(ctx, train)
	if err != nil {
		return nil, err
	}
	if o.balanced {
		s.weight = model.Balance(s.target, s.weight, 1)
	}
	present := make([]bool, s.target.Classes)
	for _, y := range s.target.Y {
		present[int(y)] = true
	}
	var classes []int
	for c, is := range present {
		if is {
			classes = append(classes, c)
		}
	}
	duels := s.duels(classes, s.deal(train.Stream.Child("folds")))
	if err := fight(ctx, train.Pool, s, duels, k, o); err != nil {
		return nil, err
	}
	f := &Fitted{kernel: k, problem: train.Y.Problem, features: len(s.cols), origin: s.origin(k.kind)}
	f.collect(s, classes, duels)
	return f, nil
}

// duels are those of each two classes.
func (s *sample) duels(classes []int, part []int) []*duel {
	var all []*duel
	for a, first := range classes {
		for b := a + 1; b < len(classes); b++ {
			d := &duel{first: a, second: b}
			for i, y := range s.target.Y {
				if c := int(y); c == first || c == classes[b] {
					d.rows = append(d.rows, i)
					d.isFirst = append(d.isFirst, c == first)
					d.weight = append(d.weight, s.weight[i])
					d.part = append(d.part, part[i])
				}
			}
			d.beta, d.decision = make([]float64, len(d.rows)), make([]float64, len(d.rows))
			all = append(all, d)
		}
	}
	return all
}

// fight decides all duels. Where the similarities of all rows fit into the memory, the duels share them and go on side by side;
// else one after the other has a gram of its own rows.
func fight(ctx context.Context, pool *par.Pool, s *sample, duels []*duel, k kernel, o options) error {
	if len(duels) == 0 {
		return nil
	}
	if fits(s.rows(), o.cache) {
		g, err := newGram(ctx, pool, newPoints(s.cols, nil, s.rows(), s.origin(k.kind)), k, o.cache)
		if err != nil {
			return err
		}
		for _, d := range duels {
			d.gram, d.at = g, make([]int32, len(d.rows))
			for i, r := range d.rows {
				d.at[i] = int32(r)
			}
		}
		return rounds(ctx, pool, duels, o)
	}
	for _, d := range duels {
		d.at = make([]int32, len(d.rows))
		for i := range d.at {
			d.at[i] = int32(i)
		}
		g, err := newGram(ctx, pool, newPoints(s.cols, d.rows, len(d.rows), s.origin(k.kind)), k, o.cache)
		if err != nil {
			return err
		}
		side := pool
		if d.gram = g; !g.whole {
			side = nil // its rows are computed side by side
		}
		if err := rounds(ctx, side, []*duel{d}, o); err != nil {
			return err
		}
		d.gram = nil
	}
	return nil
}

// rounds learns every machine from all of its rows, and for its calibration once without each fold.
func rounds(ctx context.Context, pool *par.Pool, duels []*duel, o options) error {
	const each = 1 + folds
	errs := make([]error, each*len(duels))
	if err := pool.For(ctx, len(errs), func(i int) {
		errs[i] = duels[i/each].learn(ctx, i%each-1, o)
	}); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return pool.For(ctx, len(duels), func(i int) {
		d := duels[i]
		d.sigmoid = calibrate(d.decision, d.weight, d.isFirst)
	})
}

// learn solves a duel without the rows of a fold and judges them; never leaves out no row, and judges those that no fold
// leaves out.
func (d *duel) learn(ctx context.Context, fold int, o options) error {
	p := &problem{gram: d.gram}
	var chosen []int
	for i, part := range d.part {
		if part == fold && fold != never {
			continue
		}
		y, c := -1.0, o.c*d.weight[i]
		lo, hi := -c, 0.0
		if d.isFirst[i] {
			y, lo, hi = 1, 0, c
		}
		chosen = append(chosen, i)
		p.rows, p.q, p.lo, p.hi = append(p.rows, d.at[i]), append(p.q, -y), append(p.lo, lo), append(p.hi, hi)
	}
	if fold != never && len(chosen) == len(d.part) {
		return nil // nobody to judge
	}
	beta, bias, err := p.solve(ctx, o.solver)
	if err != nil {
		return err
	}
	if fold == never {
		for t, i := range chosen {
			d.beta[i] = beta[t]
		}
		d.bias = bias
	}
	var judged []int
	for i, part := range d.part {
		if part == fold {
			judged = append(judged, i)
			d.decision[i] = bias
		}
	}
	if len(judged) == 0 {
		return nil
	}
	for t, b := range beta {
		if b == 0 {
			continue
		}
		row := d.gram.row(ctx, p.rows[t])
		for _, i := range judged {
			d.decision[i] += float64(b * float64(row[d.at[i]]))
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
