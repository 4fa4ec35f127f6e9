package tree

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// FuzzBoost drives random options over small random data. Whatever they are, learning neither panics nor fails for
// another reason than the data, predictions are finite, and the bytes depend neither on the threads nor on joint columns; without sampling,
// the training loss does not rise.
func FuzzBoost(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed, uint8(seed*7), uint8(seed), uint16(seed*2654435761>>3))
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, columns uint8, bits uint16) {
		r := rng.New(seed).Rand()
		set, l := randomSet(r, 1+int(rows)%150, 1+int(columns)%7)
		o := randomOptions(r, set, l, bits)
		fit := func(pool *par.Pool) (*Booster, error) {
			x := &dataset.Matrix{Rows: set.X.Rows, Features: set.X.Features, Cols: set.X.Cols}
			return Boost(context.Background(), model.Train{Set: dataset.Set{X: x, Y: set.Y, Weights: set.Weights}, Stream: rng.New(seed), Pool: pool}, o)
		}
		one, err := fit(nil)
		joinColumns = false
		three, err3 := fit(par.New(3))
		joinColumns = true
		if err != nil || err3 != nil {
			if code := sadi.CodeOf(err); fmt.Sprint(err) != fmt.Sprint(err3) || code != sadi.BadData && code != sadi.BadUsage && code != sadi.NoModel {
				t.Fatalf("%v, and with three threads %v", err, err3)
			}
			return
		}
		if bytesOf(one) != bytesOf(three) {
			t.Error("three threads, without joint columns, give other bytes")
		}
		p := make([]float64, set.X.Rows*one.Outputs())
		if err := one.Predict(p, set.X); err != nil {
			t.Fatal(err)
		}
		for i, v := range p {
			if v-v != 0 {
				t.Fatalf("prediction %d is %v", i, v)
			}
		}
		one.Sum(p, set.X)
		for i, want := range naive(&one.Ensemble, set.X) {
			if math.Float64bits(p[i]) != math.Float64bits(want) {
				t.Fatalf("sum %d is %v, by the definition %v", i, p[i], want)
			}
		}
		if o.Dart == nil && o.Goss == nil && o.Subsample == 1 {
			lossFalls(t, one, set)
		}
	})
}

// lossFalls compares the total loss after each round with that before it.
func lossFalls(t *testing.T, b *Booster, set dataset.Set) {
	t.Helper()
	k := b.Outputs()
	trees := b.Trees
	last := math.Inf(1)
	for round := 0; round <= len(trees)/k; round++ {
		b.Trees = trees[:round*k]
		raw := make([]float64, set.X.Rows*k)
		b.Sum(raw, set.X)
		sum, size := 0.0, 0.0
		for i, y := range set.Y.Y {
			w := 1.0
			if set.Weights != nil {
				w = set.Weights[i]
			}
			v := w * b.loss.Value(y, raw[i*k:(i+1)*k])
			sum += v
			size += math.Abs(v) + 1e-6*w // values leave as float32
		}
		if sum > last+1e-5*size {
			t.Fatalf("%s: the loss rises from %v to %v in round %d", b.loss.Name(), last, sum, round)
		}
		last = sum
	}
	b.Trees = trees
}

// randomSet is data with all that is hard in it, and a loss that allows its target.
func randomSet(r *rand.Rand, n, d int) (dataset.Set, loss.Loss) {
	x := &dataset.Matrix{Rows: n}
	for j := range d {
		col, f := make([]float32, n), dataset.Feature{Name: fmt.Sprint("x", j)}
		kind := r.IntN(7)
		if kind == 5 {
			f.Levels = []int{1, 3, 12, 300}[r.IntN(4)]
		}
		gaps := r.IntN(3) == 0
		for i := range col {
			switch kind {
			case 0:
				col[i] = float32(r.IntN(4))
			case 1:
				col[i] = 7
			case 2:
				col[i] = float32(math.NaN())
			case 3:
				col[i] = float32(r.NormFloat64() * 1e30)
			case 5:
				col[i] = float32(r.IntN(f.Levels))
			default:
				col[i] = float32(r.NormFloat64())
			}
			if gaps && r.IntN(4) == 0 {
				col[i] = float32(math.NaN())
			}
		}
		x.Cols, x.Features = append(x.Cols, col), append(x.Features, f)
	}
	s := dataset.Set{X: x, Y: dataset.Target{Problem: sadi.RegressionValue, Y: make([]float64, n)}}
	if kind := r.IntN(3); kind < 2 {
		for range n {
			s.Weights = append(s.Weights, []float64{r.Float64() * 3, float64(r.IntN(3))}[kind])
		}
		s.Weights[r.IntN(n)] = 1
	}
	losses := []loss.Loss{loss.Logistic{}, loss.Softmax{Classes: 3}, loss.Squared{}, loss.Absolute{}, loss.Huber{Delta: 2}, loss.PseudoHuber{Delta: 2},
		loss.Quantile{Alpha: 0.3}, loss.Poisson{}, loss.Poisson{Step: 0.7}, loss.Gamma{}, loss.Tweedie{Power: 1.3}}
	l := losses[r.IntN(len(losses))]
	kind, one := r.IntN(4), r.NormFloat64()
	for i := range n {
		v := r.NormFloat64() + 2*signOf(x.Cols[0][i])
		switch kind {
		case 1:
			v = math.Exp(3 * v) // lognormal
		case 2:
			v *= 1e8
		case 3:
			v = one
		}
		switch l.Name() {
		case "logistic":
			s.Y.Problem, s.Y.Classes = sadi.Binary, 2
			v = float64(min(max(int(v+1), 0), 1))
		case "softmax":
			s.Y.Problem, s.Y.Classes = sadi.Multiclass, 3
			v = float64(min(max(int(v+1), 0), 2))
		case "poisson", "tweedie":
			v = math.Floor(math.Abs(v))
		case "gamma":
			v = math.Abs(v) + 1e-3
		}
		s.Y.Y[i] = v
	}
	return s, l
}

func signOf(x float32) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

// randomOptions are any options with which the training loss has to fall: steps that curvature can not betray.
func randomOptions(r *rand.Rand, set dataset.Set, l loss.Loss, bits uint16) BoostOptions {
	on := func(k int) bool { return bits>>k&1 == 1 }
	pick := func(v ...float64) float64 { return v[r.IntN(len(v))] }
	o := BoostOptions{Loss: l, Rounds: 1 + r.IntN(5), LearningRate: pick(0.05, 0.3, 0.5), Subsample: 1, ColumnsByTree: pick(1, 1, 0.5),
		MaxBin: []int{2, 5, 64, 255}[r.IntN(4)], WideThresholds: on(0)}
	o.GrowOptions = GrowOptions{MaxDepth: r.IntN(6), MaxLeaves: r.IntN(9), LossGuide: on(1), MinChildWeight: pick(0, 1e-3, 1, 5), Gamma: pick(0, 0, 0.5),
		Lambda: pick(0, 1, 1e-3, 50), Alpha: pick(0, 0, 0.3, 4), MaxDeltaStep: pick(0.3, 1), ColumnsByLevel: pick(1, 0.6), ColumnsByNode: pick(1, 0.6),
		MaxCatToOneHot: []int{1, 4, 256}[r.IntN(3)], MaxCatThreshold: []int{0, 1, 32}[r.IntN(3)], CatSmooth: pick(0, 10), CatLambda: pick(0, 10),
		RandomThresholds: on(2)}
	switch l.Name() {
	case "squared", "huber", "absolute", "quantile":
		o.MaxDeltaStep, o.LearningRate = pick(0, o.MaxDeltaStep), pick(o.LearningRate, 1)
	}
	if on(3) && on(4) {
		o.MinRows, o.ExactRows = r.IntN(12), on(5)
	}
	if on(6) && on(7) {
		o.Monotone = make([]int8, len(set.X.Cols))
		for j := range o.Monotone {
			if !set.X.Features[j].Categorical() {
				o.Monotone[j] = int8(r.IntN(3) - 1)
			}
		}
	}
	if on(8) && on(9) {
		o.Together = WithSingles([][]int32{{0}, {0, int32(len(set.X.Cols) - 1)}}, len(set.X.Cols))
	}
	if on(10) && on(11) && set.Weights == nil {
		o.PathSmooth, o.ExactRows = pick(0.5, 10), true
	}
	switch {
	case on(12) && on(13):
		o.Dart = &Dart{Rate: pick(0.1, 0.5, 1), Skip: pick(0, 0.5), AtLeastOne: on(14), ByWeight: on(15), Most: r.IntN(3), Forest: on(1), ByRound: on(2)}
	case on(13) && on(14):
		o.Goss = &Goss{Top: pick(0.1, 0.5), Other: pick(0.1, 0.3)}
	case on(14) && on(15):
		o.Subsample, o.SubsampleRounds = 0.6, r.IntN(3)
	}
	return o
}
