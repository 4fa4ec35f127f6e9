package worker

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"sadi"
	"sadi/internal/engine"
)

// What a worker with free slots says to the holder of a job, and what it hears. The words are JSON; the result of a
// fold goes through the store.
type (
	request struct {
		Do     string `json:"do"` // take, keep, give, fail, cut or back
		Worker string `json:"worker"`
		Loan   int    `json:"loan,omitempty"`
		Reason string `json:"reason,omitempty"` // of a fold that failed
	}
	reply struct {
		Loan int              `json:"loan,omitempty"` // 0 = nothing to do here, or the loan is called back
		Task *engine.FoldTask `json:"task,omitempty"`
		Job  *sadi.Job        `json:"job,omitempty"` // what the task belongs to
	}
)

const (
	keepEvery = 2 * time.Second  // how often a borrower says that it is still at work
	keepWait  = 10 * time.Second // after which a silent one is given up
)

// loans are the folds of a job that others compute.
type loans struct {
	shared *engine.Shared
	job    sadi.Job
	most   int // at a time; 0 = any number

	mu   sync.Mutex
	last int
	out  map[int]*loan
	over bool
}

type loan struct {
	task  engine.FoldTask
	heard time.Time
}

// share answers workers with free slots until the search ends.
func (w *Worker) share(ctx context.Context, j sadi.Job, h *held, s *engine.Shared) (stop func()) {
	l := &loans{shared: s, job: j, out: map[int]*loan{}}
	l.job.Progress = sadi.Progress{}
	if n := j.Spec.Params.Jobs; n > 0 {
		if l.most = n - h.width; l.most == 0 {
			return func() {}
		}
	}
	unshare, err := w.Queue.Share(ctx, j.ID, l.answer)
	if err != nil {
		w.warn(err, "share the folds of a job", j.ID)
		return func() {}
	}
	done := make(chan struct{})
	go l.watch(done)
	return func() {
		close(done)
		unshare()
		l.end()
	}
}

// answer is the holder's side of a request.
func (l *loans) answer(_ context.Context, text []byte) []byte {
	var q request
	if json.Unmarshal(text, &q) != nil {
		return []byte("{}")
	}
	var r reply
	switch q.Do {
	case "take":
		r = l.take()
	case "keep":
		r = l.keep(q.Loan)
	default:
		l.close(q)
	}
	b, err := json.Marshal(r)
	if err != nil {
		return []byte("{}")
	}
	return b
}

func (l *loans) take() reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || l.most > 0 && len(l.out) >= l.most {
		return reply{}
	}
	task, ok := l.shared.Take()
	if !ok {
		return reply{}
	}
	l.last++
	l.out[l.last] = &loan{task, time.Now()}
	return reply{Loan: l.last, Task: &task, Job: &l.job}
}

func (l *loans) keep(id int) reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o := l.out[id]; o != nil && l.shared.Wanted(o.task) {
		o.heard = time.Now()
		return reply{Loan: id}
	}
	return reply{} // the borrower says that the fold is back
}

// close ends a loan as the borrower says. A loan that was given up is no loan any more, and what its borrower has found
// is left in the store.
func (l *loans) close(q request) {
	l.mu.Lock()
	o := l.out[q.Loan]
	delete(l.out, q.Loan)
	l.mu.Unlock()
	if o == nil {
		return
	}
	switch q.Do {
	case "give":
		l.shared.Give(o.task)
	case "fail":
		l.shared.Fail(o.task, q.Reason)
	case "cut":
		l.shared.Cut(o.task)
	default:
		l.shared.Back(o.task)
	}
}

// watch gives up loans whose borrowers are silent.
func (l *loans) watch(done <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		l.mu.Lock()
		var silent []int
		for id, o := range l.out {
			if time.Since(o.heard) > keepWait {
				silent = append(silent, id)
			}
		}
		l.mu.Unlock()
		for _, id := range silent {
			l.close(request{Do: "back", Loan: id})
		}
	}
}

// end takes back what is still out: the search is over.
func (l *loans) end() {
	l.mu.Lock()
	l.over = true
	var left []int
	for id := range l.out {
		left = append(left, id)
	}
	l.mu.Unlock()
	for _, id := range left {
		l.close(request{Do: "back", Loan: id})
	}
}
