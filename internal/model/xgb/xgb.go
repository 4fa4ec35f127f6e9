// Package xgb is gradient boosting in the manner of XGBoost: xgb_classifier and xgb_regressor.
//
// Reference: Chen & Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016. Each round adds a tree (one for each
// class of a multiclass problem) that minimises the second-order expansion of the loss,
//
//	Σ_i g_i f(x_i) + ½ h_i f(x_i)²  +  γ·leaves + ½ λ Σ w² + α Σ |w| ,
//
// on histograms of at most 255 bins a column. Missing values learn their side, categories are split natively; trees obey
// monotone and interaction constraints and may be dropped for a round (DART). The trees are grown by package tree; here
// are the parameters, with XGBoost's names and meanings.
package xgb

import (
	"context"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is xgb_classifier: logistic or multinomial log loss.
type Classifier struct{}

// Regressor is xgb_regressor: squared error, or the loss of another objective.
type Regressor struct{}

var (
	_ model.Model = Classifier{}
	_ model.Model = Regressor{}
	_ model.Needy = Classifier{}
	_ model.Needy = Regressor{}
)

const (
	summary = "Second-order gradient boosting of regularised trees on histograms. The strongest single model on most tables; " +
		"takes missing values and categories as they are."
	paper = "Chen & Guestrin, XGBoost: A Scalable Tree Boosting System, KDD 2016"
)

// Name is "xgb_classifier".
func (Classifier) Name() string { return "xgb_classifier" }

// Name is "xgb_regressor".
func (Regressor) Name() string { return "xgb_regressor" }

// Card describes the classifier.
func (Classifier) Card() model.Card {
	return model.Card{Title: "XGBoost classifier", Summary: summary, Paper: paper,
		Aliases: []string{"xgb", "xgboost", "XGBClassifier", "gradient_boosting"}}
}

// Card describes the regressor.
func (Regressor) Card() model.Card {
	return model.Card{Title: "XGBoost regressor", Summary: summary, Paper: paper,
		Aliases: []string{"xgb", "xgboost", "XGBRegressor", "gradient_boosting"}}
}

// Caps declares binary and multiclass problems.
func (Classifier) Caps() model.Caps { return caps(sadi.Binary, sadi.Multiclass) }

// Caps declares regression.
func (Regressor) Caps() model.Caps { return caps(sadi.RegressionValue) }

func caps(problems ...sadi.Problem) model.Caps {
	return model.Caps{Problems: problems, Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 1}
}

// Params declares the hyper-parameters.
func (Classifier) Params() param.Set { return classifierParams }

// Params declares the hyper-parameters.
func (Regressor) Params() param.Set { return regressorParams }

// Fit learns a booster.
func (Classifier) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o, err := options(values, train.X.Features)
	if err != nil {
		return nil, err
	}
	if objective := values.Choice("objective"); objective != "auto" && (objective == "binary:logistic") != (train.Y.Problem == sadi.Binary) {
		return nil, sadi.Errorf(sadi.BadUsage, "the objective %s is not for a %s problem", objective, train.Y.Problem).At("objective").
			Advise("leave the objective out")
	}
	o.ScalePosWeight = values.Float("scale_pos_weight")
	return tree.FitBooster(ctx, train, o)
}

// Fit learns a booster.
func (Regressor) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o, err := options(values, train.X.Features)
	if err != nil {
		return nil, err
	}
	o.Loss = lossOf(values)
	if values.Choice("objective") == "count:poisson" {
		o.MaxDeltaStep = poissonStep(values)
	}
	return tree.FitBooster(ctx, train, o)
}

// Need says what Fit will take.
func (Classifier) Need(s model.Shape, values param.Values) model.Need { return need(s, values) }

// Need says what Fit will take.
func (Regressor) Need(s model.Shape, values param.Values) model.Need { return need(s, values) }

func need(s model.Shape, values param.Values) model.Need {
	// Constraints name features, and take nothing that counts.
	o, _ := options(values.With("monotone_constraints", "").With("interaction_constraints", ""), nil)
	return o.Need(s)
}

// Decode reads a booster.
func (Classifier) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeBooster(r) }

// Decode reads a booster.
func (Regressor) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeBooster(r) }
