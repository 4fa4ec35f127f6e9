package xgb

import (
	"slices"

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
	{Name: "extra_trees", Kind: param.Bool, Default: false,
		Desc: "Try one random threshold for each column of a node instead of all (LightGBM's parameter).",
		Tune: &param.Tune{}},
	{Name: "early_stopping_rounds", Kind: param.Int, Lo: -1, Hi: 100_000, Default: -1,
		Desc: "Rounds without a better validation loss after which learning stops; -1 = chosen from the count of rows, 0 = never. " +
			"The model keeps the best round. Without validation rows it has no effect."},
}

var classifierParams = append(slices.Clone(params), param.Param{
	Name: "scale_pos_weight", Kind: param.Float, Lo: 1e-6, Hi: 1e6, Default: 1.0,
	Desc: "Factor on the weights of class 1 of a binary problem.",
})

// options are the kernel's options for checked values.
func options(v param.Values) tree.BoostOptions {
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
		},
		Rounds:        v.Int("n_estimators"),
		LearningRate:  v.Float("learning_rate"),
		Subsample:     v.Float("subsample"),
		ColumnsByTree: v.Float("colsample_bytree"),
		MaxBin:        v.Int("max_bin"),
		Patience:      v.Int("early_stopping_rounds"),
	}
}
