package par

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
)

func TestForCallsEachOnce(t *testing.T) {
	for _, p := range []*Pool{nil, New(-3), New(1), New(2), New(8)} {
		for _, n := range []int{-1, 0, 1, 2, 7, 1000} {
			calls := make([]atomic.Int32, max(n, 0))
			if err := p.For(context.Background(), n, func(i int) { calls[i].Add(1) }); err != nil {
				t.Fatal(err)
			}
			for i := range calls {
				if got := calls[i].Load(); got != 1 {
					t.Errorf("width %d, n %d: fn(%d) is called %d times", p.Width(), n, i, got)
				}
			}
		}
	}
}

func TestWidth(t *testing.T) {
	for n, want := range map[int]int{-1: 1, 0: 1, 1: 1, 5: 5} {
		if got := New(n).Width(); got != want {
			t.Errorf("New(%d).Width(): got %d, want %d", n, got, want)
		}
	}
	if got := (*Pool)(nil).Width(); got != 1 {
		t.Errorf("the nil pool: got %d", got)
	}
}

// TestNested: however deeply For is nested, no more goroutines compute at a time than the pool is wide, and all do.
func TestNested(t *testing.T) {
	const width = 4
	p := New(width)
	var running, most, leaves atomic.Int32
	var level func(depth int)
	level = func(depth int) {
		if depth == 0 {
			now := running.Add(1)
			for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
			}
			leaves.Add(1)
			running.Add(-1)
			return
		}
		if err := p.For(context.Background(), 5, func(int) { level(depth - 1) }); err != nil {
			t.Error(err)
		}
	}
	level(4)
	if got := most.Load(); got > width {
		t.Errorf("%d at a time in a pool of %d", got, width)
	}
	if got := leaves.Load(); got != 625 {
		t.Errorf("%d leaves, want 625", got)
	}
	if got := len(p.free); got != width-1 {
		t.Errorf("%d places are free after the work, want %d", got, width-1)
	}
}

// TestParallel: the pool does use its width; width calls wait for each other.
func TestParallel(t *testing.T) {
	const width = 3
	p := New(width)
	var arrived atomic.Int32
	all := make(chan struct{})
	err := p.For(context.Background(), width, func(int) {
		if arrived.Add(1) == width {
			close(all)
		}
		<-all
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCancel(t *testing.T) {
	cause := errors.New("enough")
	for _, p := range []*Pool{nil, New(4)} {
		ctx, cancel := context.WithCancelCause(context.Background())
		var calls atomic.Int32
		err := p.For(ctx, 1_000_000, func(i int) {
			if calls.Add(1) == 10 {
				cancel(cause)
			}
		})
		if !errors.Is(err, cause) {
			t.Errorf("got %v, want the cause", err)
		}
		if got := int(calls.Load()); got < 10 || got > 10+p.Width() {
			t.Errorf("%d calls after a cancellation in the 10th", got)
		}
		before := calls.Load()
		if err := p.For(ctx, 5, func(int) { calls.Add(1) }); !errors.Is(err, cause) || calls.Load() != before {
			t.Errorf("a context that is done: error %v, %d calls", err, calls.Load()-before)
		}
	}
}

// TestPanic: a panic reaches the caller as it was, stops the rest, and leaves the pool whole.
func TestPanic(t *testing.T) {
	for _, p := range []*Pool{nil, New(4)} {
		func() {
			defer func() {
				if r := recover(); r != "broken" {
					t.Errorf("recovered %v, want the value of the panic", r)
				}
			}()
			_ = p.For(context.Background(), 1000, func(i int) {
				if i == 3 {
					panic("broken")
				}
			})
			t.Error("no panic")
		}()
		if p != nil && len(p.free) != p.width-1 {
			t.Errorf("%d places are free after a panic, want %d", len(p.free), p.width-1)
		}
	}
}

// TestIdle: while the caller waits, its place serves others.
func TestIdle(t *testing.T) {
	p := New(1)
	p.Idle(func() {
		if got := len(p.free); got != 1 {
			t.Errorf("%d places are free while the only worker waits, want 1", got)
		}
	})
	if got := len(p.free); got != 0 {
		t.Errorf("%d places are free after, want 0", got)
	}
	called := false
	(*Pool)(nil).Idle(func() { called = true })
	if !called {
		t.Error("the nil pool does not wait")
	}
}
