// Package histgb is gradient boosting on histograms in the manner of scikit-learn: hist_gradient_boosting_classifier and
// hist_gradient_boosting_regressor.
//
// Reference: scikit-learn's HistGradientBoosting, which follows Ke et al., "LightGBM", NIPS 2017. Trees grow leaf-wise to
// max_leaf_nodes; leaves hold at least min_samples_leaf rows, which are counted. The trees are grown by package tree;
// here are the parameters, with scikit-learn's names, meanings and defaults.
//
// Where we differ from scikit-learn: a column with more than max_bins distinct values has bins of near-equal counts by
// LightGBM's rule rather than the quantiles' middles; a category's levels are ordered and cut without a least count of
// rows; rows to stop by come with the data instead of validation_fraction, and without tol; a quantile is the least
// value with its share of the rows at or below it, without interpolation; under monotone constraints a leaf that may not
// have its best value is judged by its loss at the value that it has.
package histgb

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is hist_gradient_boosting_classifier: logistic or multinomial log loss.
type Classifier = model.Defined[classifier]

// Regressor is hist_gradient_boosting_regressor: squared error, or another loss.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "Histogram gradient boosting",
		Summary: "Gradient boosting of leaf-wise trees on histograms, as scikit-learn has it, with its parameters and defaults. " +
			"Takes missing values and categories as they are.",
		Paper:   "Pedregosa et al., Scikit-learn: Machine Learning in Python, JMLR 12, 2011; after Ke et al., LightGBM, NIPS 2017",
		Aliases: []string{"hist_gradient_boosting", "histgb", "hgb"},
		Caps:    model.Caps{Input: dataset.Trees, Iterative: true, Cost: 0.8},
		Need:    need,
		Decode:  tree.DecodeBooster,
	}
	classifierDefinition = family.Classifier("hist_gradient_boosting_classifier", "HistGradientBoostingClassifier", params, fitClassifier)
	regressorDefinition  = family.Regressor("hist_gradient_boosting_regressor", "HistGradientBoostingRegressor", regressorParams, fitRegressor)
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
	return tree.FitBooster(ctx, train, o)
}

func fitRegressor(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o, err := options(values, train.X.Features)
	if err != nil {
		return nil, err
	}
	o.Loss = lossOf(values)
	return tree.FitBooster(ctx, train, o)
}

func need(s model.Shape, values param.Values) model.Need {
	// Constraints name features, and take nothing that counts.
	o, _ := options(values.With("monotonic_cst", "").With("interaction_cst", ""), nil)
	return o.Need(s)
}
