package engine

import (
	"maps"
	"slices"
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

	begun  int            // folds handed out for the first time
	back   []int          // folds that were handed out and came back without a result
	ended  int            // folds come back with a result
	out    int            // folds handed out that have not come back
	failed map[int]string // why folds could not be done
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
	closed bool // no further trial begins
	ended  bool // no further task is handed out
	away   int  // tasks that are with other processes
	news   int  // counts the changes that may make a task ready
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
		if s, fold = q.pop(); s != nil || q.over() {
			return s, fold
		}
		seen := q.news
		q.mu.Unlock()
		idle(func() {
			q.mu.Lock()
			for !q.over() && q.news == seen {
				q.wake.Wait()
			}
			q.mu.Unlock()
		})
		q.mu.Lock()
	}
}

// takeAway returns a task for another process if one is ready. It comes back by give, end or putBack, and then arrive.
func (q *queue) takeAway() (s *slot, fold int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if s, fold = q.pop(); s != nil {
		q.away++
	}
	return s, fold
}

// arrive tells that a task is no longer with another process.
func (q *queue) arrive() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.away--
	q.tell()
}

// putBack makes a task that was handed out ready again.
func (q *queue) putBack(s *slot, fold int) standing {
	q.mu.Lock()
	defer q.mu.Unlock()
	s.out--
	if s.failed == nil {
		s.back = append(s.back, fold)
	}
	q.tell()
	return q.standing(s)
}

// standing is where a trial stands after one of its tasks has come back.
type standing uint8

const (
	unfinished standing = iota
	complete            // every fold has a result
	hopeless            // a fold can not be done, and all that were begun have come back
)

func (q *queue) standing(s *slot) standing {
	switch {
	case s.state != sadi.TrialRunning || s.out > 0:
		return unfinished
	case s.failed != nil:
		return hopeless
	case s.ended == q.folds:
		return complete
	}
	return unfinished
}

// fail records why a fold can not be done. No further fold of the trial is handed out, but those that were come to
// their end: the trial's cause is that of its first failed fold in the order of the folds, not of time.
func (q *queue) fail(s *slot, fold int, reason string) standing {
	q.mu.Lock()
	defer q.mu.Unlock()
	s.out--
	if s.failed == nil {
		s.failed = map[int]string{}
	}
	s.failed[fold] = reason
	s.begun, s.back = q.folds, nil
	return q.standing(s)
}

// cause is why a hopeless trial failed.
func (s *slot) cause() string { return s.failed[slices.Min(slices.Collect(maps.Keys(s.failed)))] }

// over reports whether there will be no more tasks.
func (q *queue) over() bool { return q.ended || q.closed && q.away == 0 }

// tell wakes those who wait, for something has changed.
func (q *queue) tell() {
	q.news++
	q.wake.Broadcast()
}

// pop is the next task that is ready, nil if there is none.
func (q *queue) pop() (s *slot, fold int) {
	for !q.ended {
		for _, s := range q.slots {
			if s.state != sadi.TrialRunning {
				continue
			}
			if n := len(s.back); n > 0 {
				fold, s.back = s.back[n-1], s.back[:n-1]
				s.out++
				return s, fold
			}
			if s.begun < q.folds {
				s.begun++
				s.out++
				return s, s.begun - 1
			}
		}
		if q.closed || !q.ready() {
			break
		}
		n := len(q.slots)
		visible := max(0, n-lookahead+1)
		s := q.next(n, q.slots[:visible], q.slots[visible:])
		if s == nil {
			q.closed = true
			q.tell()
			break
		}
		s.index, s.folds, s.costs = n, make([]trial.FoldResult, q.folds), make([]cost, q.folds)
		if s.state == "" {
			s.state = sadi.TrialRunning
		}
		q.slots = append(q.slots, s)
	}
	return nil, 0
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

// give records the result of a task.
func (q *queue) give(s *slot, fold int, res trial.FoldResult, c cost) standing {
	q.mu.Lock()
	defer q.mu.Unlock()
	s.out--
	if s.state == sadi.TrialRunning {
		s.folds[fold], s.costs[fold] = res, c
		s.ended++
	}
	return q.standing(s)
}

// running reports whether a trial may still come to a score.
func (q *queue) running(s *slot) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !s.state.Final()
}

// folding is how many folds of a trial have come back, what they took, and how many were not handed out yet.
func (q *queue) folding(s *slot) (ended int, seconds float64, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return s.ended, s.seconds(), q.folds - s.begun + len(s.back)
}

// at is the n-th trial.
func (q *queue) at(n int) *slot {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.slots[n]
}

// end moves a trial to its final state, once.
func (q *queue) end(s *slot, state sadi.TrialState, reason string) (first bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.state.Final() {
		return false
	}
	s.state, s.reason = state, reason
	q.tell()
	return true
}

// close stops the queue: no further task begins.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.ended = true, true
	q.tell()
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
