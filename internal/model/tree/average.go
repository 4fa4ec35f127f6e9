package tree

import (
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
)

// average is a fitted mean of trees.
type average struct {
	Ensemble
	offset      float64 // of a regression: what the leaves leave out
	probability bool
	importance  []float64
}

// Forest is a fitted forest.
type Forest struct {
	average
	outOfBag []float64
}

// Single is a fitted tree.
type Single struct{ average }

var (
	_ model.Fitted     = (*Forest)(nil)
	_ model.Iterated   = (*Forest)(nil)
	_ model.Importance = (*Forest)(nil)
	_ model.OutOfBag   = (*Forest)(nil)
	_ model.Fitted     = (*Single)(nil)
	_ model.Importance = (*Single)(nil)
)

// Rounds is the number of trees.
func (f *Forest) Rounds() int { return len(f.Trees) }

// Predict writes the mean of the trees' predictions; see model.Fitted.
func (a *average) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(a, dst, x); err != nil {
		return err
	}
	a.Sum(dst, x)
	n := float64(len(a.Trees))
	k := a.Ensemble.Outputs
	switch {
	case !a.probability:
		for i, s := range dst {
			dst[i] = a.offset + s/n
		}
	case k == 1:
		for i, s := range dst {
			dst[i] = min(s/n, 1)
		}
	default:
		for i := 0; i < len(dst); i += k {
			normalised(dst[i : i+k])
		}
	}
	return nil
}

// Outputs is the number of predictions a row.
func (a *average) Outputs() int { return a.Ensemble.Outputs }

// Features is d.
func (a *average) Features() int { return a.Ensemble.Features }

// Importance is the mean over the trees of each feature's share of the decrease of impurity.
func (a *average) Importance() []float64 { return append([]float64(nil), a.importance...) }

const averageVersion = 1

// Encode writes the model.
func (a *average) Encode(w *codec.Writer) {
	w.U8(averageVersion)
	w.Bool(a.probability)
	w.F64(a.offset)
	w.F64s(a.importance)
	a.Ensemble.Encode(w)
}

func decodeAverage(r *codec.Reader) (average, error) {
	r.Version("a forest", averageVersion)
	a := average{probability: r.Bool(), offset: r.F64(), importance: r.F64s()}
	a.Ensemble = *DecodeEnsemble(r)
	if r.Err() == nil && (len(a.Trees) == 0 || len(a.importance) != a.Ensemble.Features || a.Ensemble.Width != a.Ensemble.Outputs) {
		r.Fail("a forest has %d trees, %d features and %d importances", len(a.Trees), a.Ensemble.Features, len(a.importance))
	}
	return a, r.Err()
}

// DecodeForest reads what Encode of a Forest wrote.
func DecodeForest(r *codec.Reader) (model.Fitted, error) {
	a, err := decodeAverage(r)
	if err != nil {
		return nil, err
	}
	return &Forest{average: a}, nil
}

// DecodeSingle reads what Encode of a Single wrote.
func DecodeSingle(r *codec.Reader) (model.Fitted, error) {
	a, err := decodeAverage(r)
	if err == nil && len(a.Trees) != 1 {
		r.Fail("a single tree is %d trees", len(a.Trees))
		err = r.Err()
	}
	if err != nil {
		return nil, err
	}
	return &Single{a}, nil
}
