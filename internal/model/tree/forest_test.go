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
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// forestData are the data of testdata/forest.py: rows to learn from and rows to judge by.
func forestData(problem sadi.Problem) (fit, judge dataset.Set) {
	const n, d = 3000, 8
	state := uint32(12345)
	u := make([]float64, n*(d+1))
	for i := range u {
		state = state*1664525 + 1013904223
		u[i] = float64(state) / (1 << 32)
	}
	x := &dataset.Matrix{Rows: n}
	for j := range d {
		col := make([]float32, n)
		for i := range col {
			col[i] = float32(u[i*(d+1)+j] * 10)
		}
		x.Cols = append(x.Cols, col)
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprint("x", j)})
	}
	z := make([]float64, n)
	for i := range z {
		at := func(j int) float64 { return float64(x.Cols[j][i]) }
		z[i] = 10*math.Sin(at(0)*at(1)/10) + 2*(at(2)-5)*(at(2)-5)/5 + at(3) + 6*(u[i*(d+1)+d]-0.5)
	}
	y := dataset.Target{Problem: problem, Y: z}
	if problem.IsClassification() {
		y.Classes = map[sadi.Problem]int{sadi.Binary: 2, sadi.Multiclass: 3}[problem]
		sorted := slices.Sorted(slices.Values(z))
		y.Y = make([]float64, n)
		for i, v := range z {
			for k := 1; k < y.Classes; k++ {
				if v > sorted[n*k/y.Classes-1] {
					y.Y[i]++
				}
			}
		}
	}
	half := func(lo, hi int) dataset.Set {
		m := &dataset.Matrix{Rows: hi - lo, Features: x.Features}
		for _, col := range x.Cols {
			m.Cols = append(m.Cols, col[lo:hi])
		}
		return dataset.Set{X: m, Y: dataset.Target{Problem: problem, Y: y.Y[lo:hi], Classes: y.Classes}}
	}
	return half(0, n/2), half(n/2, n)
}

func TestForestsAreAsGoodAsScikitLearns(t *testing.T) {
	file, err := os.ReadFile("testdata/forest.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Model           string
		Problem         sadi.Problem
		Mean, Deviation float64
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 6 {
		t.Fatalf("%d cases, want 6", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Model+" "+string(c.Problem), func(t *testing.T) {
			t.Parallel()
			fit, judge := forestData(c.Problem)
			o := ForestOptions{Trees: 100, CartOptions: CartOptions{MinSamplesLeaf: 2, Criterion: Gini}}
			if c.Problem == sadi.RegressionValue {
				o.Criterion, o.FeatureShare = SquaredError, 1
			}
			o.Bootstrap, o.RandomThresholds = c.Model == "random_forest", c.Model == "extra_trees"
			// As scores, of which more is better.
			name, want := "roc_auc", c.Mean
			switch c.Problem {
			case sadi.Multiclass:
				name, want = "neg_log_loss", -c.Mean
			case sadi.RegressionValue:
				name, want = "r2", 1-c.Mean
			}
			scorer, err := metric.Lookup(name, c.Problem)
			if err != nil {
				t.Fatal(err)
			}
			f, err := GrowForest(context.Background(), model.Train{Set: fit, Stream: rng.New(7)}, o)
			if err != nil {
				t.Fatal(err)
			}
			pred := make([]float64, judge.X.Rows*f.Outputs())
			if err := f.Predict(pred, judge.X); err != nil {
				t.Fatal(err)
			}
			got, err := scorer.Score(metric.Data{Y: judge.Y.Y, Pred: pred, Problem: c.Problem, Classes: judge.Y.Classes})
			if err != nil {
				t.Fatal(err)
			}
			// One run of ours against five of theirs: four deviations, and something for the data being one draw.
			t.Logf("%s is %.4f, scikit-learn's %.4f ± %.4f", name, got, want, c.Deviation)
			if math.Abs(got-want) > 4*c.Deviation+0.01 {
				t.Errorf("%s is %.4f, want %.4f ± %.4f", name, got, want, c.Deviation)
			}
		})
	}
}

func grownBytes(t *testing.T, train model.Train, o ForestOptions) []byte {
	t.Helper()
	f, err := GrowForest(context.Background(), train, o)
	if err != nil {
		t.Fatal(err)
	}
	var w codec.Writer
	f.Encode(&w)
	return w.Bytes()
}

// The trees that Proceed lets pass are the first ones, however many are grown at a time.
func TestForestStopsAtExactlyTheTreesAllowed(t *testing.T) {
	fit, _ := forestData(sadi.Binary)
	o := ForestOptions{Trees: 7, Bootstrap: true, CartOptions: CartOptions{Criterion: Gini, MaxDepth: 4}}
	want := grownBytes(t, model.Train{Set: fit, Stream: rng.New(3)}, o)
	o.Trees = 50
	for _, width := range []int{1, 2, 8} {
		train := model.Train{Set: fit, Stream: rng.New(3), Pool: par.New(width), Proceed: func(trees int) bool { return trees < 7 }}
		if string(grownBytes(t, train, o)) != string(want) {
			t.Errorf("stopped at tree 7 with %d threads, the forest differs from one of 7 trees", width)
		}
	}
}

// A target far from 0 with small differences, and one whose largest values are a million times its median.
func TestRegressionOnHardTargets(t *testing.T) {
	fit, _ := forestData(sadi.RegressionValue)
	r := rng.New(5).Rand()
	n := fit.X.Rows
	far, heavy := make([]float64, n), make([]float64, n)
	for i := range n {
		step := math.Floor(float64(fit.X.Cols[0][i]))
		far[i] = 1e9 + step
		heavy[i] = math.Exp(3*r.NormFloat64()) * 1e3
	}
	for name, y := range map[string][]float64{"1e9 + 0..9": far, "lognormal, sigma 3": heavy} {
		fit.Y.Y = y
		s, err := GrowSingle(context.Background(), model.Train{Set: fit, Stream: rng.New(1)}, CartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		pred := make([]float64, n)
		if err := s.Predict(pred, fit.X); err != nil {
			t.Fatal(err)
		}
		mean, size := 0.0, 0.0
		for _, v := range y {
			mean += v / float64(n)
		}
		for _, v := range y {
			size = max(size, math.Abs(v-mean))
		}
		if name != "1e9 + 0..9" { // a full tree separates bins, not rows: the mean of a leaf is what it can say
			var sum float64
			for i := range y {
				sum += pred[i] - y[i]
			}
			if math.Abs(sum/float64(n)) > 1e-6*size {
				t.Errorf("%s: the predictions are off by %v on average", name, sum/float64(n))
			}
			continue
		}
		for i := range y {
			if math.Abs(pred[i]-y[i]) > 1e-6 {
				t.Fatalf("%s: prediction %d is %v, want %v", name, i, pred[i], y[i])
			}
		}
	}
}
