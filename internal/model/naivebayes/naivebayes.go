// Package naivebayes is Gaussian naive Bayes: gaussian_nb.
package naivebayes

import (
	"context"
	"math"
	"slices"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/model"
	"sadi/internal/model/bayes"
	"sadi/internal/num"
	"sadi/internal/param"
)

// Model is the algorithm: the density of a class c at x is Π_j N(x_j; μ_cj, σ²_cj + ε), as if the features were independent, with
// the weighted means and variances of the class. ε is var_smoothing times the largest variance of a feature among all rows. By
// Bayes' rule the probability of c is its prior times its density, over the sum of these.
type Model struct{}

var _ model.Model = Model{}

// Name is "gaussian_nb".
func (Model) Name() string { return "gaussian_nb" }

// Card says what the algorithm is.
func (Model) Card() model.Card {
	return model.Card{
		Title: "Gaussian naive Bayes",
		Summary: "Every feature votes by how usual its value is in each class, as if it knew of no other. Learns in one pass; too sure of itself " +
			"where features are alike.",
		Paper: "M. E. Maron (1961). Automatic indexing: an experimental inquiry. Journal of the ACM 8(3). For continuous features: R. O. Duda " +
			"and P. E. Hart (1973). Pattern Classification and Scene Analysis. Wiley.",
		Aliases: []string{"GaussianNB", "naive_bayes", "nb"},
	}
}

// Caps: classification on dense input.
func (Model) Caps() model.Caps {
	return model.Caps{Problems: []sadi.Problem{sadi.Binary, sadi.Multiclass}, Input: dataset.Dense, Cost: 0.05}
}

// Params are the hyper-parameters.
func (Model) Params() param.Set {
	return param.Set{
		{Name: "var_smoothing", Kind: param.Float, Lo: 0, Hi: 1e6, Default: 1e-9,
			Desc: "Added to all variances, as a share of the largest: more makes the features' votes more alike and less sure.",
			Tune: &param.Tune{Lo: 1e-9, Hi: 10, Log: true}},
		bayes.Priors,
	}
}

// Fit takes the moments of the classes.
func (Model) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	if err := model.CheckTrain(train, dataset.Dense); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	d, k := len(train.X.Cols), max(train.Y.Outputs(), 2)
	f := &Fitted{outputs: train.Y.Outputs(), features: d, mean: make([]float64, k*d), variance: make([]float64, k*d)}
	weight := num.RelativeWeights(train.Weights, train.X.Rows)
	share := shares(train.Y, weight, k)
	f.prior = logPriors(share, bayes.Uniform(values))
	whole := make([]float64, d)
	err := train.Pool.For(ctx, d, func(j int) { whole[j] = f.moments(j, train, weight, share) })
	if err != nil {
		return nil, err
	}
	extra := float64(values.Float("var_smoothing") * num.MaxAbs(whole))
	for i, v := range f.variance {
		if f.variance[i] = 0; whole[i%d] > 0 {
			f.variance[i] = max(v+extra, leastVariance)
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return f, nil
}

// leastVariance is that of a feature that tells classes apart without exception; squared differences over it are finite.
const leastVariance = 1e-100

// shares are the classes' shares of the weight.
func shares(target dataset.Target, weight []float64, k int) []float64 {
	s := make([]float64, k)
	for i, y := range target.Y {
		s[int(y)] += weight[i]
	}
	num.Scale(s, 1/num.Sum(s))
	return s
}

// logPriors are the logarithms of the shares, or of 1 for all classes that have rows.
func logPriors(share []float64, uniform bool) []float64 {
	if uniform {
		share = slices.Clone(share)
		for c, s := range share {
			if s > 0 {
				share[c] = 1
			}
		}
	}
	return bayes.LogPriors(share)
}

// moments takes the means and variances of feature j by class, and returns its variance among all rows.
func (f *Fitted) moments(j int, train model.Train, weight, share []float64) float64 {
	k, d := len(f.prior), f.features
	col := train.X.Cols[j]
	total := num.Sum(weight)
	origin := 0.0 // values are taken from one of them on, so that a constant has exactly the variance 0
	for i, v := range col {
		if weight[i] > 0 {
			origin = float64(v)
			break
		}
	}
	sum, squares := make([]float64, k), make([]float64, k)
	for i, v := range col {
		sum[int(train.Y.Y[i])] += float64(weight[i] * (float64(v) - origin))
	}
	for c := range sum {
		if share[c] > 0 {
			sum[c] /= total * share[c]
		}
		f.mean[c*d+j] = origin + sum[c]
	}
	for i, v := range col {
		c := int(train.Y.Y[i])
		e := float64(v) - origin - sum[c]
		squares[c] += float64(weight[i] * float64(e*e))
	}
	mean, whole := 0.0, 0.0
	for c, s := range share {
		mean += float64(s * sum[c])
	}
	for c, s := range share {
		if s > 0 {
			v := squares[c] / (total * s)
			f.variance[c*d+j] = v
			whole += float64(s * (v + float64((sum[c]-mean)*(sum[c]-mean))))
		}
	}
	return whole
}

// Fitted are the moments of the classes.
type Fitted struct {
	outputs, features int
	prior             []float64 // K logarithms
	mean, variance    []float64 // K × d; the variance of a feature that takes no part is 0
}

var _ model.Fitted = (*Fitted)(nil)

// Outputs is 1, or the number of classes.
func (f *Fitted) Outputs() int { return f.outputs }

// Features is the number of features.
func (f *Fitted) Features() int { return f.features }

// Predict writes the probabilities; a missing or infinite feature is an error.
func (f *Fitted) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	if err := model.CheckFeatures(x, dataset.Dense); err != nil {
		return err
	}
	k, d := len(f.prior), f.features
	constant := make([]float64, k) // log prior − ½ Σ log σ²
	for c := range constant {
		constant[c] = f.prior[c]
		for _, v := range f.variance[c*d : (c+1)*d] {
			if v > 0 {
				constant[c] -= float64(elementary.Log(v) / 2)
			}
		}
	}
	z := make([]float64, k)
	for i := range x.Rows {
		for c := range z {
			sum := 0.0
			mean, variance := f.mean[c*d:(c+1)*d], f.variance[c*d:(c+1)*d]
			for j, col := range x.Cols {
				if variance[j] > 0 {
					e := float64(col[i]) - mean[j]
					sum += float64(e*e) / variance[j]
				}
			}
			z[c] = max(constant[c]-float64(sum/2), bayes.Absent)
		}
		bayes.Posterior(dst[i*f.outputs:(i+1)*f.outputs], z)
	}
	return nil
}

const version = 1

// Encode writes the moments.
func (f *Fitted) Encode(w *codec.Writer) {
	w.U8(version)
	w.Int(f.outputs)
	w.Int(f.features)
	w.F64s(f.prior)
	w.F64s(f.mean)
	w.F64s(f.variance)
}

// Decode reads a model.
func (m Model) Decode(r *codec.Reader) (model.Fitted, error) {
	r.Version(m.Name(), version)
	f := &Fitted{outputs: r.Int(), features: r.Int(), prior: r.F64s(), mean: r.F64s(), variance: r.F64s()}
	k := len(f.prior)
	switch {
	case r.Err() != nil:
	case f.features < 0 || k < 1 || f.features > math.MaxInt32 || len(f.mean) != k*f.features || len(f.variance) != len(f.mean) ||
		!(f.outputs == k || f.outputs == 1 && k == 2):
		r.Fail("%s has %d means for %d features and %d classes", m.Name(), len(f.mean), f.features, k)
	case !num.Finite(f.mean) || num.MaxAbs(f.mean) > 1e40 || !num.Finite(f.prior):
		r.Fail("%s has a number that is not finite", m.Name())
	}
	for _, v := range f.variance {
		if !(v == 0 || v >= leastVariance && v <= math.MaxFloat64) {
			r.Fail("%s has the variance %v", m.Name(), v)
		}
	}
	for _, p := range f.prior {
		if !(p >= bayes.Absent && p <= 0) {
			r.Fail("%s has a prior whose logarithm is %v", m.Name(), p)
		}
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	return f, nil
}
