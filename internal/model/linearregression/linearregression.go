// Package linearregression is ordinary least squares.
package linearregression

import (
	"context"

	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/model/linear"
	"sadi/internal/param"
)

// Model is the algorithm. It minimises Σ w·(y − xβ − b)²; where columns depend on each other it takes the smallest
// coefficients.
type Model struct{}

var _ model.Model = Model{}

// Name is "linear_regression".
func (Model) Name() string { return "linear_regression" }

// Card says what the algorithm is.
func (Model) Card() model.Card {
	return model.Card{
		Title:   "Linear regression",
		Summary: "Ordinary least squares: the weighted sum of the features that is nearest to the target. Fast and easy to explain; no protection against many or noisy features.",
		Paper:   "C. F. Gauss (1809). Theoria motus corporum coelestium. For the solution of smallest length: J. D. Riley (1955), MTAC 9.",
		Aliases: []string{"LinearRegression", "ols", "least_squares"},
	}
}

// Caps: regression on dense input.
func (Model) Caps() model.Caps { return linear.RegressionCaps(0.02) }

// Params are the hyper-parameters.
func (Model) Params() param.Set { return param.Set{linear.FitIntercept()} }

// Fit solves the normal equations.
func (Model) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return linear.Regress(ctx, train, values.Bool("fit_intercept"),
		func(ctx context.Context, d *linear.Design, r linear.Response) ([]float64, error) {
			return d.LeastSquares(ctx, r, 0)
		})
}

// Decode reads a model.
func (m Model) Decode(r *codec.Reader) (model.Fitted, error) {
	return linear.DecodeRegression(r, m.Name())
}
