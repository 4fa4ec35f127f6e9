// Package lgbm is gradient boosting in the manner of LightGBM: lgbm_classifier and lgbm_regressor.
//
// Reference: Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NIPS 2017. Trees grow leaf-wise:
// always the leaf whose split gains most is split next, until there are num_leaves. Rows may be sampled by their
// gradients (GOSS), trees dropped (DART), leaves drawn to their parents (path smoothing). Categories are split in two
// groups by their gradient statistics. The trees are grown by package tree; here are the parameters, with LightGBM's
// names, meanings and defaults.
//
// Where we differ from LightGBM: bins are our own, without min_data_in_bin, feature bundling and min_data_per_group, and
// a leaf's rows are counted by the sum of hessians once a node rather than once a bin.
package lgbm

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is lgbm_classifier: logistic or multinomial log loss.
type Classifier = model.Defined[classifier]

// Regressor is lgbm_regressor: squared error, or the loss of another objective.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "LightGBM",
		Summary: "Gradient boosting of trees that grow leaf by leaf, where the gain is largest. Fast, and strong where there are many rows; " +
			"takes missing values and categories as they are.",
		Paper:   "Ke et al., LightGBM: A Highly Efficient Gradient Boosting Decision Tree, NIPS 2017",
		Aliases: []string{"lgbm", "lightgbm", "lgb"},
		Caps:    model.Caps{Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 0.8},
		Need:    need,
		Decode:  tree.DecodeBooster,
	}
	classifierDefinition = family.Classifier("lgbm_classifier", "LGBMClassifier", classifierParams, fitClassifier)
	regressorDefinition  = family.Regressor("lgbm_regressor", "LGBMRegressor", regressorParams, fitRegressor)
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
	o.ScalePosWeight = values.Float("scale_pos_weight")
	if k := float64(train.Y.Classes); k > 2 {
		o.ClassFactor = k / (k - 1)
	}
	return tree.FitBooster(ctx, train, o)
}

func fitRegressor(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o, err := options(values, train.X.Features)
	if err != nil {
		return nil, err
	}
	if o.Loss, err = lossOf(values); err != nil {
		return nil, err
	}
	return tree.FitBooster(ctx, train, o)
}

func need(s model.Shape, values param.Values) model.Need {
	// Constraints name features, and take nothing that counts.
	o, _ := options(values.With("monotone_constraints", "").With("interaction_constraints", ""), nil)
	return o.Need(s)
}
