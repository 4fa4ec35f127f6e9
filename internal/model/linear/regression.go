package linear

import (
	"context"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/param"
)

// Regress is the Fit of a linear regressor: it standardises features and target, lets solve find γ, and returns to the
// units of the data.
func Regress(ctx context.Context, train model.Train, intercept bool,
	solve func(ctx context.Context, d *Design, r Response) ([]float64, error)) (model.Fitted, error) {
	if err := model.CheckTrain(train, dataset.Dense); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	d, err := NewDesign(ctx, train.Pool, train.X, train.Weights, intercept)
	if err != nil {
		return nil, err
	}
	r := d.NewResponse(train.Y.Y)
	gamma, err := solve(ctx, d, r)
	if err != nil {
		return nil, err
	}
	return d.Regression(r, gamma), nil
}

// RegressionCaps are the Caps of a linear regressor.
func RegressionCaps(cost float64) model.Caps {
	return model.Caps{Problems: []sadi.Problem{sadi.RegressionValue}, Input: dataset.Dense, Cost: cost}
}

// FitIntercept declares the parameter fit_intercept, which all linear algorithms have.
func FitIntercept() param.Param {
	return param.Param{Name: "fit_intercept", Kind: param.Bool, Default: true,
		Desc: "Whether to learn an intercept; false forces the prediction through the origin of the prepared features."}
}

// Tol declares the parameter tol of an iterative solver.
func Tol(value float64, desc string) param.Param {
	return param.Param{Name: "tol", Kind: param.Float, Lo: 1e-12, Hi: 0.1, Default: value, Desc: desc}
}

// MaxIter declares the parameter max_iter of an iterative solver.
func MaxIter(n int, desc string) param.Param {
	return param.Param{Name: "max_iter", Kind: param.Int, Lo: 1, Hi: 1_000_000, Default: n, Desc: desc}
}
