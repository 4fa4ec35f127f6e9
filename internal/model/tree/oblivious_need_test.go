package tree

import (
	"context"
	"runtime"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// What a fit of oblivious trees holds while it learns is not above its estimate, nor far below; with categories, how many
// combinations will compete can not be known.
func TestObliviousNeed(t *testing.T) {
	for name, c := range map[string]struct {
		problem    sadi.Problem
		categories int
		o          ObliviousOptions
		far        int64 // how far the estimate may be above
	}{
		"numbers":    {sadi.Binary, 0, ObliviousOptions{Rounds: 20, Depth: 6, MaxBin: 255, Bootstrap: MVSBootstrap, Subsample: 0.8}, 6},
		"deep":       {sadi.RegressionValue, 0, ObliviousOptions{Rounds: 10, Depth: 12, MaxBin: 255}, 10}, // which leaves have histograms, depends on their sizes
		"multiclass": {sadi.Multiclass, 0, ObliviousOptions{Rounds: 10, Depth: 6, MaxBin: 255, Bootstrap: BayesianBootstrap, Temperature: 1}, 6},
		"ordered":    {sadi.Binary, 0, ObliviousOptions{Rounds: 10, Depth: 6, MaxBin: 255, Ordered: true, Permutations: 3}, 6},
		"categories": {sadi.Binary, 4, ObliviousOptions{Rounds: 20, Depth: 6, MaxBin: 255, MaxOneHot: 2, MaxCombination: 2, Permutations: 3}, 8},
		"alone":      {sadi.Multiclass, 3, ObliviousOptions{Rounds: 10, Depth: 4, MaxBin: 255, MaxOneHot: 2, MaxCombination: 1, Permutations: 3}, 8},
	} {
		set := big(c.problem)
		x := &dataset.Matrix{Rows: set.X.Rows}
		r := rng.New(5).Rand()
		for j, col := range set.X.Cols {
			f := dataset.Feature{Name: set.X.Features[j].Name}
			if j < c.categories {
				f.Levels = 40
				col = make([]float32, x.Rows)
				for i := range col {
					col[i] = float32(r.IntN(40))
				}
			}
			x.Features, x.Cols = append(x.Features, f), append(x.Cols, col)
		}
		set.X = x
		c.o.LearningRate, c.o.L2, c.o.Cosine = 0.3, 3, true
		need := c.o.Need(model.Shape{Rows: x.Rows, Columns: len(x.Cols), Categories: c.categories, Outputs: set.Y.Outputs(), Threads: 1})
		live := func() int64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before, most := live(), int64(0)
		train := model.Train{Set: set, Stream: rng.New(1), Proceed: func(int) bool { most = max(most, live()); return true }}
		if _, err := BoostOblivious(context.Background(), train, c.o); err != nil {
			t.Fatal(err)
		}
		held := most - before
		t.Logf("%s: %d kB are held, the estimate is %d kB", name, held>>10, need.Memory>>10)
		if held > need.Memory || held < need.Memory/c.far {
			t.Errorf("%s: %d bytes are held, the estimate is %d", name, held, need.Memory)
		}
		if need.Rounds != c.o.Rounds {
			t.Errorf("%s: %d rounds, want %d", name, need.Rounds, c.o.Rounds)
		}
	}
}
