package tree

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/isa"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew: models of earlier versions can then no longer be made again")

// vector is what a fit leaves: the SHA-256 of the model as it is written and of its predictions, which every
// architecture has to give.
type vector struct {
	Model       string `json:"model"`
	Predictions string `json:"predictions"`
}

// vectorSet is a table with every kind of column: spread out and tied numbers, few and many categories, some missing.
func vectorSet(problem sadi.Problem, weighted bool) dataset.Set {
	const n, d = 3000, 14
	r := rng.New(21).Rand()
	x := &dataset.Matrix{Rows: n}
	score := make([]float64, n)
	for j := range d {
		var f dataset.Feature
		switch j {
		case 4, 5:
			f.Levels = 7
		case 6:
			f.Levels = 90
		}
		col := make([]float32, n)
		for i := range col {
			switch {
			case f.Levels > 0:
				col[i] = float32(r.IntN(f.Levels))
				score[i] += 0.2 * float64(int(col[i])*5%7)
			case j < 4:
				col[i] = float32(rng.Normal(r))
				score[i] += float64(0.5*float64(col[i])) + float64(0.3*float64(col[i])*float64(col[i]))
			default:
				col[i] = float32(r.IntN(2 + j%4))
				score[i] += float64(0.1 * float64(j-9) * float64(col[i]))
			}
			if j%3 == 0 && r.IntN(6) == 0 {
				col[i] = float32(math.NaN())
			}
		}
		x.Features, x.Cols = append(x.Features, f), append(x.Cols, col)
	}
	y := make([]float64, n)
	for i, v := range score {
		v += rng.Normal(r)
		switch problem {
		case sadi.Binary:
			if v > 1.5 {
				y[i] = 1
			}
		case sadi.Multiclass:
			y[i] = math.Floor(min(max(v, 0), 3))
		default:
			y[i] = math.Floor(8*max(v, 0)) / 8
		}
	}
	set := dataset.Set{X: x, Y: dataset.Target{Problem: problem, Y: y, Classes: map[sadi.Problem]int{sadi.Binary: 2, sadi.Multiclass: 4}[problem]}}
	if weighted {
		for range n {
			set.Weights = append(set.Weights, r.Float64()*3)
		}
	}
	return set
}

// vectorFits are small fits of every kind.
var vectorFits = []struct {
	name     string
	problem  sadi.Problem
	weighted bool
	fit      func(model.Train) (model.Fitted, error)
}{
	{"depth-wise", sadi.Binary, false, boosted(plain(6))},
	{"depth-wise classes", sadi.Multiclass, true, boosted(plain(4))},
	{"leaf-wise", sadi.Binary, true, boosted(boostWith(func(o *BoostOptions) {
		o.LossGuide, o.MaxDepth, o.MaxLeaves, o.WideThresholds = true, 0, 63, true
	}))},
	{"sampled", sadi.Binary, false, boosted(boostWith(func(o *BoostOptions) {
		o.Subsample, o.ColumnsByTree, o.ColumnsByNode, o.Alpha, o.MaxDeltaStep = 0.6, 0.7, 0.8, 0.5, 0.9
	}))},
	{"goss", sadi.Multiclass, false, boosted(boostWith(func(o *BoostOptions) { o.Goss = &Goss{Top: 0.2, Other: 0.2} }))},
	{"dart", sadi.Binary, false, boosted(boostWith(func(o *BoostOptions) { o.Dart = &Dart{Rate: 0.4} }))},
	{"squared", sadi.RegressionValue, true, boosted(boostOn(loss.Squared{}))},
	{"quantile", sadi.RegressionValue, false, boosted(boostOn(loss.Quantile{Alpha: 0.8}))},
	{"absolute", sadi.RegressionValue, true, boosted(boostOn(loss.Absolute{}))},
	{"huber", sadi.RegressionValue, false, boosted(boostOn(loss.Huber{}))},
	{"pseudo-huber", sadi.RegressionValue, false, boosted(boostOn(loss.PseudoHuber{}))},
	{"poisson", sadi.RegressionValue, true, boosted(boostOn(loss.Poisson{Step: 0.7}))},
	{"tweedie", sadi.RegressionValue, false, boosted(boostOn(loss.Tweedie{}))},
	{"forest", sadi.Binary, false, forested(ForestOptions{Bootstrap: true, CartOptions: CartOptions{Criterion: Gini}})},
	{"random thresholds", sadi.Multiclass, true, forested(ForestOptions{CartOptions: CartOptions{Criterion: Entropy, RandomThresholds: true}})},
	{"forest of numbers", sadi.RegressionValue, true, forested(ForestOptions{Bootstrap: true, FeatureShare: 0.5, CartOptions: CartOptions{MinSamplesLeaf: 3}})},
	{"oblivious", sadi.Binary, false, symmetrical(ObliviousOptions{Rounds: 5, Depth: 5, L2: 3, Cosine: true, RandomStrength: 1, Bootstrap: MVSBootstrap,
		Subsample: 0.8, MaxBin: 254, MaxOneHot: 2, MaxCombination: 2, Permutations: 2, LeafSteps: 1})},
	{"oblivious classes", sadi.Multiclass, true, symmetrical(ObliviousOptions{Rounds: 4, LearningRate: 0.2, Depth: 4, L2: 3, Cosine: true,
		RandomStrength: 1, Bootstrap: BayesianBootstrap, Temperature: 0.7, MaxBin: 128, MaxOneHot: 10, MaxCombination: 1, Permutations: 1, LeafSteps: 2})},
	{"oblivious numbers", sadi.RegressionValue, false, symmetrical(ObliviousOptions{Rounds: 5, LearningRate: 0.2, Depth: 4, L2: 3, MaxBin: 64,
		MaxOneHot: 10, MaxCombination: 1, Permutations: 2, LeafSteps: 1, Ordered: true})},
}

func boostWith(change func(*BoostOptions)) BoostOptions {
	o := plain(6)
	change(&o)
	return o
}

func boostOn(l loss.Loss) BoostOptions { return boostWith(func(o *BoostOptions) { o.Loss = l }) }

func boosted(o BoostOptions) func(model.Train) (model.Fitted, error) {
	return func(t model.Train) (model.Fitted, error) { return Boost(context.Background(), t, o) }
}

func forested(o ForestOptions) func(model.Train) (model.Fitted, error) {
	o.Trees = 4
	return func(t model.Train) (model.Fitted, error) { return GrowForest(context.Background(), t, o) }
}

func symmetrical(o ObliviousOptions) func(model.Train) (model.Fitted, error) {
	return func(t model.Train) (model.Fitted, error) { return BoostOblivious(context.Background(), t, o) }
}

// vectorOf fits and predicts.
func vectorOf(t *testing.T, set dataset.Set, fit func(model.Train) (model.Fitted, error)) vector {
	t.Helper()
	f, err := fit(model.Train{Set: set, Stream: rng.New(5), Pool: par.New(2)})
	if err != nil {
		t.Fatal(err)
	}
	var w codec.Writer
	f.Encode(&w)
	dst := make([]float64, set.X.Rows*f.Outputs())
	if err := f.Predict(dst, set.X); err != nil {
		t.Fatal(err)
	}
	var b []byte
	for _, v := range dst {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	hash := func(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }
	return vector{hash(w.Bytes()), hash(b)}
}

// The bits of each model are those of testdata/vectors.json, with every kind of instructions and on every architecture:
// continuous integration runs this test on amd64 and, emulated, on arm64. The file is made by
//
//	go test ./internal/model/tree -run TestVectors -update
func TestVectors(t *testing.T) {
	const file = "testdata/vectors.json"
	want := map[string]vector{}
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &want)
	}
	if err != nil && !*update {
		t.Fatal(err)
	}
	got := map[string]vector{}
	for _, c := range vectorFits {
		t.Run(c.name, func(t *testing.T) {
			eachInstructions(t, func(kind isa.Level) {
				v := vectorOf(t, vectorSet(c.problem, c.weighted), c.fit)
				if got[c.name] = v; v != want[c.name] && !*update {
					t.Errorf("instructions %s: got %+v, want %+v", kind, v, want[c.name])
				}
			})
		})
	}
	if *update {
		raw, err := json.MarshalIndent(got, "", "  ")
		if err == nil {
			err = os.WriteFile(file, append(raw, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
