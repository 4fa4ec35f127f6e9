// Package randomforest is Breiman's random forest: random_forest_classifier and random_forest_regressor.
//
// Reference: Breiman, "Random Forests", Machine Learning 45, 2001. Every tree grows on a bootstrap sample of the rows and
// looks at a random sample of the columns in each node; a forest predicts the mean of its trees. Splits are searched on
// quantile bins, missing values learn their side, categories are split natively. The trees are grown by package tree;
// here are the parameters, with scikit-learn's names and meanings.
package randomforest

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is random_forest_classifier.
type Classifier = model.Defined[classifier]

// Regressor is random_forest_regressor.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "Random forest",
		Summary: "The mean of deep trees, each grown on a bootstrap sample of the rows and random columns. Robust without tuning; " +
			"takes missing values and categories as they are.",
		Paper:   "Breiman, Random Forests, Machine Learning 45, 2001",
		Aliases: []string{"random_forest", "rf"},
		Caps:    model.Caps{Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 1.5},
		Need:    tree.ForestNeed,
		Decode:  tree.DecodeForest,
	}
	classifierDefinition = family.Classifier("random_forest_classifier", "RandomForestClassifier", tree.ForestParams(true, 0, true), fit)
	regressorDefinition  = family.Regressor("random_forest_regressor", "RandomForestRegressor", tree.ForestParams(false, 1, true), fit)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitForest(ctx, train, values, false)
}
