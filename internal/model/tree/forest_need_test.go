package tree

import (
	"context"
	"runtime"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// What a forest holds when it is learned, written and asked is not above its estimate, nor far below where chance decides the
// targets.
func TestForestNeed(t *testing.T) {
	for name, c := range map[string]struct {
		problem sadi.Problem
		o       ForestOptions
		far     int64 // how far the estimate may be above
	}{
		"binary":     {sadi.Binary, ForestOptions{Trees: 10, Bootstrap: true, CartOptions: CartOptions{Criterion: Gini}}, 3},
		"multiclass": {sadi.Multiclass, ForestOptions{Trees: 10, Bootstrap: true, CartOptions: CartOptions{Criterion: Entropy}}, 3},
		"regression": {sadi.RegressionValue, ForestOptions{Trees: 10, Bootstrap: true, OutOfBag: true}, 3},
		"leaves":     {sadi.RegressionValue, ForestOptions{Trees: 10, CartOptions: CartOptions{MinSamplesLeaf: 20, Criterion: Poisson}}, 8},
		"depth":      {sadi.Binary, ForestOptions{Trees: 40, CartOptions: CartOptions{MaxDepth: 6, Criterion: Gini}}, 8},
	} {
		set := big(c.problem)
		x := &dataset.Matrix{Rows: 10_000, Features: set.X.Features}
		for _, col := range set.X.Cols {
			x.Cols = append(x.Cols, col[:x.Rows])
		}
		set.X, set.Y.Y = x, set.Y.Y[:x.Rows]
		r := rng.New(9).Rand()
		for i := range set.Y.Y {
			if c.problem == sadi.RegressionValue {
				set.Y.Y[i] = r.Float64()
			} else {
				set.Y.Y[i] = float64(r.IntN(set.Y.Classes))
			}
		}
		need := c.o.Need(model.Shape{Rows: set.X.Rows, Columns: len(set.X.Cols), Outputs: set.Y.Outputs(), Threads: 1})
		live := func() int64 {
			runtime.GC()
			runtime.GC() // what a first one leaves in pools
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before, most := live(), int64(0)
		train := model.Train{Set: set, Stream: rng.New(1), Proceed: func(int) bool { most = max(most, live()); return true }}
		f, err := GrowForest(context.Background(), train, c.o)
		if err != nil {
			t.Fatal(err)
		}
		var w codec.Writer
		f.Encode(&w)
		if err := f.Predict(make([]float64, x.Rows*f.Outputs()), x); err != nil {
			t.Fatal(err)
		}
		held := max(most, live()) - before
		runtime.KeepAlive(f)
		runtime.KeepAlive(&w)
		runtime.KeepAlive(set)
		t.Logf("%s: %d kB are held, the estimate is %d kB", name, held>>10, need.Memory>>10)
		if held > need.Memory || held < need.Memory/c.far {
			t.Errorf("%s: %d bytes are held, the estimate is %d", name, held, need.Memory)
		}
	}
}
