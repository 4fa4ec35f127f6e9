package discriminant

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/model/bayes"
	"sadi/internal/model/linear"
	"sadi/internal/num"
	"sadi/internal/param"
)

// Linear is linear_discriminant_analysis. With the normal density of a class about its mean and one covariance Σ for all, the
// logarithm of a class's prior times its density is, but for what all classes share, linear in x:
//
//	x'·Σ⁻¹(μ_c − μ) − ½ (μ_c − μ)'Σ⁻¹(μ_c − μ) − μ'Σ⁻¹(μ_c − μ) + log π_c
//
// Shrinkage draws the covariance of each class towards a multiple of the identity; auto takes as much as Ledoit and Wolf (2004,
// A well-conditioned estimator for large-dimensional covariance matrices, Journal of Multivariate Analysis 88) advise, in units of
// the class's own deviations.
type Linear struct{}

var (
	_ model.Model = Linear{}
	_ model.Needy = Linear{}
)

// Name is "linear_discriminant_analysis".
func (Linear) Name() string { return "linear_discriminant_analysis" }

// Card says what the algorithm is.
func (Linear) Card() model.Card {
	return model.Card{
		Title: "Linear discriminant analysis",
		Summary: "Classes as clouds of one shape about different centres; the borders between them are straight. Learns in one pass; with shrinkage " +
			"also from few rows of many columns.",
		Paper:   "R. A. Fisher (1936). The use of multiple measurements in taxonomic problems. Annals of Eugenics 7(2).",
		Aliases: []string{"LinearDiscriminantAnalysis", "lda"},
	}
}

// Caps: classification on dense input.
func (Linear) Caps() model.Caps { return caps(0.1) }

// Params are the hyper-parameters.
func (Linear) Params() param.Set {
	return param.Set{
		{Name: "shrinkage", Kind: param.Choice, Choices: []string{"none", "auto", "amount"}, Default: "none",
			Desc: "Whether the covariances are drawn towards a multiple of the identity: auto by as much as Ledoit and Wolf advise, amount by shrinkage_amount.",
			Tune: &param.Tune{}},
		{Name: "shrinkage_amount", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.1,
			Desc: "Share of the multiple of the identity with amount; other kinds of shrinkage ignore it.",
			Tune: &param.Tune{Lo: 0.001, Hi: 1, Log: true}},
		bayes.Priors,
	}
}

// Need says what Fit will take.
func (Linear) Need(s model.Shape, _ param.Values) model.Need { return need(s, 1) }

// ridge is added to the diagonal of the covariance within the classes in units of its deviations, so that columns which repeat
// one another share their weight.
const ridge = 1e-9

// certain is the deviation within the classes, as a share of that among all rows, of a feature that has none there: it tells the
// classes apart without exception.
const certain = 1e-4

// Fit solves for the coefficients.
func (Linear) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	all, err := classes(ctx, train, values)
	if err != nil {
		return nil, err
	}
	d := len(train.X.Cols)
	mean, variance := overall(all, d)
	within := make([]float64, d*d)
	for i := range all {
		if all[i].share > 0 {
			all[i].addTo(within, all[i].shrink(values, variance))
		}
	}
	spread := deviations(within, variance)
	coef, ok := discriminants(within, spread, mean, all)
	if !ok {
		return nil, sadi.Errorf(sadi.NoModel, "the covariance within the classes has no inverse").Advise("ask for shrinkage")
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	prior := logPriors(all)
	f := &linear.Fitted{Link: linear.Softmax, Spread: make([]float64, d)}
	for j, v := range variance {
		f.Spread[j] = math.Sqrt(v)
	}
	for c, known := range all {
		b := prior[c]
		for j, v := range coef[c] {
			if v != 0 {
				b -= float64(v * (known.mean[j] + mean[j]) / 2)
			}
		}
		f.Coef = append(f.Coef, coef[c]...)
		f.Intercept = append(f.Intercept, max(b, bayes.Absent))
	}
	if train.Y.Problem == sadi.Binary {
		binary(f, len(all))
	}
	return f, nil
}

// binary makes one predictor of two: the second class against the first.
func binary(f *linear.Fitted, classes int) {
	f.Link = linear.Logit
	if classes < 2 { // class 1 is not even declared
		f.Coef, f.Intercept = make([]float64, len(f.Spread)), []float64{bayes.Absent}
		return
	}
	d := len(f.Spread)
	for j := range d {
		f.Coef[j] = f.Coef[d+j] - f.Coef[j]
	}
	f.Coef, f.Intercept = f.Coef[:d], []float64{f.Intercept[1] - f.Intercept[0]}
}

// solve is A⁻¹b for the k columns that stand behind A's upper factor U, of which U'⁻¹b is given: n × (n + k) numbers.
func solve(u []float64, n, k int) [][]float64 {
	width := n + k
	all := make([][]float64, k)
	for c := range all {
		x := make([]float64, n)
		for i := n - 1; i >= 0; i-- {
			row := u[i*width : (i+1)*width]
			x[i] = (row[n+c] - num.Dot(row[i+1:n], x[i+1:])) / row[i]
		}
		all[c] = x
	}
	return all
}

// discriminants are the coefficients Σ⁻¹(μ_c − μ) of each class, 0 for features without a deviation and classes without rows.
func discriminants(within, spread, mean []float64, all []class) ([][]float64, bool) {
	d, k := len(spread), len(all)
	width := d + k
	a := make([]float64, d*width)
	for i, s := range spread {
		if s == 0 {
			a[i*width+i] = 1
			continue
		}
		for j := i; j < d; j++ {
			if spread[j] > 0 {
				a[i*width+j] = within[i*d+j] / (s * spread[j])
			}
		}
		a[i*width+i] += ridge
		for c, known := range all {
			if known.share > 0 {
				a[i*width+d+c] = (known.mean[i] - mean[i]) / s
			}
		}
	}
	if !num.Cholesky(a, d, width, 0) {
		return nil, false
	}
	coef := solve(a, d, k)
	for _, row := range coef {
		for j, s := range spread {
			if s > 0 {
				row[j] /= s
			}
		}
	}
	return coef, true
}

// deviations are the units in which the covariance within the classes is inverted; 0 for constants. Features that are all but
// constant within the classes are given a deviation there.
func deviations(within, variance []float64) []float64 {
	d := len(variance)
	spread := make([]float64, d)
	for j, v := range variance {
		if v == 0 {
			continue
		}
		within[j*d+j] = max(within[j*d+j], certain*certain*v)
		spread[j] = math.Sqrt(within[j*d+j])
	}
	return spread
}

// Decode reads a model.
func (m Linear) Decode(r *codec.Reader) (model.Fitted, error) {
	f, err := linear.Decode(r, m.Name(), linear.Logit, linear.Softmax)
	if err != nil {
		return nil, err
	}
	return f, nil
}
