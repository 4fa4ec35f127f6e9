// Package elasticnet is linear regression with a mixture of L1 and L2 penalties.
package elasticnet

import (
	"context"

	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/model/linear"
	"sadi/internal/param"
)

// Model is the algorithm. It minimises
//
//	½ Σ w·(ỹ − xβ − b)²/W + alpha·(l1_ratio·|β|₁ + ½(1 − l1_ratio)·|β|²)
//
// where ỹ is the target divided by its standard deviation, so that alpha has no unit: what scikit-learn's ElasticNet
// finds for ỹ.
type Model struct{}

var _ model.Model = Model{}

// Name is "elastic_net".
func (Model) Name() string { return "elastic_net" }

// Card says what the algorithm is.
func (Model) Card() model.Card {
	return model.Card{
		Title:   "Elastic net",
		Summary: "Least squares with both penalties: it leaves out useless features as the lasso does, and keeps groups of similar ones together as ridge does.",
		Paper: "H. Zou and T. Hastie (2005). Regularization and variable selection via the elastic net. Journal of the Royal Statistical Society B 67(2). " +
			"Solved by coordinate descent: J. Friedman, T. Hastie and R. Tibshirani (2010), Journal of Statistical Software 33(1).",
		Aliases: []string{"ElasticNet", "elasticnet", "enet"},
	}
}

// Caps: regression on dense input.
func (Model) Caps() model.Caps { return linear.RegressionCaps(0.03) }

// Params are the hyper-parameters.
func (Model) Params() param.Set {
	return param.Set{
		{Name: "alpha", Aliases: []string{"lambda"}, Kind: param.Float, Lo: 0, Hi: 1e6, Default: 0.003,
			Desc: "Weight of both penalties, for a target of standard deviation 1; 0 is ordinary least squares.",
			Tune: &param.Tune{Lo: 1e-5, Hi: 1, Log: true}},
		{Name: "l1_ratio", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.5,
			Desc: "Share of the L1 penalty: 0 is ridge regression, 1 the lasso.",
			Tune: &param.Tune{Lo: 0, Hi: 1}},
		linear.FitIntercept(),
		linear.Tol(1e-6, "Stops when the duality gap is at most this share of the target's variance."),
		linear.MaxIter(2000, "Passes over the coefficients after which to stop in any case."),
	}
}

// Fit descends along the coordinates.
func (Model) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	net := linear.ElasticNet{Alpha: values.Float("alpha"), Ratio: values.Float("l1_ratio"), Tol: values.Float("tol"),
		MaxIter: values.Int("max_iter")}
	return linear.Regress(ctx, train, values.Bool("fit_intercept"), net.Solve)
}

// Decode reads a model.
func (m Model) Decode(r *codec.Reader) (model.Fitted, error) {
	return linear.DecodeRegression(r, m.Name())
}
