// Package ridge is linear regression with an L2 penalty.
package ridge

import (
	"context"

	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/model/linear"
	"sadi/internal/param"
)

// Model is the algorithm. It minimises Σ w·(y − xβ − b)² + alpha·|β|².
type Model struct{}

var _ model.Model = Model{}

// Name is "ridge".
func (Model) Name() string { return "ridge" }

// Card says what the algorithm is.
func (Model) Card() model.Card {
	return model.Card{
		Title:   "Ridge regression",
		Summary: "Least squares with a penalty on the squares of the coefficients, which keeps them small where features are many, noisy or alike.",
		Paper:   "A. E. Hoerl and R. W. Kennard (1970). Ridge regression: biased estimation for nonorthogonal problems. Technometrics 12(1).",
		Aliases: []string{"Ridge", "ridge_regression", "tikhonov"},
	}
}

// Caps: regression on dense input.
func (Model) Caps() model.Caps { return linear.RegressionCaps(0.02) }

// Params are the hyper-parameters.
func (Model) Params() param.Set {
	return param.Set{
		{Name: "alpha", Aliases: []string{"lambda", "reg_lambda"}, Kind: param.Float, Lo: 0, Hi: 1e12, Default: 1.0,
			Desc: "Weight of the penalty against the sum of squared errors; 0 is ordinary least squares.",
			Tune: &param.Tune{Lo: 1e-3, Hi: 1e5, Log: true}},
		linear.FitIntercept(),
	}
}

// Fit solves the penalised normal equations.
func (Model) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return linear.Regress(ctx, train, values.Bool("fit_intercept"),
		func(ctx context.Context, d *linear.Design, r linear.Response) ([]float64, error) {
			return d.LeastSquares(ctx, r, values.Float("alpha"))
		})
}

// Decode reads a model.
func (m Model) Decode(r *codec.Reader) (model.Fitted, error) {
	return linear.DecodeRegression(r, m.Name())
}
