package tree

import (
	"context"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

func fitBooster(t *testing.T, set dataset.Set, o BoostOptions) *Booster {
	t.Helper()
	b, err := Boost(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// growths are ways to grow that constraints have to hold for.
func growths() map[string]BoostOptions {
	deep := plain(12)
	guided := plain(12)
	guided.LossGuide, guided.MaxDepth, guided.MaxLeaves, guided.WideThresholds = true, 0, 14, true
	smooth := guided
	smooth.PathSmooth, smooth.Alpha, smooth.MaxDeltaStep = 3, 0.5, 0.8
	random := guided
	random.RandomThresholds, random.Subsample = true, 0.7
	return map[string]BoostOptions{"deep": deep, "guided": guided, "smooth": smooth, "random": random}
}

// Raising a constrained feature never moves a raw score the wrong way, whatever the other features are.
func TestMonotone(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		set := take(big(problem), 900)
		for name, o := range growths() {
			o.Monotone = make([]int8, len(set.X.Cols))
			o.Monotone[1], o.Monotone[2], o.Monotone[3] = 1, -1, 1
			b := fitBooster(t, set, o)
			k := b.Outputs()
			for feature, direction := range o.Monotone {
				if direction == 0 {
					continue
				}
				for i := 0; i < 900; i += 9 {
					const steps = 41
					grid := &dataset.Matrix{Rows: steps, Features: set.X.Features}
					for j, col := range set.X.Cols {
						grid.Cols = append(grid.Cols, slices.Repeat(col[i:i+1], steps))
						if j == feature {
							for s := range steps {
								grid.Cols[j][s] = -4 + 8*float32(s)/(steps-1)*1.5
							}
						}
					}
					raw := make([]float64, steps*k)
					b.Sum(raw, grid)
					for at := k; at < len(raw); at++ {
						if step := raw[at] - raw[at-k]; step*float64(direction) < 0 {
							t.Fatalf("%s, %s: feature %d of row %d: a step of %v against the direction %d", problem, name, feature, i, step, direction)
						}
					}
				}
			}
			if imp := b.Importance(); imp[1]+imp[2]+imp[3] == 0 {
				t.Errorf("%s, %s: the constrained features are not used", problem, name)
			}
		}
	}
}

func take(s dataset.Set, n int) dataset.Set {
	x := &dataset.Matrix{Rows: n, Features: s.X.Features}
	for _, col := range s.X.Cols {
		x.Cols = append(x.Cols, col[:n])
	}
	s.X, s.Y.Y = x, s.Y.Y[:n]
	return s
}

// The features of every path are together in one of the sets.
func TestTogether(t *testing.T) {
	set := take(big(sadi.Binary), 1500)
	for name, o := range growths() {
		o.Together = WithSingles([][]int32{{1, 2}, {2, 3, 7}, {4, 5, 6}}, len(set.X.Cols))
		b := fitBooster(t, set, o)
		deepest := 0
		for k := range b.Trees {
			var walk func(n int32, path []int32)
			walk = func(n int32, path []int32) {
				nd := b.Trees[k].Nodes[n]
				if nd.Feature < 0 {
					return
				}
				if !slices.Contains(path, nd.Feature) {
					path = append(slices.Clone(path), nd.Feature)
				}
				deepest = max(deepest, len(path))
				if !slices.ContainsFunc(o.Together, func(s []int32) bool {
					return !slices.ContainsFunc(path, func(f int32) bool { return !slices.Contains(s, f) })
				}) {
					t.Fatalf("%s: a path has the features %v", name, path)
				}
				walk(nd.Left, path)
				walk(nd.Left+1, path)
			}
			walk(0, nil)
		}
		if deepest < 2 {
			t.Errorf("%s: no path has two features", name)
		}
	}
}

// A counted leaf has the rows that it must have, whatever their weights; an estimated one has where hessians are equal.
func TestMinRows(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		set := take(big(problem), 1200)
		for name, o := range growths() {
			if name == "random" {
				o.Subsample = 1 // the rows that a tree has learned from are not known here
			}
			o.MinRows, o.WideThresholds = 25, true // other thresholds may part rows of weight 0 as no bin does
			for _, weighted := range []bool{true, false} {
				set.Weights = nil
				if weighted {
					r := rng.New(9).Rand()
					for range set.X.Rows {
						set.Weights = append(set.Weights, float64(r.IntN(4)))
					}
				}
				o.ExactRows = weighted || problem != sadi.RegressionValue
				b := fitBooster(t, set, o)
				leaves := 0
				for k := range b.Trees {
					counts := make([]int, len(b.Trees[k].Values))
					for i := range set.X.Rows {
						counts[b.Trees[k].leafAt(set.X.Cols, i)]++
					}
					leaves += len(counts)
					if len(counts) > 1 && slices.Min(counts) < o.MinRows {
						t.Fatalf("%s, %s, weighted %v: tree %d has a leaf of %d rows", problem, name, weighted, k, slices.Min(counts))
					}
				}
				if leaves < 3*len(b.Trees) {
					t.Errorf("%s, %s, weighted %v: only %d leaves", problem, name, weighted, leaves)
				}
			}
		}
	}
}

// With and without histograms the rows of a split are counted alike.
func TestWaysToCountAgree(t *testing.T) {
	set := big(sadi.Binary)
	b := BinsOf(set.X, 255, nil)
	grow := func(keep, rowCost int) (splits []split) {
		o := plain(1).GrowOptions
		o.MaxDepth, o.MinRows, o.ExactRows, o.PathSmooth = 7, 300, true, 20
		o.Monotone = make([]int8, len(b.Columns))
		o.Monotone[2] = 1
		g := newGrower(b, o, nil)
		g.keep, g.rowCost = keep, rowCost
		r := rng.New(4).Rand()
		p := pairs{g: make([]float32, b.Rows), h: make([]float32, b.Rows), stride: 1, factor: 1}
		for i := range p.g {
			p.g[i], p.h[i] = float32(set.Y.Y[i]-0.5+0.1*r.NormFloat64()), float32(0.05+0.2*r.Float64())
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
		rows := drawRows(nil, g.idx, 1, 0)
		g.countBy(p)
		if !g.countRows {
			t.Fatal("the rows are not counted")
		}
		if err := g.grow(context.Background(), rows, b.Tiles(nil), columns, fix, 1); err != nil {
			t.Fatal(err)
		}
		eachInOrder(g.nodes, func(n int32) { splits = append(splits, g.nodes[n].split) })
		return splits
	}
	want := grow(0, 1<<30)
	if len(want) < 40 {
		t.Fatalf("only %d nodes", len(want))
	}
	for name, splits := range map[string][]split{"little memory": grow(4, 1<<30), "small nodes": grow(0, 3), "never a histogram": grow(0, 0)} {
		if !slices.Equal(splits, want) {
			t.Errorf("%s changes the splits", name)
		}
	}
}

// A leaf of n rows under a root of value v has (n·w + s·v) / (n + s), the closed form of LightGBM's documentation.
func TestPathSmooth(t *testing.T) {
	x := &dataset.Matrix{Rows: 10, Features: make([]dataset.Feature, 1), Cols: [][]float32{{0, 0, 0, 0, 1, 1, 1, 1, 1, 1}}}
	y := dataset.Target{Problem: sadi.RegressionValue, Y: []float64{1, 2, 3, 2, 8, 9, 10, 9, 9, 9}}
	o := plain(1)
	o.MaxDepth, o.LearningRate, o.PathSmooth, o.Lambda = 1, 1, 5, 0
	b := fitBooster(t, dataset.Set{X: x, Y: y}, o)
	mean := 6.2
	got := make([]float64, 10)
	if err := b.Predict(got, x); err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]float64{0: mean + 4.0/9*(2-mean), 9: mean + 6.0/11*(9-mean)} { // the root adds nothing to the mean
		if math.Abs(got[i]-want) > 1e-6 {
			t.Errorf("row %d: got %v, want %v", i, got[i], want)
		}
	}
}
