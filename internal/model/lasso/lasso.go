// Package lasso is linear regression with an L1 penalty.
package lasso

import (
	"context"

	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/model/linear"
	"sadi/internal/param"
)

// Model is the algorithm. It minimises ½ Σ w·(ỹ − xβ − b)²/W + alpha·|β|₁, where ỹ is the target divided by its
// standard deviation. So alpha has no unit: on standardised features 1 and more leave no coefficient, whatever the
// target. scikit-learn's alpha is this one times the standard deviation of the target.
type Model struct{}

var _ model.Model = Model{}

// Name is "lasso".
func (Model) Name() string { return "lasso" }

// Card says what the algorithm is.
func (Model) Card() model.Card {
	return model.Card{
		Title:   "Lasso",
		Summary: "Least squares with a penalty on the size of the coefficients, which sets those of useless features to zero: a model of few features.",
		Paper: "R. Tibshirani (1996). Regression shrinkage and selection via the lasso. Journal of the Royal Statistical Society B 58(1). " +
			"Solved by coordinate descent: J. Friedman, T. Hastie and R. Tibshirani (2010), Journal of Statistical Software 33(1).",
		Aliases: []string{"Lasso", "l1_regression"},
	}
}

// Caps: regression on dense input.
func (Model) Caps() model.Caps { return linear.RegressionCaps(0.03) }

// Params are the hyper-parameters.
func (Model) Params() param.Set {
	return param.Set{
		{Name: "alpha", Aliases: []string{"lambda", "reg_alpha"}, Kind: param.Float, Lo: 0, Hi: 1e6, Default: 0.003,
			Desc: "Weight of the penalty, for a target of standard deviation 1; 0 is ordinary least squares, 1 and more leave no coefficient.",
			Tune: &param.Tune{Lo: 1e-5, Hi: 0.5, Log: true}},
		linear.FitIntercept(),
		linear.Tol(1e-6, "Stops when the duality gap is at most this share of the target's variance."),
		linear.MaxIter(2000, "Passes over the coefficients after which to stop in any case."),
	}
}

// Fit descends along the coordinates.
func (Model) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	net := linear.ElasticNet{Alpha: values.Float("alpha"), Ratio: 1, Tol: values.Float("tol"), MaxIter: values.Int("max_iter")}
	return linear.Regress(ctx, train, values.Bool("fit_intercept"), net.Solve)
}

// Decode reads a model.
func (m Model) Decode(r *codec.Reader) (model.Fitted, error) {
	return linear.DecodeRegression(r, m.Name())
}
