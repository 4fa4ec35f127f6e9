package tree

import (
	"context"
	"runtime"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// What a fit holds while it learns is not above its estimate, nor far below.
func TestNeed(t *testing.T) {
	deep := plain(20)
	guided := plain(20)
	guided.LossGuide, guided.MaxDepth, guided.MaxLeaves, guided.MinRows, guided.ExactRows = true, 0, 31, 20, true
	absolute := guided
	absolute.Loss, absolute.ColumnsByTree = loss.Absolute{}, 0.5
	for name, c := range map[string]struct {
		problem sadi.Problem
		o       BoostOptions
	}{"deep": {sadi.Binary, deep}, "guided": {sadi.Multiclass, guided}, "absolute": {sadi.RegressionValue, absolute}} {
		set := big(c.problem)
		set.X = &dataset.Matrix{Rows: set.X.Rows, Features: set.X.Features, Cols: set.X.Cols}
		need := c.o.Need(model.Shape{Rows: set.X.Rows, Columns: len(set.X.Cols), Outputs: set.Y.Outputs(), Threads: 1})
		live := func() int64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before, most := live(), int64(0)
		train := model.Train{Set: set, Stream: rng.New(1), Proceed: func(int) bool { most = max(most, live()); return true }}
		if _, err := Boost(context.Background(), train, c.o); err != nil {
			t.Fatal(err)
		}
		if held := most - before; held > need.Memory || held < need.Memory/6 {
			t.Errorf("%s: %d bytes are held, the estimate is %d", name, held, need.Memory)
		}
		if need.Rounds != c.o.Rounds {
			t.Errorf("%s: %d rounds, want %d", name, need.Rounds, c.o.Rounds)
		}
	}
}
