package dataset

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"sadi"
)

func TestMemoBuildsOnce(t *testing.T) {
	m := &Matrix{}
	var builds atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got := m.Memo("a", func() any { builds.Add(1); return "value of a" }); got != "value of a" {
				t.Errorf("got %v", got)
			}
		})
	}
	wg.Wait()
	if got := builds.Load(); got != 1 {
		t.Errorf("built %d times", got)
	}
	if got := m.Memo("b", func() any { return m.Memo("a", nil).(string) + " in b" }); got != "value of a in b" {
		t.Errorf("nested: got %v", got)
	}
	if got := (&Matrix{}).Memo("a", func() any { return 2 }); got != 2 {
		t.Errorf("another matrix: got %v", got)
	}
	if got := m.Memo("nil", func() any { return nil }); got != nil {
		t.Errorf("got %v, want nil", got)
	}
}

// TestMemoAfterPanic: a build that panicked leaves no value behind for the next caller to trip over.
func TestMemoAfterPanic(t *testing.T) {
	m := &Matrix{}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		m.Memo("a", func() any { panic("broken") })
	}()
	if got := m.Memo("a", func() any { return 1 }); got != 1 {
		t.Errorf("got %v, want 1", got)
	}
}

func TestTarget(t *testing.T) {
	for _, c := range []struct {
		target Target
		want   int
	}{
		{Target{Problem: sadi.RegressionValue}, 1},
		{Target{Problem: sadi.Binary, Classes: 2}, 1},
		{Target{Problem: sadi.Multiclass, Classes: 2}, 2},
		{Target{Problem: sadi.Multiclass, Classes: 5}, 5},
	} {
		if got := c.target.Outputs(); got != c.want {
			t.Errorf("%+v: %d outputs, want %d", c.target, got, c.want)
		}
	}
	all := Target{Problem: sadi.Multiclass, Y: []float64{0, 1, 2}, Classes: 3}
	got := all.Take([]int{2, 0, 2})
	if !slices.Equal(got.Y, []float64{2, 0, 2}) || got.Classes != 3 || got.Problem != sadi.Multiclass {
		t.Errorf("taken: %+v", got)
	}
	got.Y[0] = 7
	if all.Y[2] != 2 {
		t.Error("what is taken shares its values")
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[Input]string{Dense: "dense", Trees: "trees", Encoded: "encoded"} {
		if got := in.String(); got != want {
			t.Errorf("got %q, want %q: the names stand in model files", got, want)
		}
	}
	if (Feature{}).Categorical() || !(Feature{Levels: 1}).Categorical() {
		t.Error("a feature is a category if it has levels")
	}
}
