package xgb

import (
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// params are the parameters of both models, named as in XGBoost's scikit-learn interface.
var params = param.Set{
	{Name: "n_estimators", Aliases: []string{"num_boost_round", "num_round", "iterations"}, Kind: param.Int, Lo: 1, Hi: 100_000, Default: 300,
		Desc: "Rounds of boosting; with early stopping, the most there can be."},
	{Name: "learning_rate", Aliases: []string{"eta"}, Kind: param.Float, Lo: 1e-6, Hi: 10, Default: 0.1,
		Desc: "Factor on each new tree: smaller learns slower and usually better, and needs more rounds.",
		Tune: &param.Tune{Lo: 0.01, Hi: 0.3, Log: true}},
	{Name: "max_depth", Kind: param.Int, Lo: 0, Hi: 64, Default: 6,
		Desc: "Most splits between the root and a leaf; 0 = no limit.",
		Tune: &param.Tune{Lo: 2, Hi: 10, Cheap: 3}},
	{Name: "max_leaves", Kind: param.Int, Lo: 0, Hi: 1 << 20, Default: 0,
		Desc: "Most leaves of a tree; 0 = no limit.",
		Tune: &param.Tune{Lo: 4, Hi: 512, Log: true, Cheap: 8}},
	{Name: "grow_policy", Kind: param.Choice, Choices: []string{"depthwise", "lossguide"}, Default: "depthwise",
		Desc: "depthwise splits level by level, lossguide always the leaf with the largest gain.",
		Tune: &param.Tune{}},
	{Name: "min_child_weight", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 1.0,
		Desc: "Least sum of hessians in a child: for squared error the weight of its rows.",
		Tune: &param.Tune{Lo: 1e-3, Hi: 128, Log: true}},
	{Name: "gamma", Aliases: []string{"min_split_loss"}, Kind: param.Float, Lo: 0, Hi: 1e12, Default: 0.0,
		Desc: "Least gain of a split."},
	{Name: "reg_lambda", Aliases: []string{"lambda"}, Kind: param.Float, Lo: 0, Hi: 1e9, Default: 1.0,
		Desc: "L2 penalty on leaf values.",
		Tune: &param.Tune{Lo: 1e-3, Hi: 100, Log: true}},
	{Name: "reg_alpha", Aliases: []string{"alpha"}, Kind: param.Float, Lo: 0, Hi: 1e9, Default: 0.0,
		Desc: "L1 penalty on leaf values.",
		Tune: &param.Tune{Lo: 1e-4, Hi: 10, Log: true}},
	{Name: "max_delta_step", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 0.0,
		Desc: "Largest leaf value before the learning rate; 0 = no limit. Helps with very rare classes."},
	{Name: "subsample", Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the rows that each tree sees.",
		Tune: &param.Tune{Lo: 0.5, Hi: 1, Cheap: 1.0}},
	{Name: "colsample_bytree", Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the columns that each tree sees.",
		Tune: &param.Tune{Lo: 0.3, Hi: 1}},
	{Name: "colsample_bylevel", Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the tree's columns that each level sees.",
		Tune: &param.Tune{Lo: 0.3, Hi: 1}},
	{Name: "colsample_bynode", Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the level's columns that each split sees."},
	{Name: "max_bin", Kind: param.Int, Lo: 2, Hi: tree.MaxBins, Default: tree.MaxBins,
		Desc: "Most bins of a number; fewer are faster and coarser."},
	{Name: "max_cat_to_onehot", Kind: param.Int, Lo: 1, Hi: tree.MaxBins + 1, Default: 4,
		Desc: "A category with fewer levels is split one level against the rest, another one by its ordered levels."},
	{Name: "max_cat_threshold", Kind: param.Int, Lo: 1, Hi: tree.MaxBins, Default: 64,
		Desc: "Most levels on the smaller side of a split of ordered levels."},
	{Name: "cat_smooth", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 10.0,
		Desc: "Smoothing of a level's mean gradient when levels are ordered (LightGBM's parameter)."},
	{Name: "cat_l2", Kind: param.Float, Lo: 0, Hi: 1e9, Default: 10.0,
		Desc: "Added to reg_lambda when a split of ordered levels is judged (LightGBM's parameter)."},
	{Name: "monotone_constraints", Kind: param.Text, Default: "",
		Desc: "Where predictions may only rise (1) or fall (-1) with a column: \"(1,-1,0)\" by place, or by name as \"age:1, income:-1\"; " +
			"empty = nowhere."},
	{Name: "interaction_constraints", Kind: param.Text, Default: "",
		Desc: "Lists of columns, by place or name, such as [[0, 1], [\"age\", \"income\"]]: a path in a tree stays within one of them; " +
			"a column in none stands alone; empty = no constraint."},
	{Name: "booster", Kind: param.Choice, Choices: []string{"gbtree", "dart"}, Default: "gbtree",
		Desc: "dart drops some of the trees while new ones are learned (DART, 2015)."},
	{Name: "rate_drop", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.0,
		Desc: "dart: chance of each tree to be dropped in a round."},
	{Name: "skip_drop", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.0,
		Desc: "dart: chance of a round to drop nothing."},
	{Name: "one_drop", Kind: param.Bool, Default: false,
		Desc: "dart: drop at least one tree in a round that is not skipped."},
	{Name: "sample_type", Kind: param.Choice, Choices: []string{"uniform", "weighted"}, Default: "uniform",
		Desc: "dart: uniform gives each tree the same chance, weighted one in proportion to its weight."},
	{Name: "normalize_type", Kind: param.Choice, Choices: []string{"tree", "forest"}, Default: "tree",
		Desc: "dart: a new tree weighs as much as one of the dropped ones, or as all of them together."},
	{Name: "extra_trees", Kind: param.Bool, Default: false,
		Desc: "Try one random threshold for each column of a node instead of all (LightGBM's parameter).",
		Tune: &param.Tune{}},
	{Name: "early_stopping_rounds", Kind: param.Int, Lo: -1, Hi: 100_000, Default: -1,
		Desc: "Rounds without a better validation loss after which learning stops; -1 = chosen from the count of rows, 0 = never. " +
			"The model keeps the best round. Without validation rows it has no effect."},
}

var classifierParams = append(slices.Clone(params),
	param.Param{Name: "objective", Kind: param.Choice, Choices: []string{"auto", "binary:logistic", "multi:softprob"}, Default: "auto",
		Desc: "The loss; auto = the one for the number of classes."},
	param.Param{Name: "scale_pos_weight", Kind: param.Float, Lo: 1e-6, Hi: 1e6, Default: 1.0,
		Desc: "Factor on the weights of class 1 of a binary problem."})

var regressorParams = append(slices.Clone(params),
	param.Param{Name: "objective", Kind: param.Choice, Choices: objectives, Default: "reg:squarederror",
		Desc: "The loss. count:poisson and reg:tweedie need targets of at least 0, reg:gamma above 0; reg:absoluteerror and " +
			"reg:quantileerror set their leaves by medians and quantiles."},
	param.Param{Name: "huber_slope", Kind: param.Float, Lo: 1e-9, Hi: 1e12, Default: 1.0,
		Desc: "reg:pseudohubererror: the error at which the loss turns from squared to absolute, in units of the target."},
	param.Param{Name: "quantile_alpha", Kind: param.Float, Lo: 0.001, Hi: 0.999, Default: 0.5,
		Desc: "reg:quantileerror: the share of the targets below the prediction."},
	param.Param{Name: "tweedie_variance_power", Kind: param.Float, Lo: 1.001, Hi: 1.999, Default: 1.5,
		Desc: "reg:tweedie: near 1 the targets are like counts, near 2 like amounts."})

var objectives = []string{"reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:quantileerror", "count:poisson", "reg:gamma",
	"reg:tweedie"}

// lossOf is the loss of a regressor's objective.
func lossOf(v param.Values) loss.Loss {
	switch v.Choice("objective") {
	case "reg:absoluteerror":
		return loss.Absolute{}
	case "reg:pseudohubererror":
		return loss.PseudoHuber{Delta: v.Float("huber_slope")}
	case "reg:quantileerror":
		return loss.Quantile{Alpha: v.Float("quantile_alpha")}
	case "count:poisson":
		return loss.Poisson{Step: poissonStep(v)}
	case "reg:gamma":
		return loss.Gamma{}
	case "reg:tweedie":
		return loss.Tweedie{Power: v.Float("tweedie_variance_power")}
	}
	return loss.Squared{}
}

// poissonStep is max_delta_step, which XGBoost sets to 0.7 where counts are learned and none is given.
func poissonStep(v param.Values) float64 {
	if s := v.Float("max_delta_step"); s > 0 {
		return s
	}
	return 0.7
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
	return tree.BoostOptions{
		GrowOptions: tree.GrowOptions{
			MaxDepth:         v.Int("max_depth"),
			MaxLeaves:        v.Int("max_leaves"),
			LossGuide:        v.Choice("grow_policy") == "lossguide",
			MinChildWeight:   v.Float("min_child_weight"),
			Gamma:            v.Float("gamma"),
			Lambda:           v.Float("reg_lambda"),
			Alpha:            v.Float("reg_alpha"),
			MaxDeltaStep:     v.Float("max_delta_step"),
			ColumnsByLevel:   v.Float("colsample_bylevel"),
			ColumnsByNode:    v.Float("colsample_bynode"),
			MaxCatToOneHot:   v.Int("max_cat_to_onehot"),
			MaxCatThreshold:  v.Int("max_cat_threshold"),
			CatSmooth:        v.Float("cat_smooth"),
			CatLambda:        v.Float("cat_l2"),
			RandomThresholds: v.Bool("extra_trees"),
			Constraints:      tree.Constraints{Monotone: monotone, Together: tree.WithSingles(together, len(features))},
		},
		Rounds:        v.Int("n_estimators"),
		LearningRate:  v.Float("learning_rate"),
		Subsample:     v.Float("subsample"),
		ColumnsByTree: v.Float("colsample_bytree"),
		MaxBin:        v.Int("max_bin"),
		Patience:      v.Int("early_stopping_rounds"),
		Dart:          dart(v),
	}, nil
}

// dart is nil where trees are not dropped.
func dart(v param.Values) *tree.Dart {
	if v.Choice("booster") != "dart" {
		return nil
	}
	return &tree.Dart{
		Rate:       v.Float("rate_drop"),
		Skip:       v.Float("skip_drop"),
		AtLeastOne: v.Bool("one_drop"),
		ByWeight:   v.Choice("sample_type") == "weighted",
		Forest:     v.Choice("normalize_type") == "forest",
	}
}
