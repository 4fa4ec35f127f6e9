package tree

import (
	"context"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// fitAll fits one of each kind of model on a binary problem.
func fitAll(t *testing.T, x *dataset.Matrix, y []float64) []model.Fitted {
	t.Helper()
	train := model.Train{Set: dataset.Set{X: x, Y: dataset.Target{Problem: sadi.Binary, Y: y, Classes: 2}}, Stream: rng.New(1)}
	b, err := Boost(context.Background(), train, plain(20))
	if err != nil {
		t.Fatal(err)
	}
	f, err := GrowForest(context.Background(), train, ForestOptions{Trees: 10, CartOptions: CartOptions{Criterion: Gini}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := GrowSingle(context.Background(), train, CartOptions{Criterion: Gini})
	if err != nil {
		t.Fatal(err)
	}
	return []model.Fitted{b, f, s}
}

func plain(rounds int) BoostOptions {
	return BoostOptions{Rounds: rounds, LearningRate: 0.3, MaxBin: 255,
		GrowOptions: GrowOptions{MaxDepth: 6, Lambda: 1, MinChildWeight: 1, MaxCatToOneHot: 4}}
}

// big is enough rows that every stage cuts its work into parts.
func big(problem sadi.Problem) dataset.Set {
	const n, d = 40_000, 12
	r := rng.New(2).Rand()
	x := &dataset.Matrix{Rows: n}
	for j := range d {
		col := make([]float32, n)
		for i := range col {
			col[i] = float32(r.NormFloat64())
			if j%4 == 3 {
				col[i] = float32(r.IntN(9))
			}
			if j%5 == 0 && r.IntN(8) == 0 {
				col[i] = float32(math.NaN())
			}
		}
		f := dataset.Feature{}
		if j == 7 {
			f.Levels = 9
		}
		x.Cols, x.Features = append(x.Cols, col), append(x.Features, f)
	}
	y := dataset.Target{Problem: problem, Y: make([]float64, n)}
	for i := range y.Y {
		z := float64(x.Cols[1][i]*x.Cols[2][i]) + math.Sin(float64(x.Cols[3][i])) + r.NormFloat64()
		switch problem {
		case sadi.Binary:
			y.Classes = 2
			if z > 0 {
				y.Y[i] = 1
			}
		case sadi.Multiclass:
			y.Classes = 3
			y.Y[i] = float64(min(max(int(z+1.5), 0), 2))
		default:
			y.Y[i] = z
		}
	}
	return dataset.Set{X: x, Y: y}
}

// The bytes of a model do not depend on the threads, on work big enough to be cut into parts.
func TestThreadsDoNotShow(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		set := big(problem)
		options := plain(2)
		options.Subsample, options.ColumnsByTree, options.ColumnsByLevel, options.ColumnsByNode = 0.7, 0.8, 0.8, 0.8
		lossguide := plain(2)
		lossguide.LossGuide, lossguide.MaxDepth, lossguide.MaxLeaves, lossguide.RandomThresholds = true, 0, 20, true
		for _, o := range []BoostOptions{options, lossguide} {
			var want []byte
			for _, width := range []int{1, 2, 8} {
				x := &dataset.Matrix{Rows: set.X.Rows, Features: set.X.Features, Cols: set.X.Cols} // bins made anew
				b, err := Boost(context.Background(), model.Train{Set: dataset.Set{X: x, Y: set.Y}, Stream: rng.New(1), Pool: par.New(width)}, o)
				if err != nil {
					t.Fatal(err)
				}
				var w codec.Writer
				b.Encode(&w)
				if want == nil {
					want = w.Bytes()
				}
				if !slices.Equal(w.Bytes(), want) {
					t.Errorf("%s: %d threads give other bytes than 1", problem, width)
				}
			}
		}
	}
}

// A histogram that may not be kept is counted again, and a small node does without: with the same result.
func TestWaysToASplitAgree(t *testing.T) {
	set := big(sadi.Binary)
	b := BinsOf(set.X, 255, nil)
	grow := func(keep, rowCost int) []node {
		o := plain(1).GrowOptions
		o.MaxDepth = 7
		g := newGrower(b, o, nil)
		g.keep, g.rowCost = keep, rowCost
		r := rng.New(4).Rand()
		p := pairs{g: make([]float32, b.Rows), h: make([]float32, b.Rows), stride: 1, factor: 1}
		for i := range p.g {
			p.g[i], p.h[i] = float32(set.Y.Y[i]-0.5+0.1*r.NormFloat64()), 0.25
		}
		fix, err := newFixed(context.Background(), nil, p)
		if err != nil {
			t.Fatal(err)
		}
		if err := fix.pack(context.Background(), nil, g.packed, p); err != nil {
			t.Fatal(err)
		}
		columns := make([]int32, len(b.Columns))
		for j := range columns {
			columns[j] = int32(j)
		}
		if err := g.grow(context.Background(), drawRows(nil, g.idx, 1, 0), b.Tiles(nil), columns, fix, 1); err != nil {
			t.Fatal(err)
		}
		return g.nodes
	}
	// The nodes may come in other groups and so in another order; level by level they are the same.
	order := func(nodes []node) (splits []split) {
		eachInOrder(nodes, func(n int32) { splits = append(splits, nodes[n].split) })
		return splits
	}
	want := order(grow(0, 1<<30))
	if len(want) < 50 {
		t.Fatalf("only %d nodes", len(want))
	}
	for name, nodes := range map[string][]node{
		"little memory":     grow(4, 1<<30),
		"small nodes":       grow(0, 3),
		"never a histogram": grow(0, 0),
	} {
		if !slices.Equal(order(nodes), want) {
			t.Errorf("%s changes the splits", name)
		}
	}
}

// The first rounds of a fit are those of a shorter one.
func TestRoundsAreAPrefix(t *testing.T) {
	set := mixed(300)
	o := plain(9)
	o.Subsample, o.ColumnsByTree = 0.6, 0.7
	fit := func(train model.Train, o BoostOptions) *Booster {
		t.Helper()
		train.Set, train.Stream = set, rng.New(1)
		b, err := Boost(context.Background(), train, o)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	long := fit(model.Train{}, o)
	for name, short := range map[string]*Booster{
		"Train.Rounds":  fit(model.Train{Rounds: 4}, o),
		"Train.Proceed": fit(model.Train{Proceed: func(r int) bool { return r < 4 }}, o),
	} {
		if short.Rounds() != 4 {
			t.Errorf("%s: got %d rounds, want 4", name, short.Rounds())
		}
		long.Trees = long.Trees[:4*3]
		var a, b codec.Writer
		long.Encode(&a)
		short.Encode(&b)
		if string(a.Bytes()) != string(b.Bytes()) {
			t.Errorf("%s: 4 rounds differ from the first 4 of 9", name)
		}
	}
}

func TestPatience(t *testing.T) {
	o := BoostOptions{Patience: AdaptivePatience}
	for _, c := range []struct{ rows, best, want int }{
		{500, 10, 300}, {10_000, 0, 300}, {20_000, 0, 150}, {100_000, 5, 30}, {150_000, 0, 20}, {1_000_000, 400, 140}, {1_000, 2000, 620},
	} {
		if got := o.patience(c.rows, c.best); got != c.want {
			t.Errorf("patience of %d rows after round %d is %d, want %d", c.rows, c.best, got, c.want)
		}
	}
}

// Training loss does not rise with the rounds, whatever the growth.
func TestTrainingLossFalls(t *testing.T) {
	set := mixed(400)
	for name, change := range map[string]func(*BoostOptions){
		"depth-wise": func(*BoostOptions) {},
		"leaf-wise":  func(o *BoostOptions) { o.LossGuide, o.MaxDepth, o.MaxLeaves = true, 0, 9 },
		"max leaves": func(o *BoostOptions) { o.MaxLeaves = 5 },
		"alpha":      func(o *BoostOptions) { o.Alpha = 2 },
		"step":       func(o *BoostOptions) { o.MaxDeltaStep = 0.5 },
		"random":     func(o *BoostOptions) { o.RandomThresholds = true },
	} {
		o := plain(15)
		change(&o)
		b, err := Boost(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
		if err != nil {
			t.Fatal(err)
		}
		trees := b.Trees
		last := math.Inf(1)
		for k := 1; k <= 15; k++ {
			b.Trees = trees[:3*k]
			raw := make([]float64, 3*set.X.Rows)
			b.Sum(raw, set.X)
			sum := 0.0
			for i, y := range set.Y.Y {
				sum += b.loss.Value(y, raw[3*i:3*i+3])
			}
			if sum > last {
				t.Errorf("%s: the loss rises from %v to %v in round %d", name, last, sum, k)
			}
			last = sum
		}
		for k := range trees {
			leaves := 0
			for i := range trees[k].Nodes {
				if trees[k].Nodes[i].Feature < 0 {
					leaves++
				}
			}
			if o.MaxLeaves > 0 && leaves > o.MaxLeaves {
				t.Errorf("%s: tree %d has %d leaves", name, k, leaves)
			}
		}
	}
}

// Walking eight rows side by side, one row, and columns are the same walk.
func TestWalksAgree(t *testing.T) {
	set := mixed(203)
	f, err := GrowForest(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, ForestOptions{Trees: 5, Bootstrap: true, CartOptions: CartOptions{Criterion: Gini}})
	if err != nil {
		t.Fatal(err)
	}
	d := len(set.X.Cols)
	buf := make([]float32, set.X.Rows*d)
	transpose(buf, set.X.Cols, 0, set.X.Rows)
	for k := range f.Trees {
		tr := &f.Trees[k]
		for i := 0; i+lanes <= set.X.Rows; i += lanes {
			var leaf [lanes]int32
			tr.leaves(buf[i*d:(i+lanes)*d], d, &leaf)
			for l, got := range leaf {
				row := buf[(i+l)*d : (i+l+1)*d]
				if a, b := tr.Leaf(row), tr.leafAt(set.X.Cols, i+l); int(got) != a || a != b {
					t.Fatalf("tree %d, row %d: leaves %d, %d and %d", k, i+l, got, a, b)
				}
			}
		}
	}
}
