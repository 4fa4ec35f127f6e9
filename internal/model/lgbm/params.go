package lgbm

import (
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// params are the parameters of both models, named as in LightGBM; aliases are its own and those of its scikit-learn
// interface.
var params = param.Set{
	{Name: "n_estimators", Aliases: []string{"num_iterations", "num_boost_round", "num_trees", "n_iter"}, Kind: param.Int, Lo: 1, Hi: 100_000, Default: 100,
		Desc: "Rounds of boosting; with early stopping, the most there can be."},
	{Name: "learning_rate", Aliases: []string{"eta", "shrinkage_rate"}, Kind: param.Float, Lo: 1e-6, Hi: 10, Default: 0.1,
		Desc: "Factor on each new tree: smaller learns slower and usually better, and needs more rounds.",
		Tune: &param.Tune{Lo: 0.01, Hi: 0.3, Log: true}},
	{Name: "num_leaves", Aliases: []string{"max_leaves", "num_leaf", "max_leaf_nodes"}, Kind: param.Int, Lo: 2, Hi: 131072, Default: 31,
		Desc: "Most leaves of a tree.",
		Tune: &param.Tune{Lo: 4, Hi: 256, Log: true, Cheap: 8}},
	{Name: "max_depth", Kind: param.Int, Lo: -1, Hi: 64, Default: -1,
		Desc: "Most splits between the root and a leaf; 0 or -1 = no limit."},
	{Name: "min_data_in_leaf", Aliases: []string{"min_child_samples", "min_data_per_leaf", "min_samples_leaf"}, Kind: param.Int, Lo: 0, Hi: 1e9, Default: 20,
		Desc: "Least number of rows in a leaf, estimated from the hessians as LightGBM does.",
		Tune: &param.Tune{Lo: 2, Hi: 128, Log: true}},
	{Name: "min_sum_hessian_in_leaf", Aliases: []string{"min_child_weight", "min_sum_hessian", "min_hessian"}, Kind: param.Float, Lo: 0, Hi: 1e9, Default: 1e-3,
		Desc: "Least sum of hessians in a leaf."},
	{Name: "feature_fraction", Aliases: []string{"colsample_bytree", "sub_feature"}, Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the columns that each tree sees.",
		Tune: &param.Tune{Lo: 0.3, Hi: 1}},
	{Name: "feature_fraction_bynode", Aliases: []string{"colsample_bynode", "sub_feature_bynode"}, Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the tree's columns that each split sees."},
	{Name: "bagging_fraction", Aliases: []string{"subsample", "sub_row", "bagging"}, Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the rows that trees see, where bagging_freq is above 0.",
		Tune: &param.Tune{Lo: 0.5, Hi: 1, Cheap: 1.0}},
	{Name: "bagging_freq", Aliases: []string{"subsample_freq"}, Kind: param.Int, Lo: 0, Hi: 100_000, Default: 0,
		Desc: "Rounds after which the rows are drawn anew; 0 = all rows are used.",
		Tune: &param.Tune{Lo: 0, Hi: 1}},
	{Name: "lambda_l1", Aliases: []string{"reg_alpha", "l1_regularization"}, Kind: param.Float, Lo: 0, Hi: 1e9, Default: 0.0,
		Desc: "L1 penalty on leaf values.",
		Tune: &param.Tune{Lo: 1e-4, Hi: 10, Log: true}},
	{Name: "lambda_l2", Aliases: []string{"reg_lambda", "lambda", "l2_regularization"}, Kind: param.Float, Lo: 0, Hi: 1e9, Default: 0.0,
		Desc: "L2 penalty on leaf values.",
		Tune: &param.Tune{Lo: 1e-3, Hi: 100, Log: true}},
	{Name: "min_gain_to_split", Aliases: []string{"min_split_gain"}, Kind: param.Float, Lo: 0, Hi: 1e12, Default: 0.0,
		Desc: "Least gain of a split."},
	{Name: "max_delta_step", Aliases: []string{"max_tree_output", "max_leaf_output"}, Kind: param.Float, Lo: 0, Hi: 1e9, Default: 0.0,
		Desc: "Largest leaf value before the learning rate; 0 = no limit."},
	{Name: "extra_trees", Aliases: []string{"extra_tree"}, Kind: param.Bool, Default: false,
		Desc: "Try one random threshold for each column of a node instead of all.",
		Tune: &param.Tune{}},
	{Name: "path_smooth", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 0.0,
		Desc: "Draws a leaf of n rows to its parent's value, which gets the weight path_smooth / (n + path_smooth)."},
	{Name: "cat_smooth", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 10.0,
		Desc: "Smoothing of a level's mean gradient when levels are ordered."},
	{Name: "cat_l2", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 10.0,
		Desc: "Added to lambda_l2 when a split of ordered levels is judged."},
	{Name: "max_cat_threshold", Kind: param.Int, Lo: 1, Hi: tree.MaxBins, Default: 32,
		Desc: "Most levels on the smaller side of a split of ordered levels."},
	{Name: "max_cat_to_onehot", Kind: param.Int, Lo: 1, Hi: tree.MaxBins, Default: 4,
		Desc: "A category with at most so many levels is split one level against the rest."},
	{Name: "max_bin", Aliases: []string{"max_bins"}, Kind: param.Int, Lo: 2, Hi: tree.MaxBins, Default: tree.MaxBins,
		Desc: "Most bins of a number; fewer are faster and coarser."},
	{Name: "boosting", Aliases: []string{"boosting_type", "boost"}, Kind: param.Choice, Choices: []string{"gbdt", "dart", "goss"}, Default: "gbdt",
		Desc: "gbdt; dart drops some of the trees while new ones are learned; goss learns from the rows with large gradients and a sample of the others."},
	{Name: "top_rate", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.2,
		Desc: "goss: share of the rows that stay for their large gradients."},
	{Name: "other_rate", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.1,
		Desc: "goss: share of the rows in the sample of the others."},
	{Name: "drop_rate", Aliases: []string{"rate_drop"}, Kind: param.Float, Lo: 0, Hi: 1, Default: 0.1,
		Desc: "dart: chance of a round's trees to be dropped."},
	{Name: "skip_drop", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.5,
		Desc: "dart: chance of a round to drop nothing."},
	{Name: "max_drop", Kind: param.Int, Lo: -1, Hi: 100_000, Default: 50,
		Desc: "dart: most rounds dropped at a time; 0 or -1 = no limit."},
	{Name: "uniform_drop", Kind: param.Bool, Default: false,
		Desc: "dart: give all rounds the same chance rather than one in proportion to their weight."},
	{Name: "monotone_constraints", Aliases: []string{"mc", "monotone_constraint"}, Kind: param.Text, Default: "",
		Desc: "Where predictions may only rise (1) or fall (-1) with a column: \"1,-1,0\" by place, or by name as \"age:1, income:-1\"; " +
			"empty = nowhere."},
	{Name: "interaction_constraints", Kind: param.Text, Default: "",
		Desc: "Lists of columns, by place or name, such as [[0, 1], [\"age\", \"income\"]]: a path in a tree stays within one of them; " +
			"a column in none is not used; empty = no constraint."},
	{Name: "early_stopping_rounds", Aliases: []string{"early_stopping_round", "n_iter_no_change"}, Kind: param.Int, Lo: -1, Hi: 100_000, Default: -1,
		Desc: "Rounds without a better validation loss after which learning stops; -1 = chosen from the count of rows, 0 = never. " +
			"The model keeps the best round. Without validation rows it has no effect."},
}

var classifierParams = append(slices.Clone(params), param.Param{
	Name: "scale_pos_weight", Kind: param.Float, Lo: 1e-6, Hi: 1e6, Default: 1.0,
	Desc: "Factor on the weights of class 1 of a binary problem.",
})

var regressorParams = append(slices.Clone(params),
	param.Param{Name: "objective", Aliases: []string{"application", "loss"}, Kind: param.Choice,
		Choices: []string{"regression", "regression_l1", "huber", "quantile", "poisson", "gamma", "tweedie"}, Default: "regression",
		Desc: "The loss. poisson and tweedie need targets of at least 0, gamma above 0; regression_l1 and quantile set their leaves by " +
			"medians and quantiles."},
	param.Param{Name: "alpha", Kind: param.Float, Lo: 1e-9, Hi: 1e12, Default: 0.9,
		Desc: "quantile: the share of the targets below the prediction, under 1; huber: the error at which the loss turns from squared to absolute."},
	param.Param{Name: "poisson_max_delta_step", Kind: param.Float, Lo: 1e-9, Hi: 100, Default: 0.7,
		Desc: "poisson: shortens steps by e to this power."},
	param.Param{Name: "tweedie_variance_power", Kind: param.Float, Lo: 1.001, Hi: 1.999, Default: 1.5,
		Desc: "tweedie: near 1 the targets are like counts, near 2 like amounts."})

// lossOf is the loss of a regressor's objective.
func lossOf(v param.Values) (loss.Loss, error) {
	alpha := v.Float("alpha")
	switch v.Choice("objective") {
	case "regression_l1":
		return loss.Absolute{}, nil
	case "huber":
		return loss.Huber{Delta: alpha}, nil
	case "quantile":
		if alpha >= 1 {
			return nil, sadi.Errorf(sadi.BadUsage, "the quantile is %g, and it must be below 1", alpha).At("alpha")
		}
		return loss.Quantile{Alpha: alpha}, nil
	case "poisson":
		return loss.Poisson{Step: v.Float("poisson_max_delta_step")}, nil
	case "gamma":
		return loss.Gamma{}, nil
	case "tweedie":
		return loss.Tweedie{Power: v.Float("tweedie_variance_power")}, nil
	}
	return loss.Squared{}, nil
}

// options are the kernel's options for checked values and the features of the data.
func options(v param.Values, features []dataset.Feature) (tree.BoostOptions, error) {
	monotone, err := tree.ParseMonotone("monotone_constraints", v.Text("monotone_constraints"), features)
	if err != nil {
		return tree.BoostOptions{}, err
	}
	together, err := tree.ParseTogether("interaction_constraints", v.Text("interaction_constraints"), features)
	if err != nil {
		return tree.BoostOptions{}, err
	}
	o := tree.BoostOptions{
		GrowOptions: tree.GrowOptions{
			MaxDepth:         max(v.Int("max_depth"), 0),
			MaxLeaves:        v.Int("num_leaves"),
			LossGuide:        true,
			MinChildWeight:   v.Float("min_sum_hessian_in_leaf"),
			Gamma:            v.Float("min_gain_to_split"),
			Lambda:           v.Float("lambda_l2"),
			Alpha:            v.Float("lambda_l1"),
			MaxDeltaStep:     v.Float("max_delta_step"),
			ColumnsByNode:    v.Float("feature_fraction_bynode"),
			MaxCatToOneHot:   v.Int("max_cat_to_onehot") + 1, // the kernel asks for fewer levels, as XGBoost does
			MaxCatThreshold:  v.Int("max_cat_threshold"),
			CatSmooth:        v.Float("cat_smooth"),
			CatLambda:        v.Float("cat_l2"),
			RandomThresholds: v.Bool("extra_trees"),
			Constraints: tree.Constraints{
				Monotone:   monotone,
				Together:   together,
				MinRows:    v.Int("min_data_in_leaf"),
				PathSmooth: v.Float("path_smooth"),
			},
		},
		Rounds:         v.Int("n_estimators"),
		LearningRate:   v.Float("learning_rate"),
		ColumnsByTree:  v.Float("feature_fraction"),
		MaxBin:         v.Int("max_bin"),
		Patience:       v.Int("early_stopping_rounds"),
		WideThresholds: true,
	}
	if freq := v.Int("bagging_freq"); freq > 0 && v.Choice("boosting") != "goss" {
		o.Subsample, o.SubsampleRounds = v.Float("bagging_fraction"), freq
	}
	switch v.Choice("boosting") {
	case "goss":
		o.Goss = &tree.Goss{Top: v.Float("top_rate"), Other: v.Float("other_rate")}
	case "dart":
		o.Dart = &tree.Dart{
			Rate:     v.Float("drop_rate"),
			Skip:     v.Float("skip_drop"),
			Most:     max(v.Int("max_drop"), 0),
			ByWeight: !v.Bool("uniform_drop"),
			ByRound:  true,
		}
	}
	return o, nil
}
