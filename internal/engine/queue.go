package engine

import (
	"sync"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/trial"
)

// lookahead is the number of trials that may be under way beyond the results that a proposal has seen: the n-th
// configuration is asked for with exactly the results of the trials up to n - lookahead. It is fixed, so that any
// number of workers gives the same sequence, and written into the plan.
const lookahead = 4

// slot is one trial in the queue.
type slot struct {
	index  int
	name   string
	source manifest.Source
	config trial.Config

	begun  int // folds handed out
	ended  int // folds come back
	folds  []trial.FoldResult
	costs  []cost // of each fold
	state  sadi.TrialState
	reason string // why it failed or was cut
	score  float64
}

// cost is what a fold took: seconds of one worker, and bytes of the fitted model.
type cost struct {
	learn, predict float64
	bytes          int
}

// seconds is what the trial took.
func (s *slot) seconds() float64 {
	var sum float64
	for _, c := range s.costs {
		sum += c.learn + c.predict
	}
	return sum
}

// queue hands out (trial, fold) tasks in order and gathers their results. proposals come from next, which is called for
// n = 0, 1, 2, … with the trials whose results it may see and the later ones, of which it may only see what they try;
// it returns nil when there is nothing more to try.
type queue struct {
	folds int
	next  func(n int, seen, pending []*slot) *slot
	known int // the first proposals, which need no results

	mu     sync.Mutex
	wake   *sync.Cond
	slots  []*slot
	closed bool
}

func newQueue(folds, known int, next func(n int, seen, pending []*slot) *slot) *queue {
	q := &queue{folds: folds, known: known, next: next}
	q.wake = sync.NewCond(&q.mu)
	return q
}

// take returns the next task, waiting (through idle) while none is ready but one may become so; nil at the end.
func (q *queue) take(idle func(wait func())) (s *slot, fold int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for _, s := range q.slots {
			if s.state == sadi.TrialRunning && s.begun < q.folds {
				s.begun++
				return s, s.begun - 1
			}
		}
		if !q.closed && q.ready() {
			n := len(q.slots)
			visible := max(0, n-lookahead+1)
			s := q.next(n, q.slots[:visible], q.slots[visible:])
			if s == nil {
				q.closed = true
				q.wake.Broadcast()
				continue
			}
			s.index, s.folds, s.costs = n, make([]trial.FoldResult, q.folds), make([]cost, q.folds)
			if s.state == "" {
				s.state = sadi.TrialRunning
			}
			q.slots = append(q.slots, s)
			continue
		}
		if q.closed {
			return nil, 0
		}
		seen := q.finals()
		q.mu.Unlock()
		idle(func() {
			q.mu.Lock()
			for !q.closed && q.finals() == seen {
				q.wake.Wait()
			}
			q.mu.Unlock()
		})
		q.mu.Lock()
	}
}

// ready reports whether the results that the next proposal may see are all there.
func (q *queue) ready() bool {
	n := len(q.slots)
	if n < q.known {
		return true
	}
	for _, s := range q.slots[:max(0, n-lookahead+1)] {
		if !s.state.Final() {
			return false
		}
	}
	return true
}

func (q *queue) finals() int {
	var n int
	for _, s := range q.slots {
		if s.state.Final() {
			n++
		}
	}
	return n
}

// give records the result of a task and reports whether the trial is now complete.
func (q *queue) give(s *slot, fold int, res trial.FoldResult, c cost) (complete bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.state != sadi.TrialRunning {
		return false
	}
	s.folds[fold], s.costs[fold] = res, c
	s.ended++
	return s.ended == q.folds
}

// end moves a trial to its final state, once.
func (q *queue) end(s *slot, state sadi.TrialState, reason string) (first bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.state.Final() {
		return false
	}
	s.state, s.reason = state, reason
	q.wake.Broadcast()
	return true
}

// close stops the queue: no further trial begins.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.Broadcast()
}

// done are the trials that have a score, in order.
func (q *queue) done() []*slot {
	q.mu.Lock()
	defer q.mu.Unlock()
	var done []*slot
	for _, s := range q.slots {
		if s.state == sadi.TrialOK {
			done = append(done, s)
		}
	}
	return done
}
