package interchange

import (
	"fmt"
	"math"
	"strconv"

	"sadi/internal/model/tree"
)

// xgboostObjectives are XGBoost's objectives by our losses. 1.7 has none for quantiles: the link is that of squares.
var xgboostObjectives = map[string]struct {
	name, section string
	params        object
	base          float32 // the base score whose margin is 0
}{
	"logistic":     {"binary:logistic", "reg_loss_param", object{{"scale_pos_weight", "1"}}, 0.5},
	"softmax":      {"multi:softprob", "softmax_multiclass_param", nil, 0},
	"squared":      {"reg:squarederror", "reg_loss_param", object{{"scale_pos_weight", "1"}}, 0},
	"absolute":     {"reg:absoluteerror", "reg_loss_param", object{{"scale_pos_weight", "1"}}, 0},
	"pseudo_huber": {"reg:pseudohubererror", "pseudo_huber_param", object{{"huber_slope", "1"}}, 0},
	"huber":        {"reg:pseudohubererror", "pseudo_huber_param", object{{"huber_slope", "1"}}, 0},
	"quantile":     {"reg:squarederror", "reg_loss_param", object{{"scale_pos_weight", "1"}}, 0},
	"poisson":      {"count:poisson", "poisson_regression_param", object{{"max_delta_step", "7E-1"}}, 1},
	"gamma":        {"reg:gamma", "reg_loss_param", object{{"scale_pos_weight", "1"}}, 1},
	"tweedie":      {"reg:tweedie", "tweedie_regression_param", object{{"tweedie_variance_power", "1.5"}}, 1},
}

// schemaVersion is the version of the schema that is written.
var schemaVersion = []any{1, 7, 4}

// toXGBoost is a model in XGBoost's schema. The base score goes into the leaves of the first round: as a prediction
// in float32, the form in which XGBoost keeps it, a confident one would lose its digits.
func toXGBoost(m *Model) object {
	e := &m.Booster.Ensemble
	goal := xgboostObjectives[m.Booster.Loss().Name()]
	classes := 0
	if e.Outputs > 1 {
		classes = e.Outputs
	}
	params := goal.params
	if goal.section == "softmax_multiclass_param" {
		params = object{{"num_class", strconv.Itoa(classes)}}
	}
	trees, info := []any{}, []any{}
	eachTree(e, func(k int, t *tree.Tree, shift float64) {
		trees = append(trees, xgboostTree(t, k, e.Features, shift))
		info = append(info, k%e.Outputs)
	})
	types := make([]string, len(m.Features))
	for j, f := range m.Features {
		types[j] = "float"
		if f.Levels > 0 {
			types[j] = "c"
		}
	}
	count := strconv.Itoa(e.Features)
	return object{
		{"learner", object{
			{"attributes", object{}},
			{"feature_names", safeNames(m.Features, bannedByXGBoost)},
			{"feature_types", types},
			{"gradient_booster", object{
				{"model", object{
					{"gbtree_model_param", object{
						{"num_parallel_tree", "1"},
						{"num_trees", strconv.Itoa(len(trees))},
						{"size_leaf_vector", "0"},
					}},
					{"tree_info", info},
					{"trees", trees},
				}},
				{"name", "gbtree"},
			}},
			{"learner_model_param", object{
				{"base_score", fmt.Sprintf("%E", goal.base)},
				{"boost_from_average", "1"},
				{"num_class", strconv.Itoa(classes)},
				{"num_feature", count},
				{"num_target", "1"},
			}},
			{"objective", object{
				{"name", goal.name},
				{goal.section, params},
			}},
		}},
		{"version", schemaVersion},
	}
}

// eachTree visits the trees with what to add to their leaves, so that the base score is part of the first round.
func eachTree(e *tree.Ensemble, visit func(k int, t *tree.Tree, shift float64)) {
	trees := e.Trees
	if len(trees) == 0 {
		for range e.Outputs {
			trees = append(trees, tree.Leaf(0))
		}
	}
	for k := range trees {
		shift := 0.0
		if k < e.Outputs {
			shift = e.Base[k]
		}
		visit(k, &trees[k], shift)
	}
}

// xgboostTree is a tree with shift added to its leaves.
func xgboostTree(t *tree.Tree, id, features int, shift float64) object {
	n := len(t.Nodes)
	left, right, parents, indices := make([]int32, n), make([]int32, n), make([]int32, n), make([]int32, n)
	conditions, weights, gains, covers := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	defaults, kinds := make([]uint8, n), make([]uint8, n)
	codes, nodes, segments, sizes := []int32{}, []int32{}, []int64{}, []int64{}
	copy(gains, t.Gains)
	copy(covers, t.Covers)
	parents[0] = math.MaxInt32 // the root's
	for i := range t.Nodes {
		nd := &t.Nodes[i]
		if nd.Feature < 0 {
			left[i], right[i] = -1, -1
			conditions[i] = float32(float64(t.Values[nd.Left]) + shift)
			weights[i] = conditions[i]
			continue
		}
		left[i], right[i], indices[i] = nd.Left, nd.Left+1, nd.Feature
		parents[nd.Left], parents[nd.Left+1] = int32(i), int32(i)
		if nd.MissingLeft() {
			defaults[i] = 1
		}
		if nd.Categorical() {
			if chosen := rightCodes(t, nd); len(chosen) > 0 {
				kinds[i] = 1
				nodes = append(nodes, int32(i))
				segments, sizes = append(segments, int64(len(codes))), append(sizes, int64(len(chosen)))
				codes = append(codes, chosen...)
				continue
			}
			conditions[i] = math.MaxFloat32 // all go left but missing values, and XGBoost knows no empty set
			continue
		}
		conditions[i] = min(max(nd.Threshold, -math.MaxFloat32), math.MaxFloat32)
	}
	innerWeights(t, weights)
	return object{
		{"base_weights", weights},
		{"categories", codes},
		{"categories_nodes", nodes},
		{"categories_segments", segments},
		{"categories_sizes", sizes},
		{"default_left", defaults},
		{"id", id},
		{"left_children", left},
		{"loss_changes", gains},
		{"parents", parents},
		{"right_children", right},
		{"split_conditions", conditions},
		{"split_indices", indices},
		{"split_type", kinds},
		{"sum_hessian", covers},
		{"tree_param", object{
			{"num_deleted", "0"},
			{"num_feature", strconv.Itoa(features)},
			{"num_nodes", strconv.Itoa(n)},
			{"size_leaf_vector", "0"},
		}},
	}
}

// innerWeights gives inner nodes the mean of their children by cover, what they would be worth as a leaf.
func innerWeights(t *tree.Tree, weights []float32) {
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		nd := &t.Nodes[i]
		if nd.Feature < 0 || t.Covers == nil {
			continue
		}
		l, r := float64(t.Covers[nd.Left]), float64(t.Covers[nd.Left+1])
		if l+r > 0 {
			weights[i] = float32((float64(float64(weights[nd.Left])*l) + float64(float64(weights[nd.Left+1])*r)) / (l + r))
		}
	}
}

// rightCodes are the categories that go right.
func rightCodes(t *tree.Tree, nd *tree.Node) []int32 {
	set, _ := t.Set(nd)
	var codes []int32
	for c := range int32(len(set) * 32) {
		if set[c/32]>>(c%32)&1 == 0 {
			codes = append(codes, c)
		}
	}
	return codes
}
