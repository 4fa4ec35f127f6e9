package tree

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

func TestOutOfBagScoresAreScikitLearns(t *testing.T) {
	file, err := os.ReadFile("testdata/oob.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Problem         sadi.Problem
		Case            string
		Mean, Deviation float64
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 9 {
		t.Fatalf("%d cases, want 9", len(cases))
	}
	for _, c := range cases {
		t.Run(string(c.Problem)+" "+c.Case, func(t *testing.T) {
			t.Parallel()
			fit, _ := forestData(c.Problem)
			o := ForestOptions{Trees: 100, Bootstrap: true, OutOfBag: true, CartOptions: CartOptions{MinSamplesLeaf: 2, Criterion: Gini}}
			if c.Problem == sadi.RegressionValue {
				o.Criterion, o.FeatureShare = SquaredError, 1
			}
			switch c.Case {
			case "share":
				o.MaxSamples = 0.7
			case "weights":
				for i := range fit.X.Rows {
					fit.Weights = append(fit.Weights, 1+float64(i%3))
				}
			}
			f, err := GrowForest(context.Background(), model.Train{Set: fit, Stream: rng.New(7)}, o)
			if err != nil {
				t.Fatal(err)
			}
			// One run of ours against five of theirs, and the accuracy of 1500 rows has a deviation of its own.
			got := outOfBagScore(f.OutOfBag(), fit.Y)
			t.Logf("%.4f, scikit-learn's %.4f ± %.4f", got, c.Mean, c.Deviation)
			if math.Abs(got-c.Mean) > 4*c.Deviation+0.012 {
				t.Errorf("the out-of-bag score is %.4f, want %.4f ± %.4f", got, c.Mean, c.Deviation)
			}
		})
	}
}

// outOfBagScore is R², or the accuracy.
func outOfBagScore(p []float64, y dataset.Target) float64 {
	n, k := float64(len(y.Y)), y.Outputs()
	mean, right, off, spread := 0.0, 0.0, 0.0, 0.0
	for _, v := range y.Y {
		mean += v / n
	}
	for i, v := range y.Y {
		switch {
		case y.Problem == sadi.RegressionValue:
			off += (p[i] - v) * (p[i] - v)
			spread += (v - mean) * (v - mean)
		case k == 1 && (p[i] > 0.5) == (v == 1):
			right++
		case k > 1 && p[i*k+int(v)] == slices.Max(p[i*k:(i+1)*k]):
			right++
		}
	}
	if y.Problem == sadi.RegressionValue {
		return 1 - off/spread
	}
	return right / n
}

// Out-of-bag predictions are those of the trees grown without the row, taken tree by tree from forests one tree longer
// each; a row that every tree drew has none.
func TestOutOfBagIsByTheOtherTrees(t *testing.T) {
	set := mixed(60)
	o := ForestOptions{Trees: 4, Bootstrap: true, OutOfBag: true, CartOptions: CartOptions{Criterion: Gini}}
	train := model.Train{Set: set, Stream: rng.New(3)}
	f, err := GrowForest(context.Background(), train, o)
	if err != nil {
		t.Fatal(err)
	}
	got := f.OutOfBag()
	bag := newBag(set, 0)
	none := 0
	for i := range set.X.Rows {
		want, trees := make([]float64, 3), 0.0
		for k := range f.Trees {
			if drawn := bag.draw(train.Stream.Child("tree").At(k).Rand()); drawn[i] == 0 {
				trees++
				leaf := f.Trees[k].leafAt(set.X.Cols, i)
				for c := range want {
					want[c] += float64(f.Trees[k].Values[leaf*3+c])
				}
			}
		}
		for c := range want {
			if v := got[i*3+c]; trees == 0 && v == v || trees > 0 && math.Abs(v-want[c]/trees) > 1e-6 {
				t.Fatalf("row %d, out of the bag of %v trees, class %d: %v, want %v", i, trees, c, v, want[c]/trees)
			}
		}
		if trees == 0 {
			none++
		}
	}
	if none == 0 {
		t.Error("no row was drawn by all trees: the data do not test what they should")
	}
	for _, width := range []int{2, 8} {
		train.Pool = par.New(width)
		again, err := GrowForest(context.Background(), train, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range again.OutOfBag() {
			if v != got[i] && v == v {
				t.Fatalf("with %d threads prediction %d is %v, want %v", width, i, v, got[i])
			}
		}
	}
	o.OutOfBag = false
	if f, err = GrowForest(context.Background(), train, o); err != nil || f.OutOfBag() != nil {
		t.Errorf("not asked for: %v, %v", f.OutOfBag(), err)
	}
}

func TestBagDrawsByWeight(t *testing.T) {
	const n = 2000
	set := dataset.Set{X: &dataset.Matrix{Rows: n}}
	for i := range n {
		set.Weights = append(set.Weights, float64(i%4)) // a quarter of the rows weighs nothing
	}
	b := newBag(set, 0.5)
	if !b.byWeight() {
		t.Fatal("the weights are not drawn by")
	}
	var sums [4]float64
	random := rng.New(1).Rand()
	for range 50 {
		for i, c := range b.draw(random) {
			sums[i%4] += float64(c) / 50
		}
	}
	for w, got := range sums {
		if want := n / 2 * float64(w) / 6; math.Abs(got-want) > 5 {
			t.Errorf("rows of weight %d are drawn %.1f times, want %.1f", w, got, want)
		}
	}
	set.Weights[7] = 1e6
	if b = newBag(set, 0.5); b.byWeight() {
		t.Error("a row would be drawn nearly always, beyond what counts hold")
	}
}
