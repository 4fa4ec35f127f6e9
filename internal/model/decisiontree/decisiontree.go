// Package decisiontree is a single classification or regression tree: decision_tree_classifier and
// decision_tree_regressor.
//
// Reference: Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984, with minimal
// cost-complexity pruning. Splits are searched on quantile bins (every value, when a column has at most 255), missing
// values learn their side, categories are split natively. The tree is grown by package tree; here are the parameters,
// with scikit-learn's names and meanings.
package decisiontree

import (
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
)

// Classifier is decision_tree_classifier.
type Classifier = model.Defined[classifier]

// Regressor is decision_tree_regressor.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title:   "Decision tree",
		Summary: "One tree of yes-no questions. Weaker than the forests and boosters made of many, but it can be read.",
		Paper:   "Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984",
		Aliases: []string{"decision_tree", "cart"},
		Caps:    model.Caps{Input: dataset.Trees, Cost: 0.1},
		Decode:  tree.DecodeSingle,
	}
	classifierDefinition = family.Classifier("decision_tree_classifier", "DecisionTreeClassifier", tree.CartParams(true), tree.FitSingle)
	regressorDefinition  = family.Regressor("decision_tree_regressor", "DecisionTreeRegressor", tree.CartParams(false), tree.FitSingle)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }
