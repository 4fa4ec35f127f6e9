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

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is hist_gradient_boosting_classifier: logistic or multinomial log loss.
type Classifier struct{}

// Regressor is hist_gradient_boosting_regressor: squared error, or another loss.
type Regressor struct{}

var (
	_ model.Model = Classifier{}
	_ model.Model = Regressor{}
	_ model.Needy = Classifier{}
	_ model.Needy = Regressor{}
)

const (
	summary = "Gradient boosting of leaf-wise trees on histograms, as scikit-learn has it, with its parameters and defaults. " +
		"Takes missing values and categories as they are."
	paper = "Pedregosa et al., Scikit-learn: Machine Learning in Python, JMLR 12, 2011; after Ke et al., LightGBM, NIPS 2017"
)

// Name is "hist_gradient_boosting_classifier".
func (Classifier) Name() string { return "hist_gradient_boosting_classifier" }

// Name is "hist_gradient_boosting_regressor".
func (Regressor) Name() string { return "hist_gradient_boosting_regressor" }

// Card describes the classifier.
func (Classifier) Card() model.Card {
	return model.Card{Title: "Histogram gradient boosting classifier", Summary: summary, Paper: paper,
		Aliases: []string{"hist_gradient_boosting", "histgb", "hgb", "HistGradientBoostingClassifier"}}
}

// Card describes the regressor.
func (Regressor) Card() model.Card {
	return model.Card{Title: "Histogram gradient boosting regressor", Summary: summary, Paper: paper,
		Aliases: []string{"hist_gradient_boosting", "histgb", "hgb", "HistGradientBoostingRegressor"}}
}

// Caps declares binary and multiclass problems.
func (Classifier) Caps() model.Caps { return caps(sadi.Binary, sadi.Multiclass) }

// Caps declares regression.
func (Regressor) Caps() model.Caps { return caps(sadi.RegressionValue) }

func caps(problems ...sadi.Problem) model.Caps {
	return model.Caps{Problems: problems, Input: dataset.Trees, Stochastic: false, Iterative: true, Cost: 0.8}
}

// Params declares the hyper-parameters.
func (Classifier) Params() param.Set { return params }

// Params declares the hyper-parameters.
func (Regressor) Params() param.Set { return regressorParams }

// Fit learns a booster.
func (Classifier) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o, err := options(values, train.X.Features)
	if err != nil {
		return nil, err
	}
	return tree.FitBooster(ctx, train, o)
}

// Fit learns a booster.
func (Regressor) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o, err := options(values, train.X.Features)
	if err != nil {
		return nil, err
	}
	o.Loss = lossOf(values)
	return tree.FitBooster(ctx, train, o)
}

// Need says what Fit will take.
func (Classifier) Need(s model.Shape, values param.Values) model.Need { return need(s, values) }

// Need says what Fit will take.
func (Regressor) Need(s model.Shape, values param.Values) model.Need { return need(s, values) }

func need(s model.Shape, values param.Values) model.Need {
	// Constraints name features, and take nothing that counts.
	o, _ := options(values.With("monotonic_cst", "").With("interaction_cst", ""), nil)
	return o.Need(s)
}

// Decode reads a booster.
func (Classifier) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeBooster(r) }

// Decode reads a booster.
func (Regressor) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeBooster(r) }
