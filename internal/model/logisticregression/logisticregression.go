// Package logisticregression is logistic regression: binary, and multinomial for more than two classes.
package logisticregression

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/linear"
	"sadi/internal/param"
)

// Model is the algorithm. With log loss and the penalty Ω(β) = l1_ratio·|β|₁ + ½(1 − l1_ratio)·|β|² it minimises
//
//	C·Σ w·loss + Ω(β)
//
// over coefficients β and intercepts, which bear no penalty; l1_ratio is 0 for the penalty l2 and 1 for l1.
type Model struct{}

var _ model.Model = Model{}

// Name is "logistic_regression".
func (Model) Name() string { return "logistic_regression" }

// Card says what the algorithm is.
func (Model) Card() model.Card {
	return model.Card{
		Title:   "Logistic regression",
		Summary: "A weighted sum of the features turned into probabilities of the classes. Fast, well calibrated and easy to explain; strong where effects add up.",
		Paper: "D. R. Cox (1958). The regression analysis of binary sequences. Journal of the Royal Statistical Society B 20(2). Solved by a " +
			"proximal quasi-Newton method: J. D. Lee, Y. Sun and M. A. Saunders (2014), SIAM Journal on Optimization 24(3).",
		Aliases: []string{"LogisticRegression", "logreg", "logit"},
	}
}

// Caps: classification on dense input.
func (Model) Caps() model.Caps {
	return model.Caps{Problems: []sadi.Problem{sadi.Binary, sadi.Multiclass}, Input: dataset.Dense, Cost: 0.1}
}

// Params are the hyper-parameters.
func (Model) Params() param.Set {
	return param.Set{
		{Name: "penalty", Kind: param.Choice, Choices: []string{"l2", "l1", "elasticnet", "none"}, Default: "l2",
			Desc: "Penalty on the coefficients: their squares, their sizes, a mixture of both by l1_ratio, or none.",
			Tune: &param.Tune{}},
		{Name: "C", Aliases: []string{"inverse_regularization"}, Kind: param.Float, Lo: 1e-10, Hi: 1e10, Default: 1.0,
			Desc: "Weight of the loss against the penalty: smaller values give smaller coefficients.",
			Tune: &param.Tune{Lo: 1e-4, Hi: 1e3, Log: true}},
		{Name: "l1_ratio", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.5,
			Desc: "Share of the L1 penalty in elasticnet; other penalties ignore it.",
			Tune: &param.Tune{Lo: 0, Hi: 1}},
		{Name: "class_weight", Kind: param.Choice, Choices: []string{"none", "balanced"}, Default: "none",
			Desc: "With balanced, rows are weighted so that every class has the same total weight."},
		linear.FitIntercept(),
		linear.Tol(1e-5, "Stops when no entry of the gradient of the mean loss is larger."),
		linear.MaxIter(150, "Steps of the solver after which to stop in any case."),
	}
}

// Fit minimises the penalised loss.
func (Model) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	if err := model.CheckTrain(train, dataset.Dense); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	l := linear.Logistic{C: values.Float("C"), Intercept: values.Bool("fit_intercept"), Tol: values.Float("tol"), MaxIter: values.Int("max_iter")}
	switch values.Choice("penalty") {
	case "l1":
		l.Ratio = 1
	case "elasticnet":
		l.Ratio = values.Float("l1_ratio")
	case "none":
		l.C = math.Inf(1)
	}
	weights := train.Weights
	if values.Choice("class_weight") == "balanced" {
		weights = model.Balance(train.Y, weights, 1)
	}
	d, err := linear.NewDesign(ctx, train.Pool, train.X, weights, l.Intercept)
	if err != nil {
		return nil, err
	}
	f, err := l.Solve(ctx, d, train.Y)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Decode reads a model.
func (m Model) Decode(r *codec.Reader) (model.Fitted, error) {
	f, err := linear.Decode(r, m.Name(), linear.Logit, linear.Softmax)
	if err != nil {
		return nil, err
	}
	return f, nil
}
