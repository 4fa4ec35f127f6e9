// Package decisiontree is a single classification or regression tree: decision_tree_classifier and
// decision_tree_regressor.
//
// Reference: Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984, with minimal
// cost-complexity pruning. Splits are searched on quantile bins (every value, when a column has at most 255), missing
// values learn their side, categories are split natively. The tree is grown by package tree; here are the parameters,
// with scikit-learn's names and meanings.
package decisiontree

import (
	"context"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is decision_tree_classifier.
type Classifier struct{}

// Regressor is decision_tree_regressor.
type Regressor struct{}

var (
	_ model.Model = Classifier{}
	_ model.Model = Regressor{}
)

const (
	summary = "One tree of yes-no questions. Weaker than the forests and boosters made of many, but it can be read."
	paper   = "Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984"
)

// Name is "decision_tree_classifier".
func (Classifier) Name() string { return "decision_tree_classifier" }

// Name is "decision_tree_regressor".
func (Regressor) Name() string { return "decision_tree_regressor" }

// Card describes the classifier.
func (Classifier) Card() model.Card {
	return model.Card{Title: "Decision tree classifier", Summary: summary, Paper: paper,
		Aliases: []string{"decision_tree", "cart", "DecisionTreeClassifier"}}
}

// Card describes the regressor.
func (Regressor) Card() model.Card {
	return model.Card{Title: "Decision tree regressor", Summary: summary, Paper: paper,
		Aliases: []string{"decision_tree", "cart", "DecisionTreeRegressor"}}
}

// Caps declares binary and multiclass problems.
func (Classifier) Caps() model.Caps { return caps(sadi.Binary, sadi.Multiclass) }

// Caps declares regression.
func (Regressor) Caps() model.Caps { return caps(sadi.RegressionValue) }

func caps(problems ...sadi.Problem) model.Caps {
	return model.Caps{Problems: problems, Input: dataset.Trees, Cost: 0.1}
}

// Params declares the hyper-parameters.
func (Classifier) Params() param.Set { return tree.CartParams(true) }

// Params declares the hyper-parameters.
func (Regressor) Params() param.Set { return tree.CartParams(false) }

// Fit learns a tree.
func (Classifier) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitSingle(ctx, train, values)
}

// Fit learns a tree.
func (Regressor) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return tree.FitSingle(ctx, train, values)
}

// Decode reads a tree.
func (Classifier) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeSingle(r) }

// Decode reads a tree.
func (Regressor) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeSingle(r) }
