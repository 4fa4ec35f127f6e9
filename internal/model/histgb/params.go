package histgb

import (
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// params are the parameters of both models, named as in scikit-learn.
var params = param.Set{
	{Name: "max_iter", Aliases: []string{"n_estimators"}, Kind: param.Int, Lo: 1, Hi: 100_000, Default: 100,
		Desc: "Rounds of boosting; with early stopping, the most there can be."},
	{Name: "learning_rate", Kind: param.Float, Lo: 1e-6, Hi: 10, Default: 0.1,
		Desc: "Factor on each new tree: smaller learns slower and usually better, and needs more rounds.",
		Tune: &param.Tune{Lo: 0.01, Hi: 0.3, Log: true}},
	{Name: "max_leaf_nodes", Kind: param.Int, Lo: 0, Hi: 131072, Default: 31,
		Desc: "Most leaves of a tree; 0 = no limit.",
		Tune: &param.Tune{Lo: 4, Hi: 256, Log: true, Cheap: 8}},
	{Name: "max_depth", Kind: param.Int, Lo: 0, Hi: 64, Default: 0,
		Desc: "Most splits between the root and a leaf; 0 = no limit."},
	{Name: "min_samples_leaf", Kind: param.Int, Lo: 1, Hi: 1e9, Default: 20,
		Desc: "Least number of rows in a leaf.",
		Tune: &param.Tune{Lo: 2, Hi: 128, Log: true}},
	{Name: "l2_regularization", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 0.0,
		Desc: "L2 penalty on leaf values.",
		Tune: &param.Tune{Lo: 1e-3, Hi: 100, Log: true}},
	{Name: "max_bins", Aliases: []string{"max_bin"}, Kind: param.Int, Lo: 2, Hi: tree.MaxBins, Default: tree.MaxBins,
		Desc: "Most bins of a number; fewer are faster and coarser."},
	{Name: "monotonic_cst", Kind: param.Text, Default: "",
		Desc: "Where predictions may only rise (1) or fall (-1) with a column: \"[1, -1, 0]\" by place, or by name as {\"age\": 1, \"income\": -1}; " +
			"empty = nowhere."},
	{Name: "interaction_cst", Kind: param.Text, Default: "",
		Desc: "Lists of columns, by place or name, such as [[0, 1], [\"age\", \"income\"]]: a path in a tree stays within one of them, or " +
			"within the columns that none has; empty = no constraint."},
	{Name: "n_iter_no_change", Aliases: []string{"early_stopping_rounds"}, Kind: param.Int, Lo: -1, Hi: 100_000, Default: 10,
		Desc: "Rounds without a better validation loss after which learning stops; -1 = chosen from the count of rows, 0 = never. " +
			"The model keeps the best round. Without validation rows it has no effect."},
}

var regressorParams = append(slices.Clone(params),
	param.Param{Name: "loss", Kind: param.Choice, Choices: []string{"squared_error", "absolute_error", "gamma", "poisson", "quantile"}, Default: "squared_error",
		Desc: "The loss. poisson needs targets of at least 0, gamma above 0; absolute_error and quantile set their leaves by medians and quantiles."},
	param.Param{Name: "quantile", Kind: param.Float, Lo: 0.001, Hi: 0.999, Default: 0.5,
		Desc: "The share of the targets below the prediction, for the loss quantile."})

// lossOf is a regressor's loss.
func lossOf(v param.Values) loss.Loss {
	switch v.Choice("loss") {
	case "absolute_error":
		return loss.Absolute{}
	case "gamma":
		return loss.Gamma{}
	case "poisson":
		return loss.Poisson{}
	case "quantile":
		return loss.Quantile{Alpha: v.Float("quantile")}
	}
	return loss.Squared{}
}

// options are the kernel's options for checked values and the features of the data.
func options(v param.Values, features []dataset.Feature) (tree.BoostOptions, error) {
	monotone, err := tree.ParseMonotone("monotonic_cst", v.Text("monotonic_cst"), features)
	if err != nil {
		return tree.BoostOptions{}, err
	}
	together, err := tree.ParseTogether("interaction_cst", v.Text("interaction_cst"), features)
	if err != nil {
		return tree.BoostOptions{}, err
	}
	return tree.BoostOptions{
		GrowOptions: tree.GrowOptions{
			MaxDepth:       v.Int("max_depth"),
			MaxLeaves:      v.Int("max_leaf_nodes"),
			LossGuide:      true,
			MinChildWeight: 1e-3, // scikit-learn's min_hessian_to_split
			Lambda:         v.Float("l2_regularization"),
			CatSmooth:      10, // scikit-learn's MIN_CAT_SUPPORT
			Constraints: tree.Constraints{
				Monotone:  monotone,
				Together:  tree.WithRest(together, len(features)),
				MinRows:   v.Int("min_samples_leaf"),
				ExactRows: true,
			},
		},
		Rounds:         v.Int("max_iter"),
		LearningRate:   v.Float("learning_rate"),
		MaxBin:         v.Int("max_bins"),
		ClassFactor:    1,
		Patience:       v.Int("n_iter_no_change"),
		WideThresholds: true,
	}, nil
}
