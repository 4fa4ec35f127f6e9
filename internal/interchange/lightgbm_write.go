package interchange

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"sadi/internal/model/tree"
)

// lightgbmObjectives are LightGBM's objectives by our losses; %d is the count of classes.
var lightgbmObjectives = map[string]string{
	"logistic":     "binary sigmoid:1",
	"softmax":      "multiclass num_class:%d",
	"squared":      "regression",
	"absolute":     "regression_l1",
	"huber":        "huber",
	"pseudo_huber": "fair", // as smooth; what matters is that the value is the margin
	"quantile":     "quantile",
	"poisson":      "poisson",
	"gamma":        "gamma",
	"tweedie":      "tweedie",
}

// toLightGBM is a model in LightGBM's text, the base score in the leaves of the first round as LightGBM has it.
func toLightGBM(m *Model) []byte {
	e := &m.Booster.Ensemble
	objective := lightgbmObjectives[m.Booster.Loss().Name()]
	if strings.Contains(objective, "%d") {
		objective = fmt.Sprintf(objective, e.Outputs)
	}
	var sizes []int
	var trees []byte
	eachTree(e, func(k int, t *tree.Tree, shift float64) {
		from := len(trees)
		trees = fmt.Appendf(trees, "Tree=%d\n", k)
		trees = append(appendLightGBMTree(trees, t, shift), '\n', '\n')
		sizes = append(sizes, len(trees)-from)
	})
	infos := make([]string, len(m.Features))
	for j, f := range m.Features {
		infos[j] = "[-3.4028234663852886e+38:3.4028234663852886e+38]"
		if f.Levels > 0 && f.Levels <= 1<<16 {
			infos[j] = joined(slices.Collect(count(f.Levels)), ":")
		}
	}
	var b []byte
	line := func(key, value string) { b = append(append(append(append(b, key...), '='), value...), '\n') }
	b = append(b, "tree\n"...)
	line("version", "v4")
	line("num_class", strconv.Itoa(e.Outputs))
	line("num_tree_per_iteration", strconv.Itoa(e.Outputs))
	line("label_index", "0")
	line("max_feature_idx", strconv.Itoa(e.Features-1))
	line("objective", objective)
	line("feature_names", strings.Join(safeNames(m.Features, bannedByLightGBM), " "))
	line("feature_infos", strings.Join(infos, " "))
	line("tree_sizes", joined(sizes, " "))
	b = append(b, '\n')
	b = append(b, trees...)
	b = append(b, "end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n"...)
	return b
}

func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func joined[E int | int32 | uint32](v []E, separator string) string {
	var b []byte
	for i, x := range v {
		if i > 0 {
			b = append(b, separator...)
		}
		b = strconv.AppendInt(b, int64(x), 10)
	}
	return string(b)
}

func joinedFloats[E float32 | float64](v []E) string {
	var b []byte
	for i, x := range v {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendFloat(b, float64(x), 'g', -1, 64)
	}
	return string(b)
}

// The bits of LightGBM's decision_type.
const (
	categorical = 1
	defaultLeft = 2
	missingNone = 0 << 2 // a missing value counts as 0
	missingZero = 1 << 2 // 0 counts as missing
	missingNaN  = 2 << 2
)

// lightgbmTree is a tree in LightGBM's arrays: inner nodes and leaves are numbered apart, a child below 0 is a leaf, ^leaf.
type lightgbmTree struct {
	feature, kind, left, right []int
	gain, threshold, value     []float64
	innerCover, leafCover      []float64
	cats                       []uint32
	bounds                     []int
}

func appendLightGBMTree(b []byte, t *tree.Tree, shift float64) []byte {
	l := lightgbmTree{bounds: []int{0}}
	number := make([]int, len(t.Nodes)) // of each node among the inner nodes or leaves
	inner, leaves := 0, 0
	for i := range t.Nodes {
		if t.Nodes[i].Feature < 0 {
			number[i] = ^leaves
			leaves++
		} else {
			number[i] = inner
			inner++
		}
	}
	for i := range t.Nodes {
		nd := &t.Nodes[i]
		cover := 0.0
		if t.Covers != nil {
			cover = float64(t.Covers[i])
		}
		if nd.Feature < 0 {
			l.value = append(l.value, float64(t.Values[nd.Left])+shift)
			l.leafCover = append(l.leafCover, cover)
			continue
		}
		left, right := number[nd.Left], number[nd.Left+1]
		kind, threshold := missingNaN, 0.0
		switch {
		case nd.Categorical():
			kind |= categorical
			threshold = float64(len(l.bounds) - 1)
			if flip := l.addSet(t, nd); flip {
				left, right = right, left
			}
		default:
			threshold = below(nd.Threshold)
			if nd.MissingLeft() {
				kind |= defaultLeft
			}
		}
		l.feature, l.kind, l.threshold = append(l.feature, int(nd.Feature)), append(l.kind, kind), append(l.threshold, threshold)
		l.left, l.right = append(l.left, left), append(l.right, right)
		gain := 0.0
		if t.Gains != nil {
			gain = float64(t.Gains[i])
		}
		l.gain, l.innerCover = append(l.gain, gain), append(l.innerCover, cover)
	}
	return l.append(b)
}

// below is the largest number that is less than a threshold, for LightGBM goes left up to its thresholds. It is a float64
// with the same answer for every float32.
func below(threshold float32) float64 {
	switch {
	case math.IsInf(float64(threshold), 1):
		return math.MaxFloat32
	case math.IsInf(float64(threshold), -1):
		return -1e300
	}
	t := math.Nextafter32(threshold, float32(math.Inf(-1)))
	if math.IsInf(float64(t), -1) {
		return -1e300
	}
	return float64(t)
}

// addSet appends the codes that go left. LightGBM sends missing values and codes beyond a set to the right; where a missing
// value goes left, the sides change places.
func (l *lightgbmTree) addSet(t *tree.Tree, nd *tree.Node) (flip bool) {
	set, _ := t.Set(nd)
	flip = nd.MissingLeft()
	for _, w := range set {
		if flip {
			w = ^w
		}
		l.cats = append(l.cats, w)
	}
	if len(set) == 0 {
		l.cats = append(l.cats, 0)
	}
	l.bounds = append(l.bounds, len(l.cats))
	return flip
}

func (l *lightgbmTree) append(b []byte) []byte {
	line := func(key, value string) { b = append(append(append(append(b, key...), '='), value...), '\n') }
	root := 1.0
	if len(l.innerCover) > 0 {
		root = l.innerCover[0]
	}
	line("num_leaves", strconv.Itoa(len(l.value)))
	line("num_cat", strconv.Itoa(len(l.bounds)-1))
	line("split_feature", joined(l.feature, " "))
	line("split_gain", joinedFloats(l.gain))
	line("threshold", joinedFloats(l.threshold))
	line("decision_type", joined(l.kind, " "))
	line("left_child", joined(l.left, " "))
	line("right_child", joined(l.right, " "))
	line("leaf_value", joinedFloats(l.value))
	line("leaf_weight", joinedFloats(l.leafCover))
	line("leaf_count", joined(counts(l.leafCover, root), " "))
	line("internal_value", joinedFloats(make([]float64, len(l.feature))))
	line("internal_weight", joinedFloats(l.innerCover))
	line("internal_count", joined(counts(l.innerCover, root), " "))
	if len(l.bounds) > 1 {
		line("cat_boundaries", joined(l.bounds, " "))
		line("cat_threshold", joined(l.cats, " "))
	}
	line("is_linear", "0")
	line("shrinkage", "1")
	return b
}

// counts are whole numbers in the proportion of covers. LightGBM's contributions weigh by counts of rows, ours and
// XGBoost's by covers, so the covers stand where it looks for the counts, in millionths of the root's.
func counts(covers []float64, root float64) []int {
	out := make([]int, len(covers))
	for i, c := range covers {
		if root > 0 {
			out[i] = int(math.Round(max(c, 0) / root * 1e6))
		}
		out[i] = max(out[i], 1)
	}
	return out
}
