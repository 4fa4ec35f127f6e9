// Package dummy is the baseline: it predicts the same for every row, the shares of the classes or the mean.
package dummy

import (
	"context"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/num"
	"sadi/internal/param"
)

// Model is the algorithm. It looks at no feature; what does not beat it has learned nothing.
type Model struct{}

var _ model.Model = Model{}

// Name is "dummy".
func (Model) Name() string { return "dummy" }

// Card says what the algorithm is.
func (Model) Card() model.Card {
	return model.Card{
		Title:   "Baseline",
		Summary: "Predicts the shares of the classes, or the mean of the target, whatever the features: what every other model has to beat.",
		Paper: "T. Gneiting and A. E. Raftery (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the " +
			"American Statistical Association 102(477). The constant that minimises log loss or squared error.",
		Aliases: []string{"DummyClassifier", "DummyRegressor", "baseline"},
	}
}

// Caps: every problem, any form of input.
func (Model) Caps() model.Caps {
	return model.Caps{
		Problems: []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue},
		Input:    dataset.Encoded,
		Cost:     0.001,
	}
}

// Params: there are none.
func (Model) Params() param.Set { return nil }

// Fit takes the weighted share of each class, or the weighted mean.
func (Model) Fit(ctx context.Context, train model.Train, _ param.Values) (model.Fitted, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := model.CheckTrain(train, dataset.Encoded); err != nil {
		return nil, err
	}
	f := &fitted{features: len(train.X.Cols), row: make([]float64, train.Y.Outputs())}
	weight := num.RelativeWeights(train.Weights, len(train.Y.Y))
	total := num.Sum(weight)
	if train.Y.Problem == sadi.Multiclass {
		for i, y := range train.Y.Y {
			f.row[int(y)] += weight[i]
		}
		for k := range f.row {
			f.row[k] /= total
		}
		return f, nil
	}
	first := train.Y.Y[0] // the mean of differences is exact for a constant target and does not overflow
	for i, y := range train.Y.Y {
		f.row[0] += float64(weight[i] / total * (y - first))
	}
	f.row[0] += first
	if train.Y.Problem == sadi.Binary {
		f.row[0] = min(max(f.row[0], 0), 1)
	}
	return f, nil
}

// fitted predicts row for every row.
type fitted struct {
	features int
	row      []float64
}

var _ model.Fitted = (*fitted)(nil)

func (f *fitted) Outputs() int  { return len(f.row) }
func (f *fitted) Features() int { return f.features }

func (f *fitted) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	for len(dst) > 0 {
		dst = dst[copy(dst, f.row):]
	}
	return nil
}

const version = 1

func (f *fitted) Encode(w *codec.Writer) {
	w.U8(version)
	w.Int(f.features)
	w.F64s(f.row)
}

// Decode reads a model.
func (Model) Decode(r *codec.Reader) (model.Fitted, error) {
	r.Version("dummy", version)
	f := &fitted{features: r.Int(), row: r.F64s()}
	if r.Err() == nil && (f.features < 0 || len(f.row) == 0 || !num.Finite(f.row)) {
		r.Fail("a dummy model has %d features and predicts %v", f.features, f.row)
	}
	return f, r.Err()
}
