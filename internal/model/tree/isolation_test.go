package tree

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/metric"
	"sadi/internal/par"
	"sadi/internal/rng"
)

func TestIsolationTreesFindWhatScikitLearnsDo(t *testing.T) {
	file, err := os.ReadFile("testdata/isolation.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Mean, Deviation float64 }
	if err := json.Unmarshal(file, &want); err != nil {
		t.Fatal(err)
	}
	set, _ := forestData(sadi.RegressionValue)
	odd := make([]float64, set.X.Rows)
	for i := 0; i < set.X.Rows; i += 30 {
		odd[i] = 1
		for _, col := range set.X.Cols {
			col[i] = 5 + 1.35*(col[i]-5)
		}
	}
	scorer, err := metric.Lookup("roc_auc", sadi.Binary)
	if err != nil {
		t.Fatal(err)
	}
	const seeds = 10
	got := 0.0
	for seed := range uint64(seeds) {
		e, err := GrowIsolation(context.Background(), set.X, IsolationOptions{Trees: 100, Rows: 256}, rng.New(seed), par.New(2))
		if err != nil {
			t.Fatal(err)
		}
		pred := make([]float64, set.X.Rows)
		e.Sum(pred, set.X)
		for i, depth := range pred {
			pred[i] = math.Exp2(-depth / 100 / isolationPath(256))
		}
		score, err := scorer.Score(metric.Data{Y: odd, Pred: pred, Problem: sadi.Binary, Classes: 2})
		if err != nil {
			t.Fatal(err)
		}
		got += score / seeds
	}
	t.Logf("the area is %.4f, scikit-learn's %.4f ± %.4f", got, want.Mean, want.Deviation)
	if math.Abs(got-want.Mean) > 4*want.Deviation/math.Sqrt(seeds)+0.005 {
		t.Errorf("the area is %.4f, want %.4f ± %.4f", got, want.Mean, want.Deviation)
	}
}

// One row far away is isolated by the first questions, missing values and categories are taken as they are, and the
// threads change nothing.
func TestIsolationTreesOnMixedColumns(t *testing.T) {
	set := mixed(400)
	var files []string
	for _, width := range []int{1, 4} {
		e, err := GrowIsolation(context.Background(), set.X, IsolationOptions{Trees: 20, Rows: 64}, rng.New(2), par.New(width))
		if err != nil {
			t.Fatal(err)
		}
		var w codec.Writer
		e.Encode(&w)
		files = append(files, string(w.Bytes()))
		depth := make([]float64, set.X.Rows)
		e.Sum(depth, set.X)
		for i, d := range depth {
			if !(d > 0) || d/20 > 6+isolationPath(64) {
				t.Fatalf("row %d is isolated by %v questions in the mean", i, d/20)
			}
		}
	}
	if files[0] != files[1] {
		t.Error("four threads grow other trees than one")
	}
}

func TestIsolationPath(t *testing.T) {
	// The mean depth of the leaves of random binary search trees on n−1 keys is 2·H(n) − 2, to which the paper's formula
	// comes near: 2·H(n−1) − 2(n−1)/n.
	harmonic := 0.0
	for n := 1; n <= 300; n++ {
		if got, want := isolationPath(n), 2*harmonic-2*float64(n-1)/float64(n); n > 2 && math.Abs(got-want) > 1/float64(n-1) {
			t.Errorf("%d rows: %v questions, want about %v", n, got, want)
		}
		harmonic += 1 / float64(n)
	}
}
