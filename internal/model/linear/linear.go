// Package linear is the shared kernel of the linear algorithms: a standardised view of a matrix, its second moments,
// the solvers, and the fitted model that all of them leave.
//
// Notation:
//
//	n, d, K   rows, features, classes          W        sum of the weights w
//	x         n × d matrix, as given           x̃        (x − mean)/sd, columns of weighted mean 0 and variance 1
//	β, b      coefficients and intercept of x  γ        coefficients of x̃: γ[j] = β[j]·sd[j]
//	R         x̃'wx̃/W, d × d correlations       c        x̃'wỹ/W, d correlations with the target
//
// Solvers work on γ, where every column has the same scale, and a column that is constant takes no part. Penalties are
// those of scikit-learn, on β: a penalty λ on β[j]² is λ/sd[j]² on γ[j]².
package linear

import (
	"math"

	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/num"
)

// Link turns the linear predictor into a prediction.
type Link uint8

// The links.
const (
	Identity Link = iota // the value itself, one output
	Logit                // the probability of class 1, one output
	Softmax              // the probabilities of K classes, K outputs
)

// Fitted is a fitted linear model.
type Fitted struct {
	Link      Link
	Coef      []float64 // outputs × d, row-major: β
	Intercept []float64 // one for each output: b
	Spread    []float64 // d standard deviations of the features, for Importance
}

var (
	_ model.Fitted     = (*Fitted)(nil)
	_ model.Importance = (*Fitted)(nil)
)

// Outputs is 1, or the number of classes of Softmax.
func (f *Fitted) Outputs() int { return len(f.Intercept) }

// Features is d.
func (f *Fitted) Features() int { return len(f.Spread) }

// Predict writes the predictions; a missing or infinite feature is an error.
func (f *Fitted) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	k, d := f.Outputs(), f.Features()
	z := make([]float64, tile)
	for lo := 0; lo < x.Rows; lo += tile {
		hi := min(lo+tile, x.Rows)
		for o := range k {
			z := z[:hi-lo]
			for i := range z {
				z[i] = f.Intercept[o]
			}
			addProducts(z, x.Cols, lo, f.Coef[o*d:(o+1)*d])
			for i, v := range z {
				dst[(lo+i)*k+o] = v
			}
		}
	}
	if !num.Finite(dst) {
		if err := model.CheckFeatures(x, dataset.Dense); err != nil {
			return err
		}
		for i, v := range dst { // a sum of finite terms overflowed
			dst[i] = max(-math.MaxFloat64, min(math.MaxFloat64, v))
			if v != v {
				dst[i] = f.Intercept[i%k]
			}
		}
	}
	f.applyLink(dst)
	return nil
}

func (f *Fitted) applyLink(z []float64) {
	switch f.Link {
	case Logit:
		for i, v := range z {
			z[i] = num.Logistic(v)
		}
	case Softmax:
		for k := f.Outputs(); len(z) > 0; z = z[k:] {
			num.Softmax(z[:k], z[:k])
		}
	}
}

// Importance is the share of each feature in Σ|γ|.
func (f *Fitted) Importance() []float64 {
	d := f.Features()
	share := make([]float64, d)
	for i, b := range f.Coef {
		share[i%d] += float64(math.Abs(b) * f.Spread[i%d])
	}
	if top := num.MaxAbs(share); top > 0 && top <= math.MaxFloat64 {
		num.Scale(share, 1/top)
		num.Scale(share, 1/num.Sum(share))
	} else {
		clear(share)
	}
	return share
}

const version = 1

// Encode writes the model.
func (f *Fitted) Encode(w *codec.Writer) {
	w.U8(version)
	w.U8(uint8(f.Link))
	w.F64s(f.Spread)
	w.F64s(f.Intercept)
	w.F64s(f.Coef)
}

// Decode reads a model called name whose link is one of the given.
func Decode(r *codec.Reader, name string, links ...Link) (*Fitted, error) {
	r.Version(name, version)
	f := &Fitted{Link: Link(r.U8()), Spread: r.F64s(), Intercept: r.F64s(), Coef: r.F64s()}
	if r.Err() != nil {
		return nil, r.Err()
	}
	known := false
	for _, l := range links {
		known = known || l == f.Link
	}
	k, d := len(f.Intercept), len(f.Spread)
	switch {
	case !known:
		r.Fail("%s has a link numbered %d", name, f.Link)
	case k == 0 || k > 1 && f.Link != Softmax || len(f.Coef) != k*d:
		r.Fail("%s has %d coefficients for %d features and %d outputs", name, len(f.Coef), d, k)
	case !num.Finite(f.Coef) || !num.Finite(f.Intercept) || !num.Finite(f.Spread):
		r.Fail("%s has a coefficient that is not finite", name)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	return f, nil
}

// DecodeRegression reads a model of a regressor called name.
func DecodeRegression(r *codec.Reader, name string) (model.Fitted, error) {
	f, err := Decode(r, name, Identity)
	if err != nil {
		return nil, err // not f: a nil *Fitted is no nil model.Fitted
	}
	return f, nil
}
