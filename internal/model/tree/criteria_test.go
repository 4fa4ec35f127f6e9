package tree

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/param"
	"sadi/internal/rng"
)

// The parameters that draw, or that change what a split is worth, do what they do in scikit-learn.
func TestCriteriaAndSplittersAreScikitLearns(t *testing.T) {
	file, err := os.ReadFile("testdata/criteria.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Model           string
		Problem         sadi.Problem
		Params          map[string]any
		Seeds           int
		Mean, Deviation float64
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 8 {
		t.Fatalf("%d cases, want 8", len(cases))
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Model, " ", c.Params), func(t *testing.T) {
			t.Parallel()
			fit, judge := forestData(c.Problem)
			if c.Params["criterion"] == "poisson" {
				least := min(slices.Min(fit.Y.Y), slices.Min(judge.Y.Y))
				for _, y := range [][]float64{fit.Y.Y, judge.Y.Y} {
					for i := range y {
						y[i] -= least
					}
				}
			}
			classifier := c.Problem.IsClassification()
			set := ForestParams(classifier, 0, true)
			learn := func(train model.Train, v param.Values) (model.Fitted, error) {
				return FitForest(context.Background(), train, v, c.Model == "extra_trees")
			}
			if c.Model == "decision_tree" {
				set = CartParams(classifier)
				learn = func(train model.Train, v param.Values) (model.Fitted, error) {
					return FitSingle(context.Background(), train, v)
				}
			}
			values, err := set.Complete(c.Params)
			if err != nil {
				t.Fatal(err)
			}
			name := map[bool]string{true: "roc_auc", false: "r2"}[classifier]
			scorer, err := metric.Lookup(name, c.Problem)
			if err != nil {
				t.Fatal(err)
			}
			got := 0.0
			for seed := range c.Seeds {
				f, err := learn(model.Train{Set: fit, Stream: rng.New(uint64(seed))}, values)
				if err != nil {
					t.Fatal(err)
				}
				pred := make([]float64, judge.X.Rows)
				if err := f.Predict(pred, judge.X); err != nil {
					t.Fatal(err)
				}
				score, err := scorer.Score(metric.Data{Y: judge.Y.Y, Pred: pred, Problem: c.Problem, Classes: judge.Y.Classes})
				if err != nil {
					t.Fatal(err)
				}
				got += score / float64(c.Seeds)
			}
			// Means over as many seeds, and something for the data being one draw, seen through our bins.
			t.Logf("%s is %.4f, scikit-learn's %.4f ± %.4f", name, got, c.Mean, c.Deviation)
			if math.Abs(got-c.Mean) > 4*c.Deviation*math.Sqrt(2/float64(c.Seeds))+0.006 {
				t.Errorf("%s is %.4f, want %.4f ± %.4f", name, got, c.Mean, c.Deviation)
			}
		})
	}
}

// Medians of random samples, against the definition by sorting.
func TestMediansAreThoseOfTheDefinition(t *testing.T) {
	r := rng.New(4).Rand()
	for range 200 {
		n := 2 + r.IntN(40)
		s := dataset.Set{X: &dataset.Matrix{Rows: n}, Y: dataset.Target{Problem: sadi.RegressionValue}}
		bins := make([]uint8, n)
		for i := range n {
			s.Y.Y = append(s.Y.Y, float64(r.IntN(12)))
			s.Weights = append(s.Weights, float64(1+r.IntN(3)))
			bins[i] = uint8(r.IntN(4) * 85) // 0, 85, 170, 255
		}
		c := &cart{response: newResponse(s, AbsoluteError)}
		c.fill(nil)
		m := &medians{response: c.response}
		m.open(c.samples)
		m.byBin(c.samples, strided{bins, 1})
		m.reset()
		m.move(0)
		m.move(255)
		loss := func(in func(b uint8) bool) (loss, median float64) {
			var all []float64
			for i, y := range s.Y.Y {
				for k := 0; in(bins[i]) && k < int(s.Weights[i]); k++ {
					all = append(all, y)
				}
			}
			slices.Sort(all)
			if len(all) == 0 {
				return 0, 0
			}
			median = (all[(len(all)-1)/2] + all[len(all)/2]) / 2
			for _, y := range all {
				loss += math.Abs(y - median)
			}
			return loss, median
		}
		whole, median := loss(func(uint8) bool { return true })
		left, _ := loss(func(b uint8) bool { return b%255 == 0 })
		right, _ := loss(func(b uint8) bool { return b%255 != 0 })
		if got := m.gain(); math.Abs(got-(whole-left-right)) > 1e-9 {
			t.Fatalf("%d samples: the gain is %v, want %v", n, got, whole-left-right)
		}
		if got := m.of(c.samples) + c.base; math.Abs(got-median) > 1e-9 {
			t.Fatalf("%d samples: the median is %v, want %v", n, got, median)
		}
	}
}

func TestPoissonWantsTargetsThatAreNotNegative(t *testing.T) {
	fit, _ := forestData(sadi.RegressionValue)
	fit.Y.Y[7] = -1
	_, err := GrowSingle(context.Background(), model.Train{Set: fit, Stream: rng.New(1)}, CartOptions{Criterion: Poisson})
	if sadi.CodeOf(err) != sadi.BadData {
		t.Errorf("got %v", err)
	}
}
