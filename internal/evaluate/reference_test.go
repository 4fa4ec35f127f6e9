package evaluate

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/rng"
)

type reference struct {
	Classification []struct {
		Y, Pred, Weights               []float64
		Classes                        int
		Confusion                      [][]float64
		Precision, Recall, F1, Support []float64
		Curves                         []struct {
			ROCAUC           float64 `json:"roc_auc"`
			AveragePrecision float64 `json:"average_precision"`
			FPR, TPR         []float64
			Threshold        []float64
			Precision        []float64
			Recall           []float64
			PRThreshold      []float64 `json:"pr_threshold"`
		}
	}
	Regression struct {
		Y, Pred, Shares, Quantiles, Counts, Edges []float64
		Mean, Std                                 float64
		TargetMean                                float64 `json:"target_mean"`
		TargetStd                                 float64 `json:"target_std"`
		Worst                                     []int
		Bands                                     [][]float64
	}
}

func readReference(t *testing.T) reference {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Classification) != 4 {
		t.Fatalf("%d cases of classes", len(r.Classification))
	}
	return r
}

func same(t *testing.T, what string, got []Number, want []float64) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
		return
	}
	for i, w := range want {
		if g := float64(got[i]); !(math.Abs(g-w) <= 1e-11*max(1, math.Abs(w))) {
			t.Errorf("%s: number %d is %v, want %v", what, i, g, w)
		}
	}
}

func TestClassesAgainstReference(t *testing.T) {
	for _, c := range readReference(t).Classification {
		in := Input{Data: metric.Data{Y: c.Y, Pred: c.Pred, Weights: c.Weights, Problem: sadi.Multiclass, Classes: c.Classes}, Stream: rng.New(1),
			Labels: []string{"a", "b", "c", "d"}[:c.Classes], Resamples: 10}
		if c.Classes == 2 {
			in.Data.Problem = sadi.Binary
		}
		in.Scorer = metric.Default(in.Data.Problem)
		got := judge(t, in).Classification
		for i, row := range c.Confusion {
			same(t, "confusion", got.Confusion[i], row)
		}
		for k, class := range got.Classes {
			same(t, class.Label, []Number{class.Precision, class.Recall, class.F1, class.Support},
				[]float64{c.Precision[k], c.Recall[k], c.F1[k], c.Support[k]})
		}
		if len(got.Curves) != len(c.Curves) {
			t.Fatalf("%d curves, want %d", len(got.Curves), len(c.Curves))
		}
		for k, want := range c.Curves {
			g := got.Curves[k]
			same(t, "areas", []Number{g.ROCAUC, g.AveragePrecision}, []float64{want.ROCAUC, want.AveragePrecision})
			same(t, "fpr", g.ROC.FalsePositive, want.FPR)
			same(t, "tpr", g.ROC.TruePositive, want.TPR)
			same(t, "threshold", g.ROC.Threshold[1:], want.Threshold)
			same(t, "recall", g.PR.Recall, want.Recall)
			same(t, "precision", g.PR.Precision, want.Precision)
			same(t, "threshold of precision", g.PR.Threshold, want.PRThreshold)
		}
	}
}

func TestResidualsAgainstReference(t *testing.T) {
	want := readReference(t).Regression
	in := Input{Data: metric.Data{Y: want.Y, Pred: want.Pred, Problem: sadi.RegressionValue}, Stream: rng.New(1), Resamples: 10,
		Scorer: metric.Default(sadi.RegressionValue)}
	check := func(got *Regression, times float64) {
		t.Helper()
		same(t, "moments", []Number{got.Mean, got.Std, got.TargetMean, got.TargetStd},
			[]float64{want.Mean, want.Std, want.TargetMean, want.TargetStd})
		for i, q := range got.Quantiles {
			same(t, "quantile", []Number{q.Share, q.Value}, []float64{want.Shares[i], want.Quantiles[i]})
		}
		same(t, "edges", got.Histogram.Edges, want.Edges)
		for i, c := range want.Counts {
			same(t, "count", got.Histogram.Counts[i:i+1], []float64{c * times})
		}
		if len(got.Worst) != len(want.Worst) || len(got.Predictions) != len(want.Bands) {
			t.Fatalf("%d worst rows and %d bands, want %d and %d", len(got.Worst), len(got.Predictions), len(want.Worst), len(want.Bands))
		}
		for i, w := range got.Worst {
			if w.Row != want.Worst[i] || float64(w.Residual) != want.Y[w.Row]-want.Pred[w.Row] {
				t.Errorf("worst %d: got %+v, want row %d", i, w, want.Worst[i])
			}
		}
		for i, b := range got.Predictions {
			same(t, "band", []Number{b.Predicted, b.Actual, b.Low, b.High, b.Weight}, append(want.Bands[i], 5*times))
		}
	}
	check(judge(t, in).Regression, 1)
	in.Data.Weights = ones(len(want.Y))
	scaleBy(in.Data.Weights, 4)
	check(judge(t, in).Regression, 4)
}
