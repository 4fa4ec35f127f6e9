package evaluate

import (
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/metric/metrictest"
	"sadi/internal/rng"
)

func TestThin(t *testing.T) {
	for _, n := range []int{1, 2, 199, 200, 201, 5000} {
		for name, length := range map[string]func(int) float64{
			"even": func(i int) float64 { return float64(i) }, "flat": func(int) float64 { return 3 },
			"a jump": func(i int) float64 { return math.Floor(float64(i) / float64(n) * 1.9) },
			"slow":   func(i int) float64 { return math.Pow(float64(i), 4) },
		} {
			got := thin(n, length)
			if len(got) > mostPoints || got[0] != 0 || got[len(got)-1] != n-1 {
				t.Errorf("%s, %d points: got %d from %d to %d", name, n, len(got), got[0], got[len(got)-1])
			}
			for i := 1; i < len(got); i++ {
				if got[i] <= got[i-1] {
					t.Errorf("%s, %d points: %d after %d", name, n, got[i], got[i-1])
				}
			}
			if name == "even" && n >= mostPoints && len(got) != mostPoints {
				t.Errorf("%d even points: got %d", n, len(got))
			}
		}
	}
}

func TestCut(t *testing.T) {
	never := func(int, int) bool { return false }
	always := func(int, int) bool { return true }
	for _, c := range []struct {
		n, groups int
		tied      func(a, b int) bool
		want      []group
	}{
		{10, 3, never, []group{{0, 3}, {3, 6}, {6, 10}}},
		{2, 5, never, []group{{0, 1}, {1, 2}}},
		{6, 3, always, []group{{0, 6}}},
		{6, 3, func(a, b int) bool { return a < 3 && b <= 3 }, []group{{0, 4}, {4, 5}, {5, 6}}},
		{0, 3, never, nil},
	} {
		if got := cut(c.n, c.groups, c.tied); !slices.Equal(got, c.want) {
			t.Errorf("%d ranks in %d groups: got %v, want %v", c.n, c.groups, got, c.want)
		}
	}
}

// The reduced curves keep the areas.
func TestReducedCurvesKeepTheirShape(t *testing.T) {
	r := rng.New(1).Rand()
	const n = 20_000
	d := metric.Data{Problem: sadi.Binary, Classes: 2, Y: make([]float64, n), Pred: make([]float64, n)}
	for i := range n {
		p := r.Float64()
		d.Pred[i] = p
		if r.Float64() < p {
			d.Y[i] = 1
		}
	}
	c := judge(t, Input{Data: d, Labels: []string{"a", "b"}, Scorer: metric.Default(sadi.Binary), Stream: rng.New(1), Resamples: 10}).Classification.Curves[0]
	area := func(x, y []Number) (sum float64) {
		for i := 1; i < len(x); i++ {
			sum += float64(x[i]-x[i-1]) * float64(y[i]+y[i-1]) / 2
		}
		return sum
	}
	if len(c.ROC.Threshold) > 200 || len(c.PR.Threshold) > 200 {
		t.Errorf("%d and %d points", len(c.ROC.Threshold), len(c.PR.Threshold))
	}
	if got, want := area(c.ROC.FalsePositive, c.ROC.TruePositive), float64(c.ROCAUC); math.Abs(got-want) > 1e-3 {
		t.Errorf("area of the reduced ROC curve: got %v, want %v", got, want)
	}
	if got, want := area(c.PR.Recall, c.PR.Precision), float64(c.AveragePrecision); math.Abs(got-want) > 5e-3 {
		t.Errorf("area of the reduced PR curve: got %v, want %v", got, want)
	}
	// The probabilities are the true ones.
	if c.Calibration.Error > 0.02 || len(c.Calibration.Weight) != mostGroups {
		t.Errorf("calibration: got %+v", c.Calibration)
	}
	for i, p := range c.Calibration.Predicted {
		if math.Abs(float64(p-c.Calibration.Observed[i])) > 0.06 {
			t.Errorf("group %d: %v predicted, %v observed", i, p, c.Calibration.Observed[i])
		}
	}
}

func TestManyClasses(t *testing.T) {
	const k, n = 120, 1200
	d := metric.Data{Problem: sadi.Multiclass, Classes: k, Y: make([]float64, n), Pred: make([]float64, n*k)}
	var labels []string
	for c := range k {
		labels = append(labels, string(rune('A'+c)))
	}
	r := rng.New(1).Rand()
	for i := range n {
		d.Y[i] = float64(min(r.IntN(k), r.IntN(k))) // the first classes are the frequent ones
		for c := range k {
			d.Pred[i*k+c] = 1.0 / k
		}
	}
	got := judge(t, Input{Data: d, Labels: labels, Scorer: metric.Default(sadi.Multiclass), Stream: rng.New(1), Resamples: 1}).Classification
	if got.Confusion != nil || len(got.Curves) != mostCurves || len(got.Classes) != k {
		t.Errorf("got a confusion matrix of %d, %d curves, %d classes", len(got.Confusion), len(got.Curves), len(got.Classes))
	}
	support := func(label string) Number { return got.Classes[slices.Index(labels, label)].Support }
	least := Number(math.Inf(1))
	for _, c := range got.Curves {
		least = min(least, support(c.Label))
	}
	larger := 0
	for _, c := range got.Classes {
		if c.Support > least {
			larger++
		}
	}
	if larger >= mostCurves {
		t.Errorf("%d classes have more rows than one that has curves", larger)
	}
}

func TestWorstSkipsRowsWithoutWeight(t *testing.T) {
	d := metrictest.Sample(sadi.RegressionValue, 30, rng.New(2).Rand())
	d.Weights = ones(30)
	d.Pred[7], d.Weights[7] = 1e6, 0
	model, err := metric.Prepare(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range residuals(d, model).Worst {
		if w.Row == 7 {
			t.Error("a row of weight 0 is among the worst")
		}
	}
}
