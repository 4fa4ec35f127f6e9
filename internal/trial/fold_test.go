package trial_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/model/decisiontree"
	"sadi/internal/model/dummy"
	"sadi/internal/model/logisticregression"
	"sadi/internal/model/randomforest"
	"sadi/internal/model/xgb"
	"sadi/internal/param"
	"sadi/internal/trial"
)

// config is an algorithm with its defaults but for the given values.
func config(t *testing.T, m model.Model, given map[string]any) trial.Config {
	t.Helper()
	v, err := m.Params().Complete(given)
	if err != nil {
		t.Fatal(err)
	}
	return trial.Config{Model: m, Values: v}
}

// configs are algorithms of every form of input, with and without chance and rounds.
func configs(t *testing.T) []trial.Config {
	return []trial.Config{
		config(t, dummy.Model{}, nil),
		config(t, logisticregression.Model{}, nil),
		config(t, decisiontree.Classifier{}, nil),
		config(t, randomforest.Classifier{}, map[string]any{"n_estimators": 12}),
		config(t, xgb.Classifier{}, map[string]any{"n_estimators": 15, "subsample": 0.7}),
	}
}

func fold(t *testing.T, j *trial.Job, c trial.Config, k int, control trial.Control) trial.FoldResult {
	t.Helper()
	res, err := j.Fold(context.Background(), c, k, control)
	if err != nil {
		t.Fatalf("%s: %v", c.Model.Name(), err)
	}
	return res
}

func TestFoldGivesTheSameWhateverTheWorkers(t *testing.T) {
	for _, c := range configs(t) {
		want := fold(t, mixedJob(t, 1), c, 1, trial.Control{})
		if len(want.Pred) != len(folds()[1].Valid)*3 || math.IsNaN(want.Score) || len(want.Model) == 0 {
			t.Errorf("%s: %d predictions, score %v, %d bytes", c.Model.Name(), len(want.Pred), want.Score, len(want.Model))
		}
		for _, width := range []int{2, 3, 8} {
			got := fold(t, mixedJob(t, width), c, 1, trial.Control{})
			if !bytes.Equal(got.Model, want.Model) || !slices.Equal(got.Pred, want.Pred) || got.Score != want.Score || got.Rounds != want.Rounds {
				t.Errorf("%s: %d workers learn something else than one", c.Model.Name(), width)
			}
		}
	}
}

// A fold does not depend on what its job has done before.
func TestFoldsAndTrialsDoNotTouchEachOther(t *testing.T) {
	used := mixedJob(t, 2)
	for _, c := range configs(t) {
		for k := range used.Folds {
			fold(t, used, c, k, trial.Control{})
		}
	}
	for _, c := range configs(t) {
		want, got := fold(t, mixedJob(t, 1), c, 2, trial.Control{}), fold(t, used, c, 2, trial.Control{})
		if !bytes.Equal(got.Model, want.Model) || !slices.Equal(got.Pred, want.Pred) {
			t.Errorf("%s: another result in a job that has run before", c.Model.Name())
		}
	}
}

// What a model file holds predicts what the trial did.
func TestTheModelIsTheOneThatPredicted(t *testing.T) {
	j := mixedJob(t, 1)
	for _, c := range configs(t) {
		res := fold(t, j, c, 0, trial.Control{})
		r := codec.NewReader(res.Model)
		fitted, err := c.Model.Decode(r)
		if err != nil || r.Done() != nil {
			t.Fatalf("%s: %v, %v", c.Model.Name(), err, r.Done())
		}
		view, err := j.View(context.Background(), 0, c.Model.Caps().Input)
		if err != nil {
			t.Fatal(err)
		}
		pred := make([]float64, len(res.Pred))
		if err := fitted.Predict(pred, view.Valid.X); err != nil || !slices.Equal(pred, res.Pred) {
			t.Errorf("%s: the model read back predicts something else (%v)", c.Model.Name(), err)
		}
	}
}

func TestTheStreamIsNamedAfterWhatIsTried(t *testing.T) {
	drawn := func(fold int, values param.Values) uint64 {
		var first uint64
		m := fake{fit: func(_ context.Context, train model.Train) (model.Fitted, error) {
			first = train.Stream.Uint64()
			return &guess{features: len(train.X.Cols), outputs: 1}, nil
		}}
		if _, err := binaryJob(t, "accuracy").Fold(context.Background(), trial.Config{Model: m, Values: values}, fold, trial.Control{}); err != nil {
			t.Fatal(err)
		}
		return first
	}
	a, b := param.Values{"depth": 3}, param.Values{"depth": 4}
	if drawn(0, a) != drawn(0, param.Values{"depth": 3}) {
		t.Error("the same trial draws something else the second time")
	}
	if drawn(0, a) == drawn(1, a) || drawn(0, a) == drawn(0, b) {
		t.Error("another fold or other values draw the same")
	}
	if got, want := (trial.Config{Model: fake{}, Values: a}).Path(), `model/fake/{"depth":3}`; got != want {
		t.Errorf("the path is %q, want %q: it stands in manifests", got, want)
	}
}

// Rows 0 and 24 of the six validation rows are class 1, and the fake is sure of one class.
func TestScoreIsThatOfTheValidationRows(t *testing.T) {
	weights := make([]float64, tableRows)
	for _, row := range folds()[0].Fit {
		weights[row] = 1
	}
	weights[0], weights[6] = 3, 1 // the other validation rows do not count
	for _, c := range []struct {
		value   float64
		weights []float64
		want    float64
	}{
		{0.9, nil, 2. / 6}, {0.1, nil, 4. / 6}, {0.9, weights, 3. / 4}, {0.1, weights, 1. / 4},
	} {
		m := fake{fit: func(_ context.Context, train model.Train) (model.Fitted, error) {
			return &guess{value: c.value, features: len(train.X.Cols), outputs: 1}, nil
		}}
		j := binaryJob(t, "accuracy")
		j.Folds[0].Valid = []int{0, 6, 12, 18, 24, 30}
		j.Weights = c.weights
		if res := fold(t, j, trial.Config{Model: m}, 0, trial.Control{}); math.Abs(res.Score-c.want) > 1e-15 {
			t.Errorf("%g, weights %v: got %v, want %v", c.value, c.weights != nil, res.Score, c.want)
		}
	}
}

func TestAnUndefinedScoreIsNoFault(t *testing.T) {
	j := binaryJob(t, "roc_auc")
	j.Folds[0].Valid = []int{6, 12, 18} // class 0 alone
	if res := fold(t, j, trial.Config{Model: fake{}}, 0, trial.Control{}); !math.IsNaN(res.Score) || len(res.Pred) != 3 {
		t.Errorf("the score is %v of %d predictions", res.Score, len(res.Pred))
	}
	j = binaryJob(t, "roc_auc")
	j.Folds[0].Valid = nil
	if res := fold(t, j, trial.Config{Model: fake{}}, 0, trial.Control{}); len(res.Pred) != 0 || len(res.Model) == 0 || !math.IsNaN(res.Score) {
		t.Errorf("without validation rows: %d predictions, %d bytes, score %v", len(res.Pred), len(res.Model), res.Score)
	}
}

func TestBadAlgorithmsComeBackAsErrors(t *testing.T) {
	broken := errors.New("the matrix is singular")
	fitting := func(err error, g *guess) fake {
		return fake{fit: func(_ context.Context, train model.Train) (model.Fitted, error) {
			if err != nil {
				return nil, err
			}
			g.features, g.outputs = len(train.X.Cols), 1
			return g, nil
		}}
	}
	for _, c := range []struct {
		name string
		m    fake
		code sadi.Code
		says string
	}{
		{"error", fitting(broken, nil), sadi.Internal, "singular"},
		{"named error", fitting(sadi.Errorf(sadi.BadData, "one class only"), nil), sadi.BadData, "one class only"},
		{"panic", fake{fit: func(context.Context, model.Train) (model.Fitted, error) { panic("index out of range [7]") }},
			sadi.Internal, "fake failed: index out of range [7]"},
		{"panic of the runtime", fake{fit: func(_ context.Context, train model.Train) (model.Fitted, error) {
			train.X.Cols[0][0] = train.X.Cols[0][train.X.Rows]
			return nil, nil
		}}, sadi.Internal, "index out of range"},
		{"panic of a worker", fake{fit: func(ctx context.Context, train model.Train) (model.Fitted, error) {
			return nil, train.Pool.For(ctx, 8, func(i int) { panic("worker") })
		}}, sadi.Internal, "worker"},
		{"panic while predicting", fitting(nil, &guess{predict: func([]float64) error { panic("no leaf") }}), sadi.Internal, "no leaf"},
		{"error while predicting", fitting(nil, &guess{predict: func([]float64) error { return broken }}), sadi.Internal, "predict the validation rows"},
		{"NaN", fitting(nil, &guess{predict: func(dst []float64) error { dst[4] = math.NaN(); return nil }}), sadi.NoModel, "validation row 4 of fold 0"},
		{"infinite", fitting(nil, &guess{value: math.Inf(-1)}), sadi.NoModel, "validation row 0 of fold 0"},
	} {
		j := binaryJob(t, "accuracy")
		res, err := j.Fold(context.Background(), trial.Config{Model: c.m}, 0, trial.Control{})
		if err == nil || sadi.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v (%s), want it to say %q (%s)", c.name, err, sadi.CodeOf(err), c.says, c.code)
		}
		if len(res.Model) != 0 {
			t.Errorf("%s: a model is left", c.name)
		}
		if _, err := j.Fold(context.Background(), trial.Config{Model: fake{}}, 0, trial.Control{}); err != nil {
			t.Errorf("%s: the next trial fails too: %v", c.name, err)
		}
	}
}

func TestAnEndedContextEndsTheFold(t *testing.T) {
	cause := errors.New("time is up")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	for _, c := range configs(t) {
		if _, err := mixedJob(t, 2).Fold(ctx, c, 0, trial.Control{}); err == nil {
			t.Errorf("%s: a fold was learned after the end", c.Model.Name())
		}
	}
	ctx, cancel = context.WithCancelCause(context.Background())
	m := fake{fit: func(_ context.Context, train model.Train) (model.Fitted, error) {
		cancel(cause) // an algorithm that does not look at its context
		return &guess{features: len(train.X.Cols), outputs: 1}, nil
	}}
	if _, err := binaryJob(t, "accuracy").Fold(ctx, trial.Config{Model: m}, 0, trial.Control{}); err == nil {
		t.Error("a fold that ended after its context is a result")
	}
}

func TestMeanLeavesOutUndefinedFolds(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		scores []float64
		want   float64
	}{
		{[]float64{1, 2, 6}, 3}, {[]float64{-1, nan, -2}, -1.5}, {[]float64{0.25}, 0.25}, {[]float64{nan, nan}, nan}, {nil, nan},
	} {
		if got := trial.Mean(c.scores); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%v: got %v, want %v", c.scores, got, c.want)
		}
	}
}
