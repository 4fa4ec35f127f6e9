package tree

import (
	"context"
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

func obliviousBytes(o *Oblivious) string {
	var w codec.Writer
	o.Encode(&w)
	return string(w.Bytes())
}

// Four rounds and five more are nine rounds, to the bit: plain and ordered, with chance and without, from a model that was
// read from bytes as from one that was just learned.
func TestObliviousContinue(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		random := combining(9, 4)
		random.Bootstrap, random.Subsample, random.RandomStrength, random.Permutations, random.LeafSteps = MVSBootstrap, 0.7, 1, 3, 2
		ordered := random
		ordered.Ordered, ordered.Bootstrap, ordered.Temperature = true, BayesianBootstrap, 1
		automatic := random
		automatic.LearningRate = 0
		for name, o := range map[string]ObliviousOptions{"exact": exact(9, 4, true), "statistics": combining(9, 4), "random": random,
			"ordered": ordered, "automatic rate": automatic} {
			t.Run(fmt.Sprint(problem, " ", name), func(t *testing.T) {
				set := categorical(300, problem)
				whole := fitOblivious(t, set, o)
				o.Rounds = 4
				if o.LearningRate == 0 { // that of all rounds together
					o.LearningRate = (&symmetricBooster{ObliviousOptions: ObliviousOptions{Rounds: 9}, Train: model.Train{Set: set}}).rate()
				}
				first := fitOblivious(t, set, o)
				keep := obliviousBytes(first)
				read, err := DecodeOblivious(codec.NewReader([]byte(keep)))
				if err != nil {
					t.Fatal(err)
				}
				o.Rounds = 5
				if name == "automatic rate" {
					o.LearningRate = 0
				}
				for _, from := range []*Oblivious{first, read.(*Oblivious)} {
					o.From = from
					if second := fitOblivious(t, set, o); obliviousBytes(second) != obliviousBytes(whole) {
						t.Errorf("4 + 5 rounds differ from 9")
					}
					if obliviousBytes(from) != keep {
						t.Errorf("the model that was continued has changed")
					}
				}
			})
		}
	}
}

// On other rows, with other values and bins, a continued model goes on from what it predicts: its trees stay, and its loss
// there falls.
func TestObliviousContinueOnOtherRows(t *testing.T) {
	for _, o := range []ObliviousOptions{exact(6, 4, true), combining(6, 4)} {
		all := categorical(900, sadi.Binary)
		first := fitOblivious(t, rowsOfSet(all, 0, 400), o)
		o.Rounds, o.From = 12, first
		other := rowsOfSet(all, 400, 900)
		for i, v := range other.X.Cols[2] {
			other.X.Cols[2][i] = v * 1.1
		}
		second := fitOblivious(t, other, o)
		if second.Rounds() != 18 {
			t.Fatalf("%d rounds", second.Rounds())
		}
		again := &Oblivious{levels: second.levels, outputs: second.outputs, base: second.base, Projections: second.Projections,
			Statistics: second.Statistics, Trees: second.Trees[:6], loss: second.loss}
		x := categorical(200, sadi.Binary).X
		want, got := make([]float64, 200), make([]float64, 200)
		if err := first.Predict(want, x); err != nil {
			t.Fatal(err)
		}
		if err := again.Predict(got, x); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Error("the trees of the model that was continued have changed")
		}
		if before, after := totalLoss(t, first, other), totalLoss(t, second, other); !(after < 0.95*before) {
			t.Errorf("the loss goes from %v to %v", before, after)
		}
	}
}

func rowsOfSet(s dataset.Set, lo, hi int) dataset.Set {
	return dataset.Set{X: rowRange(s.X, lo, hi), Y: dataset.Target{Problem: s.Y.Problem, Y: s.Y.Y[lo:hi], Classes: s.Y.Classes}}
}

func totalLoss(t *testing.T, o *Oblivious, s dataset.Set) float64 {
	t.Helper()
	p, sum := make([]float64, s.X.Rows), 0.0
	if err := o.Predict(p, s.X); err != nil {
		t.Fatal(err)
	}
	for i, y := range s.Y.Y {
		sum -= math.Log(max(y*p[i]+(1-y)*(1-p[i]), 1e-15))
	}
	return sum
}

// Where nothing is gained, the model that was continued comes back.
func TestObliviousContinueStops(t *testing.T) {
	set := categorical(300, sadi.Binary)
	o := combining(30, 4)
	first := fitOblivious(t, set, o)
	o.Rounds, o.From, o.Patience = 5, first, 3
	wrong := categorical(300, sadi.Binary)
	for i, y := range wrong.Y.Y {
		wrong.Y.Y[i] = 1 - y
	}
	second, err := BoostOblivious(context.Background(), model.Train{Set: set, Valid: &wrong, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if obliviousBytes(second) != obliviousBytes(first) {
		t.Errorf("%d rounds, want the %d that were there", second.Rounds(), first.Rounds())
	}
}

func TestObliviousContinueWants(t *testing.T) {
	set := categorical(100, sadi.Binary)
	first := fitOblivious(t, set, combining(2, 3))
	narrow := categorical(100, sadi.Binary)
	narrow.X = &dataset.Matrix{Rows: 100, Features: set.X.Features[:2], Cols: set.X.Cols[:2]}
	levels := categorical(100, sadi.Binary)
	levels.X.Features[0].Levels++
	for name, s := range map[string]dataset.Set{"another loss": categorical(100, sadi.RegressionValue), "fewer features": narrow, "more levels": levels} {
		o := combining(2, 3)
		o.From = first
		if b, err := BoostOblivious(context.Background(), model.Train{Set: s, Stream: rng.New(1)}, o); b != nil || sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%s: got %v, %v", name, b != nil, err)
		}
	}
}

// TestObliviousTrace: the learning curve is the mean loss of the validation rows, weighed by them.
func TestObliviousTrace(t *testing.T) {
	set, valid := categorical(300, sadi.Binary), rowsOfSet(categorical(500, sadi.Binary), 300, 500)
	for i := range valid.Y.Y {
		valid.Weights = append(valid.Weights, 1+float64(i%3))
	}
	o := combining(12, 3)
	o.Patience = 100
	f, err := BoostOblivious(context.Background(), model.Train{Set: set, Valid: &valid, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	tr := f.Trace()
	if len(tr.Rounds) != 12 || tr.Rounds[11] != 12 {
		t.Fatalf("the rounds are %v", tr.Rounds)
	}
	p, sum, weight := make([]float64, 200), 0.0, 0.0
	if err := f.Predict(p, valid.X); err != nil {
		t.Fatal(err)
	}
	for i, y := range valid.Y.Y {
		sum -= valid.Weights[i] * math.Log(y*p[i]+(1-y)*(1-p[i]))
		weight += valid.Weights[i]
	}
	if got := tr.Losses[f.Rounds()-1]; math.Abs(got-sum/weight) > 1e-6 {
		t.Errorf("the loss after round %d is %v, want %v", f.Rounds(), got, sum/weight)
	}
	if again, err := BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o); err != nil || len(again.Trace().Rounds) > 0 {
		t.Errorf("without validation rows there is a trace of %v, %v", again.Trace().Rounds, err)
	}
}
