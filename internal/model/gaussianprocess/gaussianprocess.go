// Package gaussianprocess is learning with Gaussian processes: gaussian_process_regressor and gaussian_process_classifier.
//
// Reference: Rasmussen & Williams, "Gaussian Processes for Machine Learning", MIT Press 2006; numbers of algorithms are theirs.
//
//	n  rows that are kept     θ  logarithms of the constant c, the length scales l and, of a regression, the noise σ²
//	K  n × n covariances      k  covariances of a new row with the n rows
//
// The covariance of two rows at the distance r = √Σ_j (x_j − x'_j)²/l_j² is c·ρ(r) with ρ as in kernel.go. The parameters θ
// maximise the log marginal likelihood, by quasi-Newton steps with exact gradients (ascent.go), on at most tuning_rows rows; the
// process then learns from at most max_rows rows. Both samples are regular in the order of the target, so that every class and
// every part of its range takes part by its share.
package gaussianprocess

import (
	"context"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/param"
)

// Classifier is gaussian_process_classifier.
type Classifier = model.Defined[classifier]

// Regressor is gaussian_process_regressor.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "Gaussian process",
		Summary: "A smooth function with as much detail as the data bear out, by maximum likelihood. Often the best single model for a few " +
			"hundred rows of numbers; it learns from a sample where rows are many.",
		Paper:   "C. E. Rasmussen and C. K. I. Williams (2006). Gaussian Processes for Machine Learning. MIT Press. Algorithms 2.1, 3.1, 3.2 and 5.1.",
		Aliases: []string{"gaussian_process", "gp"},
		Caps:    model.Caps{Input: dataset.Distances, Cost: 3},
		Need:    need,
		Decode:  decode,
	}
	classifierDefinition = family.Classifier("gaussian_process_classifier", "GaussianProcessClassifier", append(params(1000), probability), fitClassifier)
	regressorDefinition  = family.Regressor("gaussian_process_regressor", "GaussianProcessRegressor", append(params(2000), noiseLevel), fitRegressor)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func params(maxRows int) param.Set {
	return param.Set{
		{Name: "kernel", Kind: param.Choice, Choices: shapeNames, Default: "rbf",
			Desc: "How smooth the function is: rbf has all derivatives, matern52 two, matern32 one.",
			Tune: &param.Tune{}},
		{Name: "ard", Kind: param.Bool, Default: false,
			Desc: "Whether every feature has a length scale of its own, so that useless ones are left out (automatic relevance determination); " +
				"for few features, as it takes time for each.",
			Tune: &param.Tune{}},
		{Name: "length_scale", Kind: param.Float, Lo: 0, Hi: 1e5, Default: 0.0,
			Desc: "Length scale to begin with; 0 = the square root of the number of features that vary."},
		{Name: "constant_value", Kind: param.Float, Lo: 1e-5, Hi: 1e5, Default: 1.0,
			Desc: "Variance of the function to begin with, for a target of variance 1."},
		{Name: "max_iter", Kind: param.Int, Lo: 0, Hi: 10_000, Default: 50,
			Desc: "Steps of the search for the parameters of the kernel; 0 = they stay as they begin."},
		{Name: "max_rows", Kind: param.Int, Lo: 10, Hi: 20_000, Default: maxRows,
			Desc: "Rows to learn from; of more a regular sample is taken. Time grows with their cube."},
		{Name: "tuning_rows", Kind: param.Int, Lo: 10, Hi: 20_000, Default: 250,
			Desc: "Rows of them on which the parameters of the kernel are found."},
		{Name: "tol", Kind: param.Float, Lo: 0, Hi: 1, Default: 1e-5,
			Desc: "The search ends with a step that raises the log marginal likelihood by no more than this, relative to it."},
	}
}

var noiseLevel = param.Param{Name: "noise_level", Kind: param.Float, Lo: leastNoise, Hi: 1e5, Default: 0.1,
	Desc: "Variance of the noise to begin with, for a target of variance 1. A row's weight divides the noise of its target."}

var probability = param.Param{Name: "probability", Kind: param.Choice, Choices: []string{"averaged", "mode"}, Default: "averaged",
	Desc: "What becomes a probability: the logistic function averaged over what the function at the row may be, as scikit-learn has it, or " +
		"that of its likeliest value, which is surer, usually nearer to the truth, and faster.",
	Tune: &param.Tune{}}

// options are the values of the parameters.
type options struct {
	shape                       shape
	ard                         bool
	length, constant, tol       float64
	maxIter, maxRows, tuneOnMax int
}

func optionsOf(v param.Values, x *dataset.Matrix) options {
	o := options{shape: shapeOf(v.Choice("kernel")), ard: v.Bool("ard"), length: v.Float("length_scale"), constant: v.Float("constant_value"),
		tol: v.Float("tol"), maxIter: v.Int("max_iter"), maxRows: v.Int("max_rows"), tuneOnMax: v.Int("tuning_rows")}
	if o.length == 0 {
		o.length = sqrt(float64(varying(x)))
	}
	return o
}

// varying is the number of columns that are not constant, at least 1.
func varying(x *dataset.Matrix) int {
	n := 0
	for _, col := range x.Cols {
		for _, v := range col {
			if v != col[0] {
				n++
				break
			}
		}
	}
	return max(n, 1)
}

// start is the kernel to begin with.
func (o *options) start(features int) kernel {
	k := kernel{shape: o.shape, Constant: o.constant, Scales: []float64{o.length}}
	if o.ard {
		for len(k.Scales) < features {
			k.Scales = append(k.Scales, o.length)
		}
	}
	return k
}

// check is the common beginning of both fits.
func check(ctx context.Context, train model.Train) error {
	if err := model.CheckTrain(train, dataset.Distances); err != nil {
		return err
	}
	if len(train.X.Cols) == 0 {
		return sadi.Errorf(sadi.BadData, "there is no feature by which rows could be alike")
	}
	return context.Cause(ctx)
}

// need: of the rows that are kept a few n × n matrices, for every class that is learned at a time.
func need(s model.Shape, v param.Values) model.Need {
	n := int64(min(s.Rows, v.Int("max_rows")))
	m := min(n, int64(v.Int("tuning_rows")))
	at := int64(min(max(s.Threads, 1), s.Outputs))
	return model.Need{Memory: at*8*(2*n*n+8*m*m) + int64(s.Outputs)*8*n*(n+int64(s.Columns))}
}
