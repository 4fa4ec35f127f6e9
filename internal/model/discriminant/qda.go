package discriminant

import (
	"context"
	"math"

	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/model"
	"sadi/internal/model/bayes"
	"sadi/internal/num"
	"sadi/internal/param"
)

// Quadratic is quadratic_discriminant_analysis: every class has a normal density with a covariance of its own,
//
//	(1 − reg_param)·Σ_c·W_c/(W_c − 1) + reg_param·I
//
// and by Bayes' rule the probability of a class is its prior times its density, over the sum of these.
type Quadratic struct{}

var (
	_ model.Model = Quadratic{}
	_ model.Needy = Quadratic{}
)

// Name is "quadratic_discriminant_analysis".
func (Quadratic) Name() string { return "quadratic_discriminant_analysis" }

// Card says what the algorithm is.
func (Quadratic) Card() model.Card {
	return model.Card{
		Title: "Quadratic discriminant analysis",
		Summary: "Classes as clouds of different shapes about different centres; the borders between them are curved. Learns in one pass; wants " +
			"many rows of each class for each column, or a reg_param above 0.",
		Paper: "C. A. B. Smith (1947). Some examples of discrimination. Annals of Eugenics 13(1). Regularised: J. H. Friedman (1989). Regularized " +
			"discriminant analysis. Journal of the American Statistical Association 84(405).",
		Aliases: []string{"QuadraticDiscriminantAnalysis", "qda"},
	}
}

// Caps: classification on dense input.
func (Quadratic) Caps() model.Caps { return caps(0.2) }

// Params are the hyper-parameters.
func (Quadratic) Params() param.Set {
	return param.Set{
		{Name: "reg_param", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.0,
			Desc: "Share of the identity in every covariance.",
			Tune: &param.Tune{Lo: 1e-4, Hi: 1, Log: true}},
		bayes.Priors,
	}
}

// Need says what Fit will take: of each class its correlations, its factor and the file's half of that.
func (Quadratic) Need(s model.Shape, _ param.Values) model.Need { return need(s, 3) }

// Fit takes the moments of the classes and factorises their covariances.
func (Quadratic) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	all, err := classes(ctx, train, values)
	if err != nil {
		return nil, err
	}
	_, variance := overall(all, len(train.X.Cols))
	f := &Gaussians{outputs: train.Y.Outputs(), features: len(variance)}
	for j, v := range variance {
		if v > 0 {
			f.columns = append(f.columns, j)
		}
	}
	prior := logPriors(all)
	for c := range all {
		g := gaussian{prior: prior[c]}
		if all[c].share > 0 {
			for _, j := range f.columns {
				g.mean = append(g.mean, all[c].mean[j])
			}
			g.factor = all[c].factor(f.columns, variance, values.Float("reg_param"))
		}
		f.classes = append(f.classes, g)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f.prepare()
	return f, nil
}

// singular is the least pivot of a covariance, as a share of its diagonal.
const singular = 1e-10

// factor is the upper factor of the covariance among the given columns. One that has none, as when a class has fewer rows than
// columns, is given a small share of the variances among all rows.
func (c *class) factor(columns []int, variance []float64, reg float64) []float64 {
	d, n := len(c.spread), len(columns)
	unbiased := c.weight / max(c.weight-1, c.weight/2)
	for extra := 0.0; ; extra = max(1e-8, 10*extra) {
		a := make([]float64, n*n)
		for k, i := range columns {
			for l, j := range columns[k:] {
				a[k*n+k+l] = float64((1 - reg) * unbiased * c.spread[i] * c.corr[i*d+j] * c.spread[j])
			}
			a[k*n+k] += reg + float64(extra*variance[i])
		}
		if num.Cholesky(a, n, n, singular) {
			return a
		}
	}
}

// Gaussians are a normal density for each class, over the features that vary.
type Gaussians struct {
	outputs, features int
	columns           []int
	classes           []gaussian
}

// gaussian is a class; one without rows has no mean.
type gaussian struct {
	prior    float64 // its logarithm
	mean     []float64
	factor   []float64 // U with U'U = Σ, n × n; below the diagonal nothing of meaning
	constant float64   // prior − ½ log |Σ|
}

var _ model.Fitted = (*Gaussians)(nil)

// Outputs is 1, or the number of classes.
func (f *Gaussians) Outputs() int { return f.outputs }

// Features is the number of features.
func (f *Gaussians) Features() int { return f.features }

// prepare makes what follows from the densities.
func (f *Gaussians) prepare() {
	n := len(f.columns)
	for c := range f.classes {
		g := &f.classes[c]
		g.constant = g.prior
		for i := range g.mean {
			g.constant -= elementary.Log(g.factor[i*n+i])
		}
	}
}

// Predict writes the probabilities; a missing or infinite feature is an error.
func (f *Gaussians) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	if err := model.CheckFeatures(x, dataset.Dense); err != nil {
		return err
	}
	z, at := make([]float64, len(f.classes)), make([]float64, len(f.columns))
	for i := range x.Rows {
		for c := range f.classes {
			g := &f.classes[c]
			for k := range g.mean {
				at[k] = float64(x.Cols[f.columns[k]][i]) - g.mean[k]
			}
			z[c] = max(bayes.Absent, g.constant-float64(g.distance(at)/2))
		}
		bayes.Posterior(dst[i*f.outputs:(i+1)*f.outputs], z)
	}
	return nil
}

// distance is |U'⁻¹·at|², Mahalanobis' squared distance; it destroys at.
func (g *gaussian) distance(at []float64) float64 {
	if g.mean == nil {
		return 0
	}
	n, sum := len(at), 0.0
	for i := range at {
		row := g.factor[i*n : (i+1)*n]
		v := at[i] / row[i]
		if sum += float64(v * v); sum > -bayes.Absent {
			return -bayes.Absent
		}
		num.Axpy(at[i+1:], -v, row[i+1:])
	}
	return sum
}

const version = 1

// Encode writes the densities.
func (f *Gaussians) Encode(w *codec.Writer) {
	w.U8(version)
	w.Int(f.outputs)
	w.Int(f.features)
	w.Ints(f.columns)
	w.Int(len(f.classes))
	n := len(f.columns)
	for _, g := range f.classes {
		w.F64(g.prior)
		w.F64s(g.mean)
		upper := make([]float64, 0, n*(n+1)/2)
		for i := range g.mean {
			upper = append(upper, g.factor[i*n+i:(i+1)*n]...)
		}
		w.F64s(upper)
	}
}

// Decode reads a model.
func (m Quadratic) Decode(r *codec.Reader) (model.Fitted, error) {
	r.Version(m.Name(), version)
	f := &Gaussians{outputs: r.Int(), features: r.Int(), columns: r.Ints()}
	f.classes = make([]gaussian, r.Len(24))
	k, n := len(f.classes), len(f.columns)
	if r.Err() == nil && (f.features < 0 || k < 1 || !(f.outputs == k || f.outputs == 1 && k <= 2)) {
		r.Fail("%s has %d outputs for %d classes", m.Name(), f.outputs, k)
	}
	for i, j := range f.columns {
		if j < 0 || j >= f.features || i > 0 && j <= f.columns[i-1] {
			r.Fail("%s has the features %v of %d", m.Name(), f.columns, f.features)
		}
	}
	for c := range f.classes {
		g := &f.classes[c]
		g.prior, g.mean = r.F64(), r.F64s()
		g.unpack(r, r.F64s(), n)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	f.prepare()
	return f, nil
}

// unpack checks what was read of a class and takes the rows of its factor apart.
func (g *gaussian) unpack(r *codec.Reader, upper []float64, n int) {
	rows := len(g.mean)
	switch {
	case r.Err() != nil:
		return
	case rows != 0 && rows != n || len(upper) != rows*(rows+1)/2:
		r.Fail("a class has %d means and a factor of %d numbers for %d features", rows, len(upper), n)
	case !num.Finite(g.mean) || !num.Finite(upper) || num.MaxAbs(g.mean) > 1e40 || num.MaxAbs(upper) > 1e100 || !(g.prior >= bayes.Absent && g.prior <= 0):
		r.Fail("a class has a number that is not finite")
	}
	if r.Err() != nil || rows == 0 {
		g.mean = nil
		return
	}
	g.factor = make([]float64, n*n)
	for i := range n {
		copy(g.factor[i*n+i:(i+1)*n], upper[:n-i])
		if !(upper[0] >= 1e-100) || math.IsInf(upper[0], 1) {
			r.Fail("a class has a deviation of %v", upper[0])
		}
		upper = upper[n-i:]
	}
}
