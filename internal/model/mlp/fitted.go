package mlp

import (
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/num"
)

// Fitted is a learned model: networks of one shape whose outputs are averaged and added to the constant prediction.
type Fitted struct {
	problem  sadi.Problem
	features int
	outputs  int
	scaler   *scaler
	layout   *layout
	networks [][]float32
	base     []float64 // of each output, on the scale of the loss
	mean     float64   // of the target of a regression: y = mean + unit · output
	unit     float64
	lo, hi   float64 // the ends of the target of a regression
	rounds   int
	trace    model.Trace
}

var (
	_ model.Fitted   = (*Fitted)(nil)
	_ model.Iterated = (*Fitted)(nil)
	_ model.Traced   = (*Fitted)(nil)
)

// Outputs is the number of numbers that a row is predicted as.
func (f *Fitted) Outputs() int { return f.outputs }

// Features is the number of features.
func (f *Fitted) Features() int { return f.features }

// Rounds are the epochs that the model has learned.
func (f *Fitted) Rounds() int { return f.rounds }

// Trace is the course of the validation loss.
func (f *Fitted) Trace() model.Trace { return f.trace }

// predictRows are computed at a time.
const predictRows = 256

// Predict writes the predictions of the rows.
func (f *Fitted) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	if err := model.CheckFeatures(x, dataset.Dense); err != nil {
		return err
	}
	k := f.outputs
	p := newPass(f.layout, min(predictRows, x.Rows), false)
	inputs := make([]float32, predictRows*f.layout.Inputs)
	sum, raw := make([]float64, predictRows*k), make([]float64, predictRows*k)
	l := loss.Default(f.problem, k)
	for lo := 0; lo < x.Rows; lo += predictRows {
		hi := min(lo+predictRows, x.Rows)
		n := hi - lo
		f.scaler.rows(inputs, x, nil, lo, hi)
		clear(sum)
		for _, w := range f.networks {
			f.raw(raw[:n*k], p, w, inputs)
			for i, v := range raw[:n*k] {
				sum[i] += v
			}
		}
		to := dst[lo*k : hi*k]
		for i := range n {
			f.combine(to[i*k:(i+1)*k], sum[i*k:(i+1)*k], len(f.networks))
		}
		if f.problem.IsClassification() {
			l.Link(to, to)
			continue
		}
		for i, v := range to {
			to[i] = min(max(f.mean+float64(f.unit*v), f.lo), f.hi)
		}
	}
	return nil
}

// raw computes the outputs of one network for all rows of inputs.
func (f *Fitted) raw(dst []float64, p *pass, w, inputs []float32) {
	d, k := f.layout.Inputs, f.layout.Outputs
	for lo := 0; lo*k < len(dst); lo += p.room {
		n := min(p.room, len(dst)/k-lo)
		p.forward(w, inputs[lo*d:], n, 0, nil)
		for i, v := range p.output() {
			dst[lo*k+i] = bounded(float64(v))
		}
	}
}

// combine is the raw prediction of a row from the sum of the networks' outputs. That of a regression stays within the targets.
func (f *Fitted) combine(dst, sum []float64, networks int) {
	for k, v := range sum {
		dst[k] = f.base[k] + v/float64(networks)
		if !f.problem.IsClassification() {
			dst[k] = min(max(dst[k], f.standard(f.lo)), f.standard(f.hi))
		}
	}
}

// bounded keeps an output in a range where nothing overflows; a network whose numbers have overflowed says nothing.
func bounded(v float64) float64 {
	const most = 1e6
	if v != v {
		return 0
	}
	return min(max(v, -most), most)
}

// standardise is the target of a regression with mean 0 and deviation 1 under the weights, or all 0 if it is constant.
func (f *Fitted) standardise(y, weights []float64) (z []float64) {
	f.lo, f.hi = slices.Min(y), slices.Max(y)
	z, f.mean, f.unit = num.Standardise(y, weights)
	return z
}

// standard is a value of the target in standardised form.
func (f *Fitted) standard(y float64) float64 {
	if f.unit == 0 {
		return 0
	}
	return 2 * ((float64(0.5*y) - float64(0.5*f.mean)) / f.unit) // the difference of two halves does not overflow
}

// lossUnit is what the loss of standardised targets is multiplied with to be that of the target.
func (f *Fitted) lossUnit() float64 {
	if f.problem.IsClassification() {
		return 1
	}
	return f.unit * f.unit
}
