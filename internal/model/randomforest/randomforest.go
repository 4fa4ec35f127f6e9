// Package randomforest is Breiman's random forest: random_forest_classifier and random_forest_regressor.
//
// Reference: Breiman, "Random Forests", Machine Learning 45, 2001. Every tree grows on a bootstrap sample of the rows and
// looks at a random sample of the columns in each node; a forest predicts the mean of its trees. Splits are searched on
// quantile bins, missing values learn their side, categories are split natively. The trees are grown by package tree;
// here are the parameters, with scikit-learn's names and meanings.
package randomforest

import (
	"context"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is random_forest_classifier.
type Classifier struct{}

// Regressor is random_forest_regressor.
type Regressor struct{}

var (
	_ model.Model = Classifier{}
	_ model.Model = Regressor{}
	_ model.Needy = Classifier{}
	_ model.Needy = Regressor{}
)

const (
	summary = "The mean of deep trees, each grown on a bootstrap sample of the rows and random columns. Robust without tuning; " +
		"takes missing values and categories as they are."
	paper = "Breiman, Random Forests, Machine Learning 45, 2001"
)

// Name is "random_forest_classifier".
func (Classifier) Name() string { return "random_forest_classifier" }

// Name is "random_forest_regressor".
func (Regressor) Name() string { return "random_forest_regressor" }

// Card describes the classifier.
func (Classifier) Card() model.Card {
	return model.Card{Title: "Random forest classifier", Summary: summary, Paper: paper,
		Aliases: []string{"random_forest", "rf", "RandomForestClassifier"}}
}

// Card describes the regressor.
func (Regressor) Card() model.Card {
	return model.Card{Title: "Random forest regressor", Summary: summary, Paper: paper,
		Aliases: []string{"random_forest", "rf", "RandomForestRegressor"}}
}

// Caps declares binary and multiclass problems.
func (Classifier) Caps() model.Caps { return caps(sadi.Binary, sadi.Multiclass) }

// Caps declares regression.
func (Regressor) Caps() model.Caps { return caps(sadi.RegressionValue) }

func caps(problems ...sadi.Problem) model.Caps {
	return model.Caps{Problems: problems, Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 1.5}
}

// Params declares the hyper-parameters.
func (Classifier) Params() param.Set { return tree.ForestParams(true, 0, true) }

// Params declares the hyper-parameters.
func (Regressor) Params() param.Set { return tree.ForestParams(false, 1, true) }

// Fit learns a forest.
func (Classifier) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitForest(ctx, train, values, false)
}

// Fit learns a forest.
func (Regressor) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitForest(ctx, train, values, false)
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
