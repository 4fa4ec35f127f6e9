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
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is xgb_classifier: logistic or multinomial log loss.
type Classifier = model.Defined[classifier]

// Regressor is xgb_regressor: squared error, or the loss of another objective.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "XGBoost",
		Summary: "Second-order gradient boosting of regularised trees on histograms. The strongest single model on most tables; " +
			"takes missing values and categories as they are.",
		Paper:   "Chen & Guestrin, XGBoost: A Scalable Tree Boosting System, KDD 2016",
		Aliases: []string{"xgb", "xgboost", "gradient_boosting"},
		Caps:    model.Caps{Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 1},
		Need:    need,
		Decode:  tree.DecodeBooster,
	}
	classifierDefinition = family.Classifier("xgb_classifier", "XGBClassifier", classifierParams, fitClassifier)
	regressorDefinition  = family.Regressor("xgb_regressor", "XGBRegressor", regressorParams, fitRegressor)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func fitClassifier(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
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

func fitRegressor(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
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

func need(s model.Shape, values param.Values) model.Need {
	// Constraints name features, and take nothing that counts.
	o, _ := options(values.With("monotone_constraints", "").With("interaction_constraints", ""), nil)
	return o.Need(s)
}
