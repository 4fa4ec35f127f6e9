// Package extratrees is extremely randomised trees: extra_trees_classifier and extra_trees_regressor.
//
// Reference: Geurts, Ernst & Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006. As a random forest, but
// each node tries one random threshold for each of its columns, and every tree sees all rows. The threshold is drawn
// among the node's quantile bins, so by rank and not by value: a heavy-tailed column does not waste its draws. The trees
// are grown by package tree; here are the parameters, with scikit-learn's names and meanings.
package extratrees

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is extra_trees_classifier.
type Classifier = model.Defined[classifier]

// Regressor is extra_trees_regressor.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "Extremely randomised trees",
		Summary: "The mean of deep trees that split at random thresholds. Like a random forest with more randomness: smoother, " +
			"faster, and a good partner for it in an ensemble.",
		Paper:   "Geurts, Ernst & Wehenkel, Extremely randomized trees, Machine Learning 63, 2006",
		Aliases: []string{"extra_trees", "et"},
		Caps:    model.Caps{Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 1.5},
		Need:    tree.ForestNeed,
		Decode:  tree.DecodeForest,
	}
	classifierDefinition = family.Classifier("extra_trees_classifier", "ExtraTreesClassifier", tree.ForestParams(true, 0, false), fit)
	regressorDefinition  = family.Regressor("extra_trees_regressor", "ExtraTreesRegressor", tree.ForestParams(false, 1, false), fit)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitForest(ctx, train, values, true)
}
