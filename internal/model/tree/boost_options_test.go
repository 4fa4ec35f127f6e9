package tree

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

func bytesOf(b *Booster) string {
	var w codec.Writer
	b.Encode(&w)
	return string(w.Bytes())
}

// Four rounds and five more are nine rounds, to the bit.
func TestContinue(t *testing.T) {
	sampled := plain(9)
	sampled.Subsample, sampled.ColumnsByTree, sampled.SubsampleRounds = 0.6, 0.7, 2
	goss := plain(9)
	goss.Goss = &Goss{Top: 0.2, Other: 0.2}
	for name, o := range map[string]BoostOptions{"plain": plain(9), "sampled": sampled, "goss": goss} {
		set := mixed(300)
		whole := fitBooster(t, set, o)
		o.Rounds = 4
		first := fitBooster(t, set, o)
		keep := bytesOf(first)
		o.Rounds, o.From = 5, first
		second := fitBooster(t, set, o)
		if bytesOf(second) != bytesOf(whole) {
			t.Errorf("%s: 4 + 5 rounds differ from 9", name)
		}
		if bytesOf(first) != keep {
			t.Errorf("%s: the model that was continued has changed", name)
		}
	}
}

// Where nothing is gained, the model that was continued comes back.
func TestContinueStops(t *testing.T) {
	set := mixed(300)
	first := fitBooster(t, set, plain(30))
	o := plain(5)
	o.From, o.Patience = first, 3
	wrong := mixed(300)
	for i, y := range wrong.Y.Y {
		wrong.Y.Y[i] = math.Mod(y+1, 3)
	}
	b, err := Boost(context.Background(), model.Train{Set: set, Valid: &wrong, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if bytesOf(b) != bytesOf(first) {
		t.Errorf("%d rounds, want the %d that were there", b.Rounds(), first.Rounds())
	}
}

func TestContinueWants(t *testing.T) {
	set := mixed(100)
	first := fitBooster(t, set, plain(2))
	other := mixed(100)
	other.Y = dataset.Target{Problem: sadi.RegressionValue, Y: set.Y.Y}
	narrow := mixed(100)
	narrow.X = &dataset.Matrix{Rows: 100, Features: set.X.Features[:2], Cols: set.X.Cols[:2]}
	for name, s := range map[string]dataset.Set{"another loss": other, "fewer features": narrow} {
		o := plain(2)
		o.From = first
		if b, err := Boost(context.Background(), model.Train{Set: s, Stream: rng.New(1)}, o); b != nil || sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%s: got %v, %v", name, b != nil, err)
		}
	}
}

// Every loss learns a target with a heavy tail, and what it predicts is in its range.
func TestLosses(t *testing.T) {
	set := big(sadi.RegressionValue)
	set = take(set, 2000)
	y := slices.Clone(set.Y.Y)
	r := rng.New(8).Rand()
	for i := range y {
		y[i] = math.Exp(2*y[i] + 3*r.NormFloat64())
	}
	set.Y.Y = y
	for _, l := range []loss.Loss{loss.Squared{}, loss.Absolute{}, loss.Huber{Delta: 5}, loss.PseudoHuber{Delta: 5}, loss.Quantile{Alpha: 0.8}, loss.Poisson{},
		loss.Poisson{Step: 0.7}, loss.Gamma{}, loss.Tweedie{Power: 1.5}} {
		o := plain(30)
		o.LearningRate, o.Loss = 0.1, l
		b := fitBooster(t, set, o)
		raw, got := make([]float64, len(y)), make([]float64, len(y))
		b.Sum(raw, set.X)
		if err := b.Predict(got, set.X); err != nil {
			t.Fatal(err)
		}
		before, after, below := 0.0, 0.0, 0
		for i := range y {
			before += l.Value(y[i], b.Base)
			after += l.Value(y[i], raw[i:i+1])
			if y[i] <= got[i] {
				below++
			}
			if got[i]-got[i] != 0 || got[i] <= 0 && slices.Contains([]string{"poisson", "gamma", "tweedie"}, l.Name()) {
				t.Fatalf("%s predicts %v", l.Name(), got[i])
			}
		}
		if !(after < before) {
			t.Errorf("%s: the loss was %v and is %v", l.Name(), before, after)
		}
		if q, ok := l.(loss.Leafwise); ok {
			if share := float64(below) / float64(len(y)); math.Abs(share-q.Quantile()) > 0.12 {
				t.Errorf("%s: %v of the targets are below the prediction, want %v", l.Name(), share, q.Quantile())
			}
		}
	}
}

// One tree on the absolute loss predicts the median of each leaf, weighted where rows weigh.
func TestLeavesAreRenewed(t *testing.T) {
	x := &dataset.Matrix{Rows: 9, Features: make([]dataset.Feature, 1), Cols: [][]float32{{0, 0, 0, 0, 0, 1, 1, 1, 1}}}
	y := dataset.Target{Problem: sadi.RegressionValue, Y: []float64{1, 2, 4, 30, 90, 500, 600, 700, 1e6}}
	o := plain(1)
	o.LearningRate, o.Loss, o.MaxDepth, o.Lambda = 1, loss.Absolute{}, 1, 0
	for _, c := range []struct {
		weights   []float64
		low, high float64
	}{{nil, 4, 650}, {[]float64{1, 1, 1, 1, 5, 1, 1, 1, 4}, 90, 1e6}} {
		got := make([]float64, 9)
		if err := fitBooster(t, dataset.Set{X: x, Y: y, Weights: c.weights}, o).Predict(got, x); err != nil {
			t.Fatal(err)
		}
		if math.Abs(got[0]-c.low) > 1e-4 || math.Abs(got[8]-c.high) > 1e-1 {
			t.Errorf("got %v and %v, want %v and %v", got[0], got[8], c.low, c.high)
		}
	}
	o.Monotone = []int8{1}
	if _, err := Boost(context.Background(), model.Train{Set: dataset.Set{X: x, Y: y}, Stream: rng.New(1)}, o); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("monotone constraints on the absolute loss: got %v", err)
	}
}

// Goss keeps the share that it is to keep, the largest gradients among them, and the others stand for all.
func TestGoss(t *testing.T) {
	set := big(sadi.Multiclass)
	n := set.X.Rows
	b := &booster{BoostOptions: BoostOptions{LearningRate: 0.5, Goss: &Goss{Top: 0.1, Other: 0.2}}, Train: model.Train{Set: set, Stream: rng.New(1)}}
	b.ensemble.Outputs = 3
	b.g, b.h = make([]float32, 3*n), make([]float32, 3*n)
	r := rng.New(2).Rand()
	sum := 0.0
	for i := range b.g {
		b.g[i], b.h[i] = float32(r.NormFloat64()), float32(r.Float64())
		sum += float64(b.h[i])
	}
	g, h := slices.Clone(b.g), slices.Clone(b.h)
	b.keepRows(1)
	if b.kept != nil {
		t.Fatal("rows are dropped in the first rounds")
	}
	b.keepRows(2)
	kept, least, most, estimate := 0, math.Inf(1), 0.0, 0.0
	for i := range n {
		size := 0.0
		for o := 3 * i; o < 3*i+3; o++ {
			size += math.Abs(float64(g[o]) * float64(h[o]))
			if b.kept[i] {
				estimate += float64(b.h[o])
			}
		}
		switch {
		case !b.kept[i]:
			most = max(most, size)
		case b.g[3*i] == g[3*i]:
			least = min(least, size)
		case b.g[3*i] != g[3*i]*4.5:
			t.Fatalf("row %d is enlarged by %v, want 4.5", i, b.g[3*i]/g[3*i])
		}
		if b.kept[i] {
			kept++
		}
	}
	if kept != n*3/10 || least < most {
		t.Errorf("%d of %d rows are kept, the smallest that stays as it is has %v, the largest that goes %v", kept, n, least, most)
	}
	if math.Abs(estimate/sum-1) > 0.02 {
		t.Errorf("the rows kept stand for %v of the hessians", estimate/sum)
	}
}

func TestNthLargest(t *testing.T) {
	r := rng.New(4).Rand()
	for range 500 {
		v := make([]float64, 1+r.IntN(50))
		for i := range v {
			v[i] = float64(r.IntN(20))
		}
		sorted := slices.Clone(v)
		slices.Sort(sorted)
		k := 1 + r.IntN(len(v))
		if got, want := nthLargest(slices.Clone(v), k), sorted[len(v)-k]; got != want {
			t.Fatalf("the %dth of %v is %v, want %v", k, v, got, want)
		}
	}
}

// How often trees are dropped, and which.
func TestDropout(t *testing.T) {
	weights := []float64{4, 4, 1, 1, 1, 1, 2, 2}
	for name, c := range map[string]struct {
		dart  Dart
		rates []float64 // of each tree
	}{
		"uniform":   {Dart{Rate: 0.3}, slices.Repeat([]float64{0.3}, 8)},
		"skipped":   {Dart{Rate: 0.3, Skip: 0.5}, slices.Repeat([]float64{0.15}, 8)},
		"weighted":  {Dart{Rate: 0.3, ByWeight: true}, []float64{0.6, 0.6, 0.15, 0.15, 0.15, 0.15, 0.3, 0.3}},
		"by rounds": {Dart{Rate: 0.2, ByRound: true}, slices.Repeat([]float64{0.2}, 8)},
		"one":       {Dart{Rate: 0, AtLeastOne: true}, slices.Repeat([]float64{0.125}, 8)},
		"heavy one": {Dart{Rate: 0, AtLeastOne: true, ByWeight: true}, []float64{0.25, 0.25, 0.0625, 0.0625, 0.0625, 0.0625, 0.125, 0.125}},
		"at most":   {Dart{Rate: 1, Most: 2}, []float64{0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25}},
	} {
		d := &dropout{Dart: c.dart, rate: 0.1, outputs: 2, weight: weights}
		counts := make([]int, 8)
		const times = 20_000
		for k := range uint64(times) {
			d.choose(hash(k, 1, 2))
			if m := c.dart.Most; m > 0 && len(d.dropped) > m {
				t.Fatalf("%s: %d are dropped", name, len(d.dropped))
			}
			for _, at := range d.dropped {
				counts[at]++
			}
		}
		for k, want := range c.rates {
			got := float64(counts[k]) / times
			if name == "at most" && got <= want { // those behind two that were dropped are safe
				continue
			}
			if math.Abs(got-want) > 0.015 {
				t.Errorf("%s: tree %d is dropped with chance %v, want %v", name, k, got, want)
			}
			if c.dart.ByRound && counts[k] != counts[k&^1] {
				t.Errorf("%s: the trees of a round are not dropped together", name)
			}
		}
	}
}

// asking counts how often a fit asks whether it is to end, and ends it at a given question.
type asking struct {
	context.Context
	cancel context.CancelCauseFunc
	asked  atomic.Int64
	limit  int64
}

func (a *asking) Err() error {
	if a.asked.Add(1) == a.limit {
		a.cancel(errEnough)
	}
	return a.Context.Err()
}

var errEnough = errors.New("enough")

// A fit of one tree asks many times, and ends wherever it is told to.
func TestCancelWithinATree(t *testing.T) {
	set := take(big(sadi.Binary), 20_000)
	o := plain(1)
	o.MaxDepth, o.MinRows, o.ExactRows = 8, 5, true
	fit := func(limit int64) (int64, *Booster, error) {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		a := &asking{Context: ctx, cancel: cancel, limit: limit}
		b, err := Boost(a, model.Train{Set: set, Stream: rng.New(1), Pool: par.New(2)}, o)
		return a.asked.Load(), b, err
	}
	total, b, err := fit(-1)
	if err != nil || b.Rounds() != 1 || total < 100 {
		t.Fatalf("asked %d times: %v", total, err)
	}
	for at := total / 20; at < total*9/10; at += total / 20 {
		if _, b, err := fit(at); b != nil || !errors.Is(err, errEnough) {
			t.Errorf("ended at question %d of %d: got a model %v and %v", at, total, b != nil, err)
		}
	}
}

// A model of version 1 had no shape of the loss.
func TestDecodeVersion1(t *testing.T) {
	b := fitBooster(t, mixed(100), plain(2))
	var w codec.Writer
	w.U8(1)
	w.String("softmax")
	b.Ensemble.Encode(&w)
	r := codec.NewReader(w.Bytes())
	got, err := DecodeBooster(r)
	if err != nil || r.Done() != nil {
		t.Fatal(err, r.Done())
	}
	if bytesOf(got.(*Booster)) != bytesOf(b) {
		t.Error("it reads as another model")
	}
}

// The loss comes back with its shape.
func TestDecodeKeepsTheLoss(t *testing.T) {
	set := take(big(sadi.RegressionValue), 200)
	o := plain(2)
	o.Loss = loss.Quantile{Alpha: 0.8}
	b := fitBooster(t, set, o)
	r := codec.NewReader([]byte(bytesOf(b)))
	got, err := DecodeBooster(r)
	if err != nil || r.Done() != nil {
		t.Fatal(err, r.Done())
	}
	if l := got.(*Booster).Loss(); l != o.Loss {
		t.Errorf("got %v, want %v", l, o.Loss)
	}
}

// Counting rows, sampling by gradients, dropping trees and renewing leaves give the same bytes for any threads, on work
// big enough to be cut into parts.
func TestThreadsDoNotShowInOptions(t *testing.T) {
	counted := plain(2)
	counted.MinRows, counted.ExactRows, counted.PathSmooth = 40, true, 3
	counted.Monotone = []int8{0, 1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	sampled := plain(4)
	sampled.LearningRate, sampled.Goss, sampled.Dart = 0.5, &Goss{Top: 0.1, Other: 0.1}, &Dart{Rate: 0.6, AtLeastOne: true}
	absolute := plain(2)
	absolute.Loss = loss.Absolute{}
	for _, c := range []struct {
		problem sadi.Problem
		o       BoostOptions
	}{{sadi.Binary, counted}, {sadi.Multiclass, sampled}, {sadi.RegressionValue, absolute}} {
		set, want := big(c.problem), ""
		for _, width := range []int{1, 2, 8} {
			x := &dataset.Matrix{Rows: set.X.Rows, Features: set.X.Features, Cols: set.X.Cols} // bins made anew
			b, err := Boost(context.Background(), model.Train{Set: dataset.Set{X: x, Y: set.Y}, Stream: rng.New(1), Pool: par.New(width)}, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = bytesOf(b)
			}
			if bytesOf(b) != want {
				t.Errorf("%s: %d threads give other bytes than 1", c.problem, width)
			}
		}
	}
}
