// Package neighbors predicts from the nearest rows: k_neighbors_classifier and k_neighbors_regressor.
//
// Reference: Cover & Hart, "Nearest neighbor pattern classification", IEEE Transactions on Information Theory 13 (1967).
// With the k rows i that are nearest to x, at the distances δ_i = (Σ_j |x_j − x_ij|^p)^(1/p),
//
//	votes    v_i = w_i, or w_i/δ_i with weights = distance      (w: the rows' own weights)
//	value    Σ v_i·y_i / Σ v_i
//	class c  (m·Σ_{y_i = c} v_i / Σ v_i + s·π_c) / (m + s)      (m: rows that vote, s: smoothing, π: shares of the classes)
//
// Where rows are at distance 0 and weights = distance, they alone vote. Of rows equally far the earlier is the nearer one. A
// row's own weight multiplies its vote; it still is one of the k. Distances are sums of float64 in a fixed order, the same
// whether a tree (tree.go) or a scan finds the rows.
package neighbors

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/num"
	"sadi/internal/param"
)

// Classifier is k_neighbors_classifier.
type Classifier = model.Defined[classifier]

// Regressor is k_neighbors_regressor.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "Nearest neighbours",
		Summary: "Predicts what the most similar known rows were. No assumption beyond that like goes with like; strong on few columns that " +
			"all matter, and wrong elsewhere than trees. It keeps all rows and is slow to predict where rows and columns are many.",
		Paper:   "T. M. Cover and P. E. Hart (1967). Nearest neighbor pattern classification. IEEE Transactions on Information Theory 13(1).",
		Aliases: []string{"k_neighbors", "knn", "k_nearest_neighbors", "nearest_neighbors"},
		Caps:    model.Caps{Input: dataset.Distances, Cost: 0.5},
		Need:    need,
		Decode:  decode,
	}
	classifierDefinition = family.Classifier("k_neighbors_classifier", "KNeighborsClassifier", append(params(), smoothing), fit)
	regressorDefinition  = family.Regressor("k_neighbors_regressor", "KNeighborsRegressor", params(), fit)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func params() param.Set {
	return param.Set{
		{Name: "n_neighbors", Aliases: []string{"k"}, Kind: param.Int, Lo: 1, Hi: 1_000_000, Default: 5,
			Desc: "Rows that vote; all where there are fewer.",
			Tune: &param.Tune{Lo: 1, Hi: 100, Log: true}},
		{Name: "weights", Kind: param.Choice, Choices: []string{"uniform", "distance"}, Default: "uniform",
			Desc: "Whether the neighbours' votes are equal or the inverse of their distances. The rows' own weights multiply the votes.",
			Tune: &param.Tune{}},
		{Name: "p", Kind: param.Int, Lo: 1, Hi: 2, Default: 2,
			Desc: "Power of the distance: 1 = the sum of the differences (Manhattan), 2 = the straight line (Euclid).",
			Tune: &param.Tune{Lo: 1, Hi: 2}},
		{Name: "max_rows", Kind: param.Int, Lo: 1, Hi: 100_000_000, Default: 100_000,
			Desc: "Rows to keep; of more a regular sample is taken. The time of a prediction grows with them."},
	}
}

var smoothing = param.Param{Name: "smoothing", Kind: param.Float, Lo: 0, Hi: 1e6, Default: 0.0,
	Desc: "Votes that go to the classes by their shares in all rows, beside those of the neighbours: above 0 no probability is 0.",
	Tune: &param.Tune{Lo: 0, Hi: 4}}

func fit(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	if err := model.CheckTrain(train, dataset.Distances); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(train.X.Cols) == 0 {
		return nil, sadi.Errorf(sadi.BadData, "there is no feature by which rows could be near")
	}
	f := &Fitted{
		rule: rule{Neighbors: values.Int("n_neighbors"), ByDistance: values.Choice("weights") == "distance", Power: values.Int("p")},
		kind: train.Y.Problem, outputs: train.Y.Outputs(), features: len(train.X.Cols),
	}
	if f.kind.IsClassification() {
		f.Smoothing = values.Float("smoothing")
	}
	f.keep(model.Sample(train.Set, values.Int("max_rows")))
	if err := f.prepare(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// keep copies the rows of a sample.
func (f *Fitted) keep(s dataset.Set) {
	f.y = s.Y.Y
	for i := range f.y {
		for _, col := range s.X.Cols {
			f.rows = append(f.rows, col[i])
		}
	}
	if s.Weights != nil {
		f.weights = num.RelativeWeights(s.Weights, len(f.y))
		for i, w := range f.weights {
			f.weights[i] = max(w, math.SmallestNonzeroFloat64)
		}
	}
}

// need: the rows as the sample, as they were, in the order of the tree and in the file, and what is known of each.
func need(s model.Shape, values param.Values) model.Need {
	n, d := int64(min(s.Rows, values.Int("max_rows"))), int64(s.Columns)
	return model.Need{Memory: n * (16*d + 56)}
}
