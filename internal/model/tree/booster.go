package tree

import (
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
)

// Booster is a fitted booster.
type Booster struct {
	Ensemble
	loss  loss.Loss
	trace model.Trace // of a booster that was just learned
}

var (
	_ model.Fitted     = (*Booster)(nil)
	_ model.Iterated   = (*Booster)(nil)
	_ model.Importance = (*Booster)(nil)
	_ model.Traced     = (*Booster)(nil)
)

// Predict writes probabilities or values; see model.Fitted.
func (b *Booster) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(b, dst, x); err != nil {
		return err
	}
	b.Sum(dst, x)
	b.loss.Link(dst, dst)
	return nil
}

// Outputs is the number of predictions a row.
func (b *Booster) Outputs() int { return b.Ensemble.Outputs }

// Features is d.
func (b *Booster) Features() int { return b.Ensemble.Features }

// Loss is what the booster minimised.
func (b *Booster) Loss() loss.Loss { return b.loss }

// Rounds is the number of rounds kept; each has a tree for every output.
func (b *Booster) Rounds() int { return len(b.Trees) / b.Ensemble.Outputs }

// Trace is how it was learned; see model.Traced.
func (b *Booster) Trace() model.Trace { return b.trace }

// Importance is each feature's share of the gains of all splits.
func (b *Booster) Importance() []float64 { return b.gainImportance() }

// Version 2 has the loss's shape.
const boosterVersion = 2

// Encode writes the booster.
func (b *Booster) Encode(w *codec.Writer) {
	w.U8(boosterVersion)
	w.String(b.loss.Name())
	w.F64(loss.Shape(b.loss))
	b.Ensemble.Encode(w)
}

// DecodeBooster reads what Encode wrote.
func DecodeBooster(r *codec.Reader) (model.Fitted, error) {
	version := r.Version("a booster", boosterVersion)
	name, shape := r.String(), 0.0
	if version > 1 {
		shape = r.F64()
	}
	b := &Booster{Ensemble: *DecodeEnsemble(r)}
	if r.Err() != nil {
		return nil, r.Err()
	}
	outputs := b.Ensemble.Outputs
	l, err := loss.Named(name, outputs, shape)
	if err != nil || l.Outputs() != outputs || b.Ensemble.Width != 1 || len(b.Trees)%outputs != 0 {
		r.Fail("a booster on the loss %q has %d trees for %d outputs", name, len(b.Trees), outputs)
		return nil, r.Err()
	}
	b.loss = l
	for k := range b.Trees {
		if b.Trees[k].Gains == nil {
			r.Fail("tree %d of a booster has no gains", k)
			return nil, r.Err()
		}
	}
	return b, nil
}
