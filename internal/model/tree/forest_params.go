package tree

import (
	"context"
	"slices"

	"sadi/internal/model"
	"sadi/internal/param"
)

// criteria are the words for the criteria. Friedman's gain differs from that of the squared error by a factor that all
// splits of a node share, so that it prefers the same split.
var criteria = map[string]Criterion{"gini": Gini, "entropy": Entropy, "log_loss": Entropy,
	"squared_error": SquaredError, "friedman_mse": SquaredError, "absolute_error": AbsoluteError, "poisson": Poisson}

// cartParams are the parameters of every tree, named as in scikit-learn.
func cartParams(classifier bool) param.Set {
	criterion := param.Param{Name: "criterion", Kind: param.Choice, Default: "squared_error",
		Choices: []string{"squared_error", "friedman_mse", "absolute_error", "poisson"},
		Desc: "The impurity that a split lowers. friedman_mse makes the splits of squared_error; leaves of absolute_error hold medians, and " +
			"it takes several times as long; poisson needs targets of at least 0."}
	if classifier {
		criterion.Choices, criterion.Default = []string{"gini", "entropy", "log_loss"}, "gini"
		criterion.Desc = "The impurity that a split lowers. entropy and log_loss are the same."
		criterion.Tune = &param.Tune{}
	}
	set := param.Set{
		criterion,
		{Name: "max_depth", Kind: param.Int, Lo: 0, Hi: 1000, Default: 0,
			Desc: "Most splits between the root and a leaf; 0 = no limit.",
			Tune: &param.Tune{Lo: 2, Hi: 30, Log: true, Cheap: 3}},
		{Name: "min_samples_split", Kind: param.Int, Lo: 2, Hi: 1e9, Default: 2,
			Desc: "Least rows of a node that is split."},
		{Name: "min_samples_leaf", Kind: param.Int, Lo: 1, Hi: 1e9, Default: 1,
			Desc: "Least rows of a leaf.",
			Tune: &param.Tune{Lo: 1, Hi: 64, Log: true}},
		{Name: "min_weight_fraction_leaf", Kind: param.Float, Lo: 0, Hi: 0.5, Default: 0.0,
			Desc: "Least weight of a leaf as a share of the weight of all rows that the tree learns from."},
		{Name: "max_leaf_nodes", Kind: param.Int, Lo: 0, Hi: 1 << 30, Default: 0,
			Desc: "Most leaves; the splits that lower the impurity most are made first. 0 = no limit."},
		{Name: "min_impurity_decrease", Kind: param.Float, Lo: 0, Hi: 1e300, Default: 0.0,
			Desc: "Least decrease of impurity by a split, times the node's share of the weight."},
		{Name: "ccp_alpha", Kind: param.Float, Lo: 0, Hi: 1e300, Default: 0.0,
			Desc: "Minimal cost-complexity pruning: a subtree stays if it lowers the impurity by more than this for each leaf."},
	}
	if classifier {
		set = append(set, param.Param{Name: "class_weight", Kind: param.Choice, Choices: []string{"none", "balanced"}, Default: "none",
			Desc: "With balanced, rows are weighted so that every class has the same total weight."})
	}
	return set
}

// CartParams are the parameters of a single tree, named as in scikit-learn.
func CartParams(classifier bool) param.Set {
	return slices.Clip(append(cartParams(classifier),
		param.Param{Name: "splitter", Kind: param.Choice, Choices: []string{"best", "random"}, Default: "best",
			Desc: "Whether a node tries all thresholds of a column or a random one."},
		param.Param{Name: "max_features", Kind: param.Float, Lo: 0, Hi: 1, Default: 1.0, Desc: maxFeaturesDesc}))
}

const maxFeaturesDesc = "Share of the columns that a node looks at, columns that are constant in it not counted; 0 = the square root of their number."

// ForestParams are the parameters of a forest, named as in scikit-learn. maxFeatures and bootstrap are defaults.
func ForestParams(classifier bool, maxFeatures float64, bootstrap bool) param.Set {
	own := param.Set{
		{Name: "n_estimators", Kind: param.Int, Lo: 1, Hi: 100_000, Default: 100,
			Desc: "Trees. More never harm; the gain of each becomes small."},
		{Name: "max_features", Kind: param.Float, Lo: 0, Hi: 1, Default: maxFeatures,
			Desc: maxFeaturesDesc,
			Tune: &param.Tune{Lo: 0.05, Hi: 1}},
		{Name: "bootstrap", Kind: param.Bool, Default: bootstrap,
			Desc: "Grow each tree on rows drawn with replacement."},
		{Name: "max_samples", Kind: param.Float, Lo: 0.001, Hi: 1, Default: 1.0,
			Desc: "Size of the draw as a share of the rows; without bootstrap it has no effect."},
		{Name: "oob_score", Kind: param.Bool, Default: false,
			Desc: "Predict each training row from the trees that did not draw it, for whoever asks the fitted forest; without bootstrap it has no effect."},
	}
	for _, p := range cartParams(classifier) {
		if p.Name == "max_depth" {
			p.Tune = nil // leaf sizes say it better in a forest
		}
		own = append(own, p)
	}
	return slices.Clip(own)
}

func cartOptions(v param.Values) CartOptions {
	return CartOptions{
		Criterion:           criteria[v.Choice("criterion")],
		MaxDepth:            v.Int("max_depth"),
		MinSamplesSplit:     v.Int("min_samples_split"),
		MinSamplesLeaf:      v.Int("min_samples_leaf"),
		MinWeightFraction:   v.Float("min_weight_fraction_leaf"),
		MaxLeafNodes:        v.Int("max_leaf_nodes"),
		MinImpurityDecrease: v.Float("min_impurity_decrease"),
		CCPAlpha:            v.Float("ccp_alpha"),
		Balanced:            v["class_weight"] == "balanced", // of classifiers alone
	}
}

// FitSingle grows one tree with values of CartParams.
func FitSingle(ctx context.Context, train model.Train, v param.Values) (model.Fitted, error) {
	o := cartOptions(v)
	o.RandomThresholds = v.Choice("splitter") == "random"
	o.MaxFeatures = featureCount(v.Float("max_features"), len(train.X.Cols))
	s, err := GrowSingle(ctx, train, o)
	if err != nil {
		return nil, err // not a nil *Single in the interface
	}
	return s, nil
}

// forestOptions are values of ForestParams.
func forestOptions(v param.Values) ForestOptions {
	return ForestOptions{
		CartOptions:  cartOptions(v),
		Trees:        v.Int("n_estimators"),
		Bootstrap:    v.Bool("bootstrap"),
		MaxSamples:   v.Float("max_samples"),
		FeatureShare: v.Float("max_features"),
		OutOfBag:     v.Bool("oob_score"),
	}
}

// ForestNeed says what FitForest will take.
func ForestNeed(s model.Shape, v param.Values) model.Need {
	o := forestOptions(v)
	return o.Need(s)
}

// FitForest grows a forest with values of ForestParams; random asks for random thresholds.
func FitForest(ctx context.Context, train model.Train, v param.Values, random bool) (model.Fitted, error) {
	o := forestOptions(v)
	o.RandomThresholds = random
	f, err := GrowForest(ctx, train, o)
	if err != nil {
		return nil, err
	}
	return f, nil
}
