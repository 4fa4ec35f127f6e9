// Package catboost is gradient boosting in the manner of CatBoost: catboost_classifier and catboost_regressor.
//
// Reference: Prokhorenkova, Gusev, Vorobev, Dorogush & Gulin, "CatBoost: unbiased boosting with categorical features",
// NeurIPS 2018. Trees are oblivious: all nodes of a level ask the same question, so that a tree is a table with 2^depth
// entries, hard to over-fit and fast to read. Categories with more than a few values become statistics of the target
// over the rows before each row in a random order, so that no row sees its own target; the combinations that the
// trees suggest get statistics too. The trees are grown by package tree; here are the parameters, with CatBoost's names
// and meanings.
package catboost

import (
	"context"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is catboost_classifier: logistic or multinomial log loss.
type Classifier struct{}

// Regressor is catboost_regressor: squared error.
type Regressor struct{}

var (
	_ model.Model = Classifier{}
	_ model.Model = Regressor{}
)

const (
	summary = "Boosting of oblivious trees, with ordered target statistics for categories and their combinations. Good without " +
		"tuning, best where categories have many values; predicts very fast."
	paper = "Prokhorenkova et al., CatBoost: unbiased boosting with categorical features, NeurIPS 2018"
)

// Name is "catboost_classifier".
func (Classifier) Name() string { return "catboost_classifier" }

// Name is "catboost_regressor".
func (Regressor) Name() string { return "catboost_regressor" }

// Card describes the classifier.
func (Classifier) Card() model.Card {
	return model.Card{Title: "CatBoost classifier", Summary: summary, Paper: paper,
		Aliases: []string{"catboost", "CatBoostClassifier"}}
}

// Card describes the regressor.
func (Regressor) Card() model.Card {
	return model.Card{Title: "CatBoost regressor", Summary: summary, Paper: paper,
		Aliases: []string{"catboost", "CatBoostRegressor"}}
}

// Caps declares binary and multiclass problems.
func (Classifier) Caps() model.Caps { return caps(sadi.Binary, sadi.Multiclass) }

// Caps declares regression.
func (Regressor) Caps() model.Caps { return caps(sadi.RegressionValue) }

func caps(problems ...sadi.Problem) model.Caps {
	return model.Caps{Problems: problems, Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 6}
}

// Params declares the hyper-parameters.
func (Classifier) Params() param.Set { return classifierParams }

// Params declares the hyper-parameters.
func (Regressor) Params() param.Set { return params }

// Fit learns a model.
func (Classifier) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o := options(values, train.Y.Problem)
	o.Balance = balances[values.Choice("auto_class_weights")]
	return fit(ctx, train, o)
}

// Fit learns a model.
func (Regressor) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return fit(ctx, train, options(values, train.Y.Problem))
}

func fit(ctx context.Context, train model.Train, o tree.ObliviousOptions) (model.Fitted, error) {
	f, err := tree.BoostOblivious(ctx, train, o)
	if err != nil {
		return nil, err // not a nil *Oblivious in the interface
	}
	return f, nil
}

// Decode reads a model.
func (Classifier) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeOblivious(r) }

// Decode reads a model.
func (Regressor) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeOblivious(r) }
