// Package par runs independent pieces of work on a bounded number of goroutines that all levels of a job share.
//
// A Pool of n lets at most n goroutines compute at a time, however deeply For is nested: the caller always works
// itself and borrows further workers only while some are free. Nothing here decides a result: callers write each
// piece's output to its own place and combine in index order.
package par

import (
	"context"
	"sync"
	"sync/atomic"
)

// Pool is a bound on concurrent work. The nil Pool runs everything on the caller.
type Pool struct {
	free  chan struct{} // a token for each worker beyond the caller
	width int
}

// New makes a pool for n goroutines in all, the caller included; n < 1 counts as 1.
func New(n int) *Pool {
	n = max(n, 1)
	p := &Pool{free: make(chan struct{}, n), width: n}
	for range n - 1 {
		p.free <- struct{}{}
	}
	return p
}

// Width is the number of goroutines that may compute at a time.
func (p *Pool) Width() int {
	if p == nil {
		return 1
	}
	return p.width
}

// For calls fn(i) once for each i in [0, n), in any order and possibly at the same time, and returns when all calls
// have returned. Once ctx is done no further call starts, and the cause of ctx is returned. A panic of fn is passed on
// to the caller after the other workers have stopped.
func (p *Pool) For(ctx context.Context, n int, fn func(i int)) error {
	var next atomic.Int64
	var once sync.Once
	var failure any
	var failed atomic.Bool
	work := func() {
		defer func() {
			if r := recover(); r != nil {
				once.Do(func() { failure = r })
				failed.Store(true)
			}
		}()
		for ctx.Err() == nil && !failed.Load() {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			fn(i)
		}
	}
	var wg sync.WaitGroup
	if p != nil {
	borrow:
		for range min(n, p.width) - 1 {
			select {
			case <-p.free:
				wg.Go(func() {
					defer func() { p.free <- struct{}{} }()
					work()
				})
			default:
				break borrow
			}
		}
	}
	work()
	wg.Wait()
	if failed.Load() {
		panic(failure)
	}
	return context.Cause(ctx)
}

// Idle gives the caller's place to others while wait blocks, and takes a place back before it returns. wait must not
// compute.
func (p *Pool) Idle(wait func()) {
	if p == nil {
		wait()
		return
	}
	p.free <- struct{}{}
	wait()
	<-p.free
}
