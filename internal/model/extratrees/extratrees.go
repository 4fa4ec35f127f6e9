// Package extratrees is extremely randomised trees: extra_trees_classifier and extra_trees_regressor.
//
// Reference: Geurts, Ernst & Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006. As a random forest, but
// each node tries one random threshold for each of its columns, and every tree sees all rows. The threshold is drawn
// among the node's quantile bins, so by rank and not by value: a heavy-tailed column does not waste its draws. The trees
// are grown by package tree; here are the parameters, with scikit-learn's names and meanings.
package extratrees

import (
	"context"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is extra_trees_classifier.
type Classifier struct{}

// Regressor is extra_trees_regressor.
type Regressor struct{}

var (
	_ model.Model = Classifier{}
	_ model.Model = Regressor{}
	_ model.Needy = Classifier{}
	_ model.Needy = Regressor{}
)

const (
	summary = "The mean of deep trees that split at random thresholds. Like a random forest with more randomness: smoother, " +
		"faster, and a good partner for it in an ensemble."
	paper = "Geurts, Ernst & Wehenkel, Extremely randomized trees, Machine Learning 63, 2006"
)

// Name is "extra_trees_classifier".
func (Classifier) Name() string { return "extra_trees_classifier" }

// Name is "extra_trees_regressor".
func (Regressor) Name() string { return "extra_trees_regressor" }

// Card describes the classifier.
func (Classifier) Card() model.Card {
	return model.Card{Title: "Extremely randomised trees classifier", Summary: summary, Paper: paper,
		Aliases: []string{"extra_trees", "et", "ExtraTreesClassifier"}}
}

// Card describes the regressor.
func (Regressor) Card() model.Card {
	return model.Card{Title: "Extremely randomised trees regressor", Summary: summary, Paper: paper,
		Aliases: []string{"extra_trees", "et", "ExtraTreesRegressor"}}
}

// Caps declares binary and multiclass problems.
func (Classifier) Caps() model.Caps { return caps(sadi.Binary, sadi.Multiclass) }

// Caps declares regression.
func (Regressor) Caps() model.Caps { return caps(sadi.RegressionValue) }

func caps(problems ...sadi.Problem) model.Caps {
	return model.Caps{Problems: problems, Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 1.5}
}

// Params declares the hyper-parameters.
func (Classifier) Params() param.Set { return tree.ForestParams(true, 0, false) }

// Params declares the hyper-parameters.
func (Regressor) Params() param.Set { return tree.ForestParams(false, 1, false) }

// Fit learns a forest.
func (Classifier) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitForest(ctx, train, values, true)
}

// Fit learns a forest.
func (Regressor) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitForest(ctx, train, values, true)
}

// Need says what Fit will take.
func (Classifier) Need(s model.Shape, values param.Values) model.Need {
	return tree.ForestNeed(s, values)
}

// Need says what Fit will take.
func (Regressor) Need(s model.Shape, values param.Values) model.Need {
	return tree.ForestNeed(s, values)
}

// Decode reads a forest.
func (Classifier) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeForest(r) }

// Decode reads a forest.
func (Regressor) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeForest(r) }
