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
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is catboost_classifier: logistic or multinomial log loss.
type Classifier = model.Defined[classifier]

// Regressor is catboost_regressor: squared error.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "CatBoost",
		Summary: "Boosting of oblivious trees, with ordered target statistics for categories and their combinations. Good without " +
			"tuning, best where categories have many values; predicts very fast.",
		Paper:   "Prokhorenkova et al., CatBoost: unbiased boosting with categorical features, NeurIPS 2018",
		Aliases: []string{"catboost"},
		Caps:    model.Caps{Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 6},
		Need:    need,
		Decode:  tree.DecodeOblivious,
	}
	classifierDefinition = family.Classifier("catboost_classifier", "CatBoostClassifier", classifierParams, fitClassifier)
	regressorDefinition  = family.Regressor("catboost_regressor", "CatBoostRegressor", params, fitRegressor)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func fitClassifier(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o := options(values, train.Y.Problem)
	o.Balance = balances[values.Choice("auto_class_weights")]
	return fit(ctx, train, o)
}

func fitRegressor(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return fit(ctx, train, options(values, train.Y.Problem))
}

func need(s model.Shape, values param.Values) model.Need {
	p := sadi.Binary
	if s.Outputs > 1 {
		p = sadi.Multiclass
	}
	o := options(values, p)
	return o.Need(s)
}

func fit(ctx context.Context, train model.Train, o tree.ObliviousOptions) (model.Fitted, error) {
	f, err := tree.BoostOblivious(ctx, train, o)
	if err != nil {
		return nil, err // not a nil *Oblivious in the interface
	}
	return f, nil
}
