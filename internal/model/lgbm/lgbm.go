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

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// Classifier is lgbm_classifier: logistic or multinomial log loss.
type Classifier struct{}

// Regressor is lgbm_regressor: squared error, or the loss of another objective.
type Regressor struct{}

var (
	_ model.Model = Classifier{}
	_ model.Model = Regressor{}
	_ model.Needy = Classifier{}
	_ model.Needy = Regressor{}
)

const (
	summary = "Gradient boosting of trees that grow leaf by leaf, where the gain is largest. Fast, and strong where there are many rows; " +
		"takes missing values and categories as they are."
	paper = "Ke et al., LightGBM: A Highly Efficient Gradient Boosting Decision Tree, NIPS 2017"
)

// Name is "lgbm_classifier".
func (Classifier) Name() string { return "lgbm_classifier" }

// Name is "lgbm_regressor".
func (Regressor) Name() string { return "lgbm_regressor" }

// Card describes the classifier.
func (Classifier) Card() model.Card {
	return model.Card{Title: "LightGBM classifier", Summary: summary, Paper: paper, Aliases: []string{"lgbm", "lightgbm", "lgb", "LGBMClassifier"}}
}

// Card describes the regressor.
func (Regressor) Card() model.Card {
	return model.Card{Title: "LightGBM regressor", Summary: summary, Paper: paper, Aliases: []string{"lgbm", "lightgbm", "lgb", "LGBMRegressor"}}
}

// Caps declares binary and multiclass problems.
func (Classifier) Caps() model.Caps { return caps(sadi.Binary, sadi.Multiclass) }

// Caps declares regression.
func (Regressor) Caps() model.Caps { return caps(sadi.RegressionValue) }

func caps(problems ...sadi.Problem) model.Caps {
	return model.Caps{Problems: problems, Input: dataset.Trees, Stochastic: true, Iterative: true, Cost: 0.8}
}

// Params declares the hyper-parameters.
func (Classifier) Params() param.Set { return classifierParams }

// Params declares the hyper-parameters.
func (Regressor) Params() param.Set { return regressorParams }

// Fit learns a booster.
func (Classifier) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
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

// Fit learns a booster.
func (Regressor) Fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o, err := options(values, train.X.Features)
	if err != nil {
		return nil, err
	}
	if o.Loss, err = lossOf(values); err != nil {
		return nil, err
	}
	return tree.FitBooster(ctx, train, o)
}

// Need says what Fit will take.
func (Classifier) Need(s model.Shape, values param.Values) model.Need { return need(s, values) }

// Need says what Fit will take.
func (Regressor) Need(s model.Shape, values param.Values) model.Need { return need(s, values) }

func need(s model.Shape, values param.Values) model.Need {
	// Constraints name features, and take nothing that counts.
	o, _ := options(values.With("monotone_constraints", "").With("interaction_constraints", ""), nil)
	return o.Need(s)
}

// Decode reads a booster.
func (Classifier) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeBooster(r) }

// Decode reads a booster.
func (Regressor) Decode(r *codec.Reader) (model.Fitted, error) { return tree.DecodeBooster(r) }
