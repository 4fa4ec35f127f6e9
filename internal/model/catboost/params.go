package catboost

import (
	"slices"

	"sadi"
	"sadi/internal/model/tree"
	"sadi/internal/param"
)

// params are the parameters of both models, named as in CatBoost.
var params = param.Set{
	{Name: "iterations", Aliases: []string{"n_estimators", "num_boost_round", "num_trees"}, Kind: param.Int, Lo: 1, Hi: 100_000, Default: 1000,
		Desc: "Rounds of boosting; with early stopping, the most there can be."},
	{Name: "learning_rate", Aliases: []string{"eta"}, Kind: param.Float, Lo: 0, Hi: 1, Default: 0.0,
		Desc: "Factor on each new tree: smaller learns slower and usually better, and needs more rounds; 0 = chosen from the counts of rows and rounds.",
		Tune: &param.Tune{Lo: 0.01, Hi: 0.3, Log: true}},
	{Name: "depth", Aliases: []string{"max_depth"}, Kind: param.Int, Lo: 1, Hi: 16, Default: 6,
		Desc: "Levels of a tree, each with one question for all its nodes.",
		Tune: &param.Tune{Lo: 4, Hi: 10, Cheap: 4}},
	{Name: "l2_leaf_reg", Aliases: []string{"reg_lambda"}, Kind: param.Float, Lo: 0, Hi: 1e9, Default: 3.0,
		Desc: "L2 penalty on leaf values.",
		Tune: &param.Tune{Lo: 0.1, Hi: 30, Log: true}},
	{Name: "random_strength", Kind: param.Float, Lo: 0, Hi: 1e6, Default: 1.0,
		Desc: "Noise on the scores of splits, in standard deviations of the gradients; it fades with the rounds.",
		Tune: &param.Tune{Lo: 0, Hi: 10}},
	{Name: "bootstrap_type", Kind: param.Choice, Choices: []string{"auto", "MVS", "Bayesian", "Bernoulli", "No"}, Default: "auto",
		Desc: "How the rows are weighed for the structure of each tree: Bayesian gives random weights, Bernoulli takes a share of them, " +
			"MVS a share in which large gradients are likelier; auto = MVS, and Bayesian for more than two classes."},
	{Name: "bagging_temperature", Kind: param.Float, Lo: 0, Hi: 100, Default: 1.0,
		Desc: "Exponent on the random weights of the Bayesian bootstrap: 0 makes them equal.",
		Tune: &param.Tune{Lo: 0, Hi: 2}},
	{Name: "subsample", Kind: param.Float, Lo: 0.01, Hi: 1, Default: 0.8,
		Desc: "Share of the rows for the structure of each tree, for MVS and Bernoulli.",
		Tune: &param.Tune{Lo: 0.5, Hi: 1}},
	{Name: "rsm", Aliases: []string{"colsample_bylevel"}, Kind: param.Float, Lo: 0.01, Hi: 1, Default: 1.0,
		Desc: "Share of the columns that each level of a tree sees.",
		Tune: &param.Tune{Lo: 0.3, Hi: 1}},
	{Name: "border_count", Aliases: []string{"max_bin"}, Kind: param.Int, Lo: 1, Hi: tree.MaxBins - 1, Default: tree.MaxBins - 1,
		Desc: "Most thresholds of a number; fewer are faster and coarser."},
	{Name: "one_hot_max_size", Kind: param.Int, Lo: 0, Hi: tree.MaxBins - 1, Default: 10,
		Desc: "Categories with at most so many values are asked value by value, the others by statistics of the target. CatBoost's default is 2.",
		Tune: &param.Tune{Lo: 2, Hi: 25}},
	{Name: "max_ctr_complexity", Kind: param.Int, Lo: 1, Hi: 8, Default: 2,
		Desc: "Most categories in a combination that statistics are kept of; tests on other features count as one. Each more takes more time; " +
			"CatBoost's default is 4.",
		Tune: &param.Tune{Lo: 1, Hi: 4, Cheap: 1}},
	{Name: "permutations", Kind: param.Int, Lo: 1, Hi: 16, Default: 3,
		Desc: "Random orders of the rows for the structure of trees; one more is for the leaf values."},
	{Name: "boosting_type", Kind: param.Choice, Choices: []string{"Plain", "Ordered"}, Default: "Plain",
		Desc: "Ordered takes each row's gradient from a model that has not learned from it: slower, sometimes better on few rows."},
	{Name: "score_function", Kind: param.Choice, Choices: []string{"Cosine", "L2"}, Default: "Cosine",
		Desc: "How a split is scored: by the cosine between gradients and leaf values, or by how much it lowers the loss."},
	{Name: "min_data_in_leaf", Aliases: []string{"min_child_samples"}, Kind: param.Int, Lo: 1, Hi: 1e9, Default: 1,
		Desc: "A leaf that a split would leave with fewer rows counts as not split; rows count by their weight as a share of the mean."},
	{Name: "leaf_estimation_iterations", Kind: param.Int, Lo: 1, Hi: 100, Default: 1,
		Desc: "Newton steps for the leaf values of each tree."},
	{Name: "early_stopping_rounds", Aliases: []string{"od_wait"}, Kind: param.Int, Lo: -1, Hi: 100_000, Default: -1,
		Desc: "Rounds without a better validation loss after which learning stops; -1 = chosen from the count of rows, 0 = never. " +
			"The model keeps the best round. Without validation rows it has no effect."},
}

var classifierParams = append(slices.Clone(params), param.Param{
	Name: "auto_class_weights", Kind: param.Choice, Choices: []string{"None", "Balanced", "SqrtBalanced"}, Default: "None",
	Desc: "Weights of the classes: alike, by the size of the largest class over that of each, or by its square root.",
})

// balances are the powers of a class's rarity that the words stand for.
var balances = map[string]float64{"None": 0, "Balanced": 1, "SqrtBalanced": 0.5}

var bootstraps = map[string]tree.Bootstrap{
	"MVS": tree.MVSBootstrap, "Bayesian": tree.BayesianBootstrap, "Bernoulli": tree.BernoulliBootstrap, "No": tree.NoBootstrap,
}

// options are the kernel's options for checked values.
func options(v param.Values, p sadi.Problem) tree.ObliviousOptions {
	bootstrap, named := bootstraps[v.Choice("bootstrap_type")]
	switch {
	case named:
	case p == sadi.Multiclass:
		bootstrap = tree.BayesianBootstrap
	default:
		bootstrap = tree.MVSBootstrap
	}
	return tree.ObliviousOptions{
		Rounds:         v.Int("iterations"),
		LearningRate:   v.Float("learning_rate"),
		Depth:          v.Int("depth"),
		L2:             v.Float("l2_leaf_reg"),
		Cosine:         v.Choice("score_function") == "Cosine",
		RandomStrength: v.Float("random_strength"),
		Bootstrap:      bootstrap,
		Temperature:    v.Float("bagging_temperature"),
		Subsample:      v.Float("subsample"),
		ColumnShare:    v.Float("rsm"),
		MaxBin:         v.Int("border_count") + 1,
		LeastWeight:    float64(v.Int("min_data_in_leaf")),
		LeafSteps:      v.Int("leaf_estimation_iterations"),
		Ordered:        v.Choice("boosting_type") == "Ordered",
		MaxOneHot:      v.Int("one_hot_max_size"),
		MaxCombination: v.Int("max_ctr_complexity"),
		Permutations:   v.Int("permutations"),
		Patience:       v.Int("early_stopping_rounds"),
	}
}
