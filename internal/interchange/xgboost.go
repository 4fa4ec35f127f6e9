package interchange

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"sadi"
	"sadi/internal/elementary"
	"sadi/internal/loss"
	"sadi/internal/model/tree"
)

// maxCategory bounds the codes of a category: XGBoost's own bound, that float32 holds them exactly.
const maxCategory = 1 << 24

// maxFeatures bounds the features that a file may speak of without naming them.
const maxFeatures = 1 << 20

// fromXGBoost takes the parts of XGBoost's schema that predictions depend on.
func fromXGBoost(doc place) (*Model, error) {
	if _, ok := doc.find("tree_info").value.([]any); ok {
		return nil, sadi.Errorf(sadi.BadData, "this looks like LightGBM's dump_model, which does not hold the whole model").
			Advise("write the model with booster.save_model(\"model.txt\") and read that")
	}
	if list, ok := doc.value.([]any); ok && len(list) > 0 {
		return nil, sadi.Errorf(sadi.BadData, "this looks like XGBoost's dump_model, which does not hold the whole model").
			Advise("write the model with booster.save_model(\"model.json\") and read that")
	}
	learner := doc.get("learner")
	objective := learner.get("objective").get("name").text()
	params := learner.get("learner_model_param")
	classes := params.get("num_class").integer(0, 1<<20)
	x := xgboost{features: params.get("num_feature").integer(1, maxFeatures), outputs: max(classes, 1)}
	if doc.err != nil {
		return nil, doc.err
	}
	l, err := lossOf(xgboostLosses, "XGBoost", objective, x.outputs)
	if err != nil {
		return nil, err
	}
	if t := params.find("num_target"); t.value != nil && t.number() > 1 {
		return nil, sadi.Errorf(sadi.BadData, "the model predicts %v targets, and one is supported", t.number()).Advise("train a model for each target")
	}
	base := baseScores(params.get("base_score"), l, x.outputs)
	booster := learner.get("gradient_booster")
	x.booster(booster)
	if doc.err != nil {
		return nil, doc.err
	}
	e := tree.Ensemble{Features: x.features, Outputs: x.outputs, Width: 1, Base: base, Trees: x.inTurn(booster)}
	if doc.err != nil {
		return nil, doc.err
	}
	b, err := tree.NewBooster(e, l)
	if err != nil {
		return nil, err
	}
	m := &Model{Booster: b, Origin: "XGBoost " + version(doc.find("version"))}
	m.Features = x.named(learner)
	return m, doc.err
}

// version is "1.7.4".
func version(p place) string {
	numbers, _ := p.value.([]float64)
	var parts []string
	for _, v := range numbers {
		parts = append(parts, strconv.Itoa(int(v)))
	}
	return strings.Join(parts, ".")
}

// baseScores are the margins before the first tree: XGBoost keeps predictions ("5E-1", or from 3.1 on "[5E-1,…]"), and
// its margins are their inverse link in float32.
func baseScores(p place, l loss.Loss, outputs int) []float64 {
	fields := strings.Split(strings.Trim(p.text(), "[]"), ",")
	base := make([]float64, outputs)
	if len(fields) != 1 && len(fields) != outputs {
		p.fail(p.at, "the model has %d base scores for %d outputs", len(fields), outputs)
		return base
	}
	for k := range base {
		f, err := strconv.ParseFloat(strings.TrimSpace(fields[k%len(fields)]), 32)
		if err != nil {
			p.fail(p.at, "the base score of the model is %q", p.value)
			return base
		}
		switch l.Name() {
		case "logistic":
			f = -elementary.Log(1/f - 1)
		case "poisson", "gamma", "tweedie":
			f = elementary.Log(f)
		}
		if base[k] = float64(float32(f)); base[k]-base[k] != 0 {
			p.fail(p.at, "the base score of the model is %q", p.value)
		}
	}
	return base
}

// xgboost collects a model.
type xgboost struct {
	features, outputs int
	byOutput          [][]tree.Tree
	levels            map[int]int // of categories: the least count of codes that the trees ask for
	cats              place
	words             int // of all sets of categories
}

func (x *xgboost) booster(p place) {
	outer := p
	switch name := p.get("name").text(); name {
	case "gbtree":
	case "dart":
		if inner := p.find("gbtree"); inner.value != nil {
			p = inner
		}
	default:
		p.fail(p.at, "the model is a %q, not one of trees", name)
		return
	}
	model := p.get("model")
	var drop []float64 // the weights of DART, which stand beside the trees or, before 3.4, around them
	for _, drops := range []place{outer.find("weight_drop"), model.find("weight_drop")} {
		if list, ok := drops.value.([]float64); ok {
			drop = list
		}
	}
	x.cats = model.find("cats")
	trees := model.get("trees").list()
	outputs := model.get("tree_info").numbers(len(trees))
	if p.err != nil {
		return
	}
	if drop != nil && len(drop) != len(trees) {
		p.fail(p.at, "the model has %d weights for %d trees", len(drop), len(trees))
		return
	}
	x.byOutput = make([][]tree.Tree, x.outputs)
	x.levels = map[int]int{}
	for k := range trees {
		factor := float32(1)
		if drop != nil {
			factor = float32(drop[k])
		}
		o := outputs[k]
		if !(o >= 0 && int(o) < x.outputs) {
			p.fail(trees[k].at, "a tree is for output %v of %d", o, x.outputs)
		}
		t := x.tree(trees[k], factor)
		if p.err != nil {
			return
		}
		x.byOutput[int(o)] = append(x.byOutput[int(o)], t)
	}
}

func (x *xgboost) tree(p place, factor float32) tree.Tree {
	if p.get("tree_param").get("size_leaf_vector").number() > 1 {
		p.fail(p.at, "a tree has leaves for several outputs, which is not supported")
		return tree.Tree{}
	}
	left := p.get("left_children").numbers(-1)
	n := len(left)
	right, conditions := p.get("right_children").numbers(n), p.get("split_conditions").numbers(n)
	features, defaults := p.get("split_indices").numbers(n), p.get("default_left").numbers(n)
	gains, covers := p.get("loss_changes").numbers(n), p.get("sum_hessian").numbers(n)
	sets := x.sets(p, n)
	if p.err != nil {
		return tree.Tree{}
	}
	drafts := make([]tree.Draft, n)
	for i := range drafts {
		d := &drafts[i]
		d.Gain, d.Cover = finite(gains[i]), finite(covers[i])
		if left[i] == -1 {
			d.Feature, d.Gain, d.Values = -1, 0, []float32{float32(conditions[i]) * factor}
			if v := d.Values[0]; v-v != 0 {
				p.fail(p.at, "leaf %d of a tree has the value %v", i, v)
			}
			continue
		}
		if !(features[i] >= 0 && features[i] < float64(x.features)) || !(left[i] >= 0 && left[i] < float64(n)) || !(right[i] >= 0 && right[i] < float64(n)) {
			p.fail(p.at, "node %d of a tree does not hold together", i)
			return tree.Tree{}
		}
		d.Feature, d.Left, d.Right, d.MissingLeft = int32(features[i]), int32(left[i]), int32(right[i]), defaults[i] != 0
		if set, ok := sets[i]; ok {
			d.Set, d.BeyondLeft = set, true
			x.levels[int(d.Feature)] = max(x.levels[int(d.Feature)], 1)
			continue
		}
		d.Threshold = float32(conditions[i])
		if d.Threshold != d.Threshold {
			p.fail(p.at, "node %d of a tree has no threshold", i)
		}
	}
	if p.err != nil {
		return tree.Tree{}
	}
	t, err := tree.Assemble(drafts, x.features, 1)
	if err != nil {
		p.fail(p.at, "a tree does not hold together: %w", err)
	}
	return t
}

// sets are the categories that go left, by node. XGBoost lists those that go right; all others, those that it has never
// seen too, go left.
func (x *xgboost) sets(p place, n int) map[int][]uint32 {
	nodes := p.find("categories_nodes")
	if nodes.value == nil {
		return nil
	}
	at := nodes.numbers(-1)
	segments, sizes := p.get("categories_segments").numbers(len(at)), p.get("categories_sizes").numbers(len(at))
	codes := p.get("categories").numbers(-1)
	features := p.get("split_indices").numbers(n)
	if p.err != nil {
		return nil
	}
	sets := make(map[int][]uint32, len(at))
	for k := range at {
		from, size := segments[k], sizes[k]
		if !(at[k] >= 0 && at[k] < float64(n)) || !(from >= 0 && size >= 0 && from+size <= float64(len(codes))) {
			p.fail(p.at, "the categories of a tree do not hold together")
			return nil
		}
		right := codes[int(from):int(from+size)]
		top := 0
		for _, c := range right {
			if !(c >= 0 && c < maxCategory) {
				p.fail(p.at, "a tree asks for the category %v", c)
				return nil
			}
			top = max(top, int(c))
		}
		if x.words += top/32 + 1; x.words > 1<<18+2*p.size { // far more than models have
			p.fail(p.at, "the model asks for %v, which is too many categories", top)
			return nil
		}
		set := make([]uint32, top/32+1)
		for w := range set {
			set[w] = math.MaxUint32
		}
		for _, c := range right {
			set[int(c)/32] &^= 1 << (int(c) % 32)
		}
		sets[int(at[k])] = set
		if f := int(features[int(at[k])]); f >= 0 && f < x.features {
			x.levels[f] = max(x.levels[f], top+1)
		}
	}
	return sets
}

// inTurn are the trees with those of all outputs in turn. XGBoost may keep several of one output one after the other (a
// forest in each round).
func (x *xgboost) inTurn(p place) []tree.Tree {
	var trees []tree.Tree
	for r := range x.byOutput[0] {
		for _, list := range x.byOutput {
			if len(list) != len(x.byOutput[0]) {
				p.fail(p.at, "the model has %d trees for one output and %d for another", len(x.byOutput[0]), len(list))
				return nil
			}
			trees = append(trees, list[r])
		}
	}
	return trees
}

// named are the features with what the file says of them.
func (x *xgboost) named(learner place) []Feature {
	features := make([]Feature, x.features)
	names, types := learner.find("feature_names"), learner.find("feature_types")
	given := func(p place) []string {
		if list, ok := p.value.([]any); !ok || len(list) == 0 {
			return nil
		}
		list := p.texts()
		if p.err == nil && len(list) != x.features {
			p.fail(p.at, "the model has %d features and says something of %d", x.features, len(list))
		}
		return list
	}
	name, kind, cats := given(names), given(types), x.categories()
	if learner.err != nil {
		return nil
	}
	for j := range features {
		f := &features[j]
		f.Name, f.Levels = fmt.Sprint("f", j), x.levels[j]
		if name != nil {
			f.Name = name[j]
		}
		if kind != nil && kind[j] == "c" {
			f.Levels = max(f.Levels, 1)
		}
		if cats != nil && cats[j] != nil {
			f.Categories, f.Levels = cats[j], max(f.Levels, len(cats[j]))
		}
	}
	return features
}

// categories are the values that codes stand for, which XGBoost keeps from 3.1 on, nil for a number.
func (x *xgboost) categories() [][]string {
	enc, ok := x.cats.find("enc").value.([]any)
	if !ok || len(enc) != x.features {
		return nil
	}
	cats := make([][]string, len(enc))
	for j := range enc {
		p := place{enc[j], "learner.gradient_booster.model.cats", x.cats.faults}
		if _, ok := p.find("values").value.([]float64); !ok {
			continue
		}
		values := p.get("values").numbers(-1)
		if p.find("offsets").value == nil {
			for _, v := range values {
				cats[j] = append(cats[j], strconv.FormatFloat(v, 'f', -1, 64))
			}
			continue
		}
		text := make([]byte, len(values))
		for i, v := range values {
			text[i] = byte(int(v)) // signed in the file
		}
		from := 0
		for i, end := range p.get("offsets").numbers(-1) {
			if !(end >= float64(from) && end <= float64(len(text))) {
				p.fail(p.at, "the names of categories do not hold together")
				return nil
			}
			if i > 0 {
				cats[j] = append(cats[j], string(text[from:int(end)]))
			}
			from = int(end)
		}
	}
	return slices.Clip(cats)
}
