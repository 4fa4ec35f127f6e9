package catboost

import (
	"context"
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/rng"
)

// pairs are rows of three categories with 30 values each. The target depends on the first two together and on neither
// alone, so that only a statistic of the pair can know it.
func pairs(n int, r rng.Stream) dataset.Set {
	random := r.Rand()
	x := &dataset.Matrix{Rows: n}
	for j := range 3 {
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprint("c", j), Levels: 30})
		col := make([]float32, n)
		for i := range col {
			col[i] = float32(random.IntN(30))
		}
		x.Cols = append(x.Cols, col)
	}
	y := make([]float64, n)
	for i := range y {
		y[i] = float64((int(x.Cols[0][i])*7 + int(x.Cols[1][i])*11) % 30 / 15)
		if random.IntN(20) == 0 {
			y[i] = 1 - y[i]
		}
	}
	return dataset.Set{X: x, Y: dataset.Target{Problem: sadi.Binary, Y: y, Classes: 2}}
}

func logLoss(t *testing.T, f model.Fitted, s dataset.Set) float64 {
	t.Helper()
	p, sum := make([]float64, s.X.Rows), 0.0
	if err := f.Predict(p, s.X); err != nil {
		t.Fatal(err)
	}
	for i, y := range s.Y.Y {
		sum -= math.Log(max(y*p[i]+(1-y)*(1-p[i]), 1e-15))
	}
	return sum / float64(s.X.Rows)
}

func TestCombinationsFindWhatCategoriesKnowTogether(t *testing.T) {
	train, fresh := pairs(20_000, rng.New(1)), pairs(5000, rng.New(2))
	for _, c := range []struct {
		complexity   int
		least, worst float64
	}{{1, 0.6, 0.8}, {2, 0, 0.35}} { // ln 2 is knowing nothing, 0.199 the noise alone
		values, err := Classifier{}.Params().Complete(map[string]any{"iterations": 60, "learning_rate": 0.3, "max_ctr_complexity": c.complexity})
		if err != nil {
			t.Fatal(err)
		}
		f, err := Classifier{}.Fit(context.Background(), model.Train{Set: train, Stream: rng.New(3)}, values)
		if err != nil {
			t.Fatal(err)
		}
		got := logLoss(t, f, fresh)
		if got < c.least || got > c.worst {
			t.Errorf("max_ctr_complexity %d: the loss is %.3f, want %.2f to %.2f", c.complexity, got, c.least, c.worst)
		}
		together := false
		for _, p := range f.(*tree.Oblivious).Projections {
			together = together || len(p.Categories) == 2
		}
		if together != (c.complexity > 1) {
			t.Errorf("max_ctr_complexity %d: that a pair is used is %v", c.complexity, together)
		}
		// c2 says nothing, and is hardly asked.
		if v := f.(model.Importance).Importance(); c.complexity > 1 && (v[2] > 0.05 || v[0] < 0.3 || v[1] < 0.3) {
			t.Errorf("the importances are %v", v)
		}
	}
}

// The chosen learning rate is that of CatBoost for its rows and rounds: 1000 rounds on 10,000 rows are to have about 0.057
// for two classes, and fewer rounds larger steps.
func TestAutomaticLearningRate(t *testing.T) {
	set := pairs(3000, rng.New(1))
	fit := func(given map[string]any) model.Fitted {
		values, err := Classifier{}.Params().Complete(given)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Classifier{}.Fit(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, values)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := func(f model.Fitted) float64 {
		largest := 0.0
		for _, v := range f.(*tree.Oblivious).Trees[0].Values {
			largest = max(largest, math.Abs(float64(v)))
		}
		return largest
	}
	// exp(0.246·ln 3000 − 5.127)·(20/1000)^−0.451
	rate := math.Exp(0.246*math.Log(3000)-5.127) * math.Pow(0.02, -0.451)
	automatic, given := first(fit(map[string]any{"iterations": 20})), first(fit(map[string]any{"iterations": 20, "learning_rate": 0.1}))
	if math.Abs(automatic/given-rate/0.1) > 1e-4 {
		t.Errorf("the steps are %v times those of the rate 0.1, want %v", automatic/given, rate/0.1)
	}
}

func TestClassWeights(t *testing.T) {
	set := pairs(2000, rng.New(4))
	for i := range set.Y.Y { // one in ten is left of class 1
		if i%10 != 0 {
			set.Y.Y[i] = 0
		}
	}
	mean := func(word string) float64 {
		values, err := Classifier{}.Params().Complete(map[string]any{"iterations": 5, "max_ctr_complexity": 1, "auto_class_weights": word})
		if err != nil {
			t.Fatal(err)
		}
		f, err := Classifier{}.Fit(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, values)
		if err != nil {
			t.Fatal(err)
		}
		p, sum := make([]float64, set.X.Rows), 0.0
		if err := f.Predict(p, set.X); err != nil {
			t.Fatal(err)
		}
		for _, v := range p {
			sum += v / float64(len(p))
		}
		return sum
	}
	none, half, balanced := mean("None"), mean("SqrtBalanced"), mean("Balanced")
	if !(none < 0.1 && half > none && half < balanced && math.Abs(balanced-0.5) < 0.1) {
		t.Errorf("the mean probabilities are %v, %v and %v", none, half, balanced)
	}
}
