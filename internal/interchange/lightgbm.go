package interchange

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"sadi"
	"sadi/internal/model/tree"
)

// fromLightGBM reads LightGBM's text: lines "key=value", a head and then a section for each tree.
func fromLightGBM(file string) (*Model, error) {
	body, rest, _ := strings.Cut(strings.ReplaceAll(file, "\r\n", "\n"), "\nend of trees")
	sections := strings.Split(body, "\nTree=")
	head := section("head", sections[0])
	l := lightgbm{section: head}
	l.features = head.integer("max_feature_idx", 0, maxFeatures-1) + 1
	l.outputs = head.integer("num_tree_per_iteration", 1, 1<<20)
	objective, options := objectiveOf(head.find("objective"))
	if head.err != nil {
		return nil, head.err
	}
	if objective == "" {
		return nil, sadi.Errorf(sadi.BadData, "the model does not say its objective, as models on a function of one's own do").
			Advise("write a line objective=regression, binary sigmoid:1, … into the head of the file")
	}
	loss, err := lossOf(lightgbmLosses, "LightGBM", objective, l.outputs)
	if err != nil {
		return nil, err
	}
	if loss.Outputs() != l.outputs {
		head.fail("num_tree_per_iteration", "the model has %d trees a round for the objective %q", l.outputs, objective)
	}
	if _, ok := options["sqrt"]; ok {
		head.fail("objective", "the model predicts the root of its target (reg_sqrt), which is not supported")
	}
	factor := 1.0
	if s, ok := options["sigmoid"]; ok && loss.Name() == "logistic" {
		if factor, err = strconv.ParseFloat(s, 64); err != nil || !(factor > 0) {
			head.fail("objective", "the model has the sigmoid %q", s)
		}
	}
	if _, averaged := head.lines["average_output"]; averaged { // a forest
		factor /= float64(max(1, (len(sections)-1)/l.outputs))
	}
	l.levels = make([]int, l.features)
	infos := l.infos()
	var trees []tree.Tree
	for k, s := range sections[1:] {
		trees = append(trees, l.tree(section(fmt.Sprint("tree ", k), "number="+s), factor))
		if l.err != nil {
			return nil, l.err
		}
	}
	if len(trees)%l.outputs != 0 {
		head.fail("tree", "the model has %d trees for %d outputs", len(trees), l.outputs)
	}
	if head.err != nil {
		return nil, head.err
	}
	e := tree.Ensemble{Features: l.features, Outputs: l.outputs, Width: 1, Base: make([]float64, l.outputs), Trees: trees}
	b, err := tree.NewBooster(e, loss)
	if err != nil {
		return nil, err
	}
	m := &Model{Booster: b, Origin: "LightGBM, model version " + head.find("version"), Features: l.named(infos)}
	l.pandas(m.Features, rest)
	return m, l.err
}

// objectiveOf takes "binary sigmoid:1" apart.
func objectiveOf(s string) (name string, options map[string]string) {
	options = map[string]string{}
	for i, field := range strings.Fields(s) {
		if i == 0 {
			name = field
			continue
		}
		key, value, _ := strings.Cut(field, ":")
		options[key] = value
	}
	return name, options
}

// lines are a section's values by key.
type lines struct {
	title string
	lines map[string]string
	*faults
}

func section(title, text string) lines {
	l := lines{title, map[string]string{}, new(faults)}
	for line := range strings.SplitSeq(text, "\n") {
		if key, value, _ := strings.Cut(line, "="); key != "" {
			l.lines[key] = value
		}
	}
	return l
}

func (l lines) find(key string) string { return l.lines[key] }

func (l lines) fail(key, format string, args ...any) {
	l.faults.fail(l.title+", "+key, format, args...)
}

func (l lines) integer(key string, lo, hi int) int {
	v, err := strconv.Atoi(strings.TrimSpace(l.lines[key]))
	if err != nil || v < lo || v > hi {
		l.fail(key, "the model file has %q where a whole number from %d to %d is expected", l.lines[key], lo, hi)
		return lo
	}
	return v
}

// floats are n numbers.
func (l lines) floats(key string, n int) []float64 {
	fields := strings.Fields(l.lines[key])
	if len(fields) != n {
		l.fail(key, "the model file has %d numbers where %d are expected", len(fields), n)
		return nil
	}
	v := make([]float64, n)
	for i, f := range fields {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil && !math.IsInf(x, 0) || x != x {
			l.fail(key, "the model file has %q where a number is expected", f)
			return nil
		}
		v[i] = x
	}
	return v
}

// lightgbm collects a model.
type lightgbm struct {
	section           lines
	features, outputs int
	levels            []int // of each feature: the count of codes that the trees ask for, 0 = none
	err               error
}

// infos are the categories of each feature in feature_infos, "0:2:1"; nil for the range of a number.
func (l *lightgbm) infos() [][]int {
	infos := make([][]int, l.features)
	fields := strings.Fields(l.section.find("feature_infos"))
	if len(fields) != l.features {
		return infos
	}
	for j, f := range fields {
		if f == "none" || strings.HasPrefix(f, "[") {
			continue
		}
		for code := range strings.SplitSeq(f, ":") {
			if c, err := strconv.Atoi(code); err == nil && c >= 0 && c < maxCategory {
				infos[j] = append(infos[j], c)
				l.levels[j] = max(l.levels[j], c+1)
			}
		}
	}
	return infos
}

func (l *lightgbm) named(infos [][]int) []Feature {
	names := strings.Split(l.section.find("feature_names"), " ")
	features := make([]Feature, l.features)
	for j := range features {
		features[j] = Feature{Name: fmt.Sprint("Column_", j), Levels: l.levels[j]}
		if len(names) == l.features {
			features[j].Name = names[j]
		}
	}
	return features
}

// pandas gives the features the categories of the data frame that taught, which LightGBM keeps in the last line.
func (l *lightgbm) pandas(features []Feature, rest string) {
	_, text, ok := strings.Cut(rest, "\npandas_categorical:")
	if !ok {
		return
	}
	var categories [][]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&categories) != nil {
		return
	}
	var at []int
	for j := range features {
		if features[j].Levels > 0 {
			at = append(at, j)
		}
	}
	if len(at) != len(categories) {
		return // a category that no tree asks can not be told from a number
	}
	for i, j := range at {
		f := &features[j]
		for _, c := range categories[i] {
			f.Categories = append(f.Categories, fmt.Sprint(c))
		}
		f.Levels = max(f.Levels, len(f.Categories))
	}
}

func (l *lightgbm) tree(s lines, factor float64) tree.Tree {
	defer func() {
		if l.err == nil {
			l.err = s.err
		}
	}()
	leaves := s.integer("num_leaves", 1, 1<<28)
	if s.find("is_linear") == "1" {
		s.fail("is_linear", "the model has linear functions in its leaves, which is not supported")
	}
	values := s.floats("leaf_value", leaves)
	if s.err != nil {
		return tree.Tree{}
	}
	for i, v := range values {
		if values[i] = v * factor; math.Abs(values[i]) > math.MaxFloat32 {
			s.fail("leaf_value", "a leaf has the value %v", v)
			return tree.Tree{}
		}
	}
	if leaves == 1 {
		return tree.Leaf(float32(values[0]))
	}
	n := leaves - 1
	feature, kind, threshold := s.floats("split_feature", n), s.floats("decision_type", n), s.floats("threshold", n)
	left, right := s.floats("left_child", n), s.floats("right_child", n)
	gains := s.optional("split_gain", n)
	innerCount, leafCount := s.covers("internal", n), s.covers("leaf", leaves)
	sets := l.sets(s)
	if s.err != nil {
		return tree.Tree{}
	}
	drafts := make([]tree.Draft, n+leaves)
	child := func(c float64) int32 {
		if c < 0 {
			c = float64(n) - 1 - c // ^leaf
		}
		if !(c >= 0 && c < float64(len(drafts))) || c != math.Trunc(c) {
			return -1 // refused by Assemble
		}
		return int32(c)
	}
	for i := range n {
		d := &drafts[i]
		d.Left, d.Right, d.Gain, d.Cover = child(left[i]), child(right[i]), finite(gains[i]), finite(innerCount[i])
		if !(feature[i] >= 0 && feature[i] < float64(l.features)) || !(kind[i] >= 0 && kind[i] < 16) {
			s.fail("split_feature", "node %d asks for feature %v in the way %v", i, feature[i], kind[i])
			return tree.Tree{}
		}
		d.Feature = int32(feature[i])
		if int(kind[i])&categorical != 0 {
			if !(threshold[i] >= 0 && threshold[i] < float64(len(sets))) {
				s.fail("threshold", "node %d has no set of categories", i)
				return tree.Tree{}
			}
			d.Set = sets[int(threshold[i])]
			l.levels[d.Feature] = max(l.levels[d.Feature], topCode(d.Set)+1, 1)
			continue
		}
		d.Threshold = above(threshold[i])
		d.MissingLeft = missingGoesLeft(s, int(kind[i]), threshold[i])
	}
	for k := range leaves {
		drafts[n+k] = tree.Draft{Feature: -1, Values: []float32{float32(values[k])}, Cover: finite(leafCount[k])}
	}
	if s.err != nil {
		return tree.Tree{}
	}
	t, err := tree.Assemble(drafts, l.features, 1)
	if err != nil {
		s.fail("left_child", "a tree does not hold together: %w", err)
	}
	return t
}

// missingGoesLeft is the side of missing values. Where LightGBM takes them for 0, it is that of 0; where it takes 0 for
// missing, 0 must go to the same side by the threshold, because here a number is compared and nothing else.
func missingGoesLeft(s lines, kind int, threshold float64) bool {
	left := kind&defaultLeft != 0
	switch kind &^ (categorical | defaultLeft) {
	case missingNone:
		return 0 <= threshold
	case missingZero:
		if left != (0 <= threshold) {
			s.fail("decision_type", "the model was taught to take 0 for missing (zero_as_missing), which is not supported")
		}
	}
	return left
}

// above is the threshold t of x < t that answers as x ≤ le for every float32.
func above(le float64) float32 {
	if le >= math.MaxFloat32 {
		return float32(math.Inf(1))
	}
	if le < -math.MaxFloat32 {
		return -math.MaxFloat32
	}
	t := float32(le)
	if float64(t) > le {
		return t
	}
	return math.Nextafter32(t, float32(math.Inf(1)))
}

// sets are the sets of codes that go left.
func (l *lightgbm) sets(s lines) [][]uint32 {
	n := 0
	if s.find("num_cat") != "" {
		n = s.integer("num_cat", 0, 1<<28)
	}
	if n == 0 {
		return nil
	}
	bounds := s.floats("cat_boundaries", n+1)
	words := s.floats("cat_threshold", len(strings.Fields(s.find("cat_threshold"))))
	if s.err != nil {
		return nil
	}
	sets := make([][]uint32, n)
	for i := range sets {
		lo, hi := bounds[i], bounds[i+1]
		if !(lo >= 0 && lo <= hi && hi <= float64(len(words))) {
			s.fail("cat_boundaries", "the categories of a tree do not hold together")
			return nil
		}
		sets[i] = []uint32{}
		for _, w := range words[int(lo):int(hi)] {
			if !(w >= 0 && w <= math.MaxUint32) {
				s.fail("cat_threshold", "the categories of a tree do not hold together")
				return nil
			}
			sets[i] = append(sets[i], uint32(w))
		}
	}
	return sets
}

func topCode(set []uint32) int {
	for w := len(set) - 1; w >= 0; w-- {
		for c := 31; c >= 0; c-- {
			if set[w]>>c&1 == 1 {
				return w*32 + c
			}
		}
	}
	return -1
}

// optional are n numbers, all 0 if the line is missing.
func (l lines) optional(key string, n int) []float64 {
	if _, ok := l.lines[key]; !ok {
		return make([]float64, n)
	}
	return l.floats(key, n)
}

// covers are the counts of rows, by which LightGBM weighs in contributions.
func (l lines) covers(of string, n int) []float64 {
	if _, ok := l.lines[of+"_count"]; ok {
		return l.floats(of+"_count", n)
	}
	return l.optional(of+"_weight", n)
}
