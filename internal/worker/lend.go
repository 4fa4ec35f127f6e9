package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/queue"
)

// lent are the folds that this worker computes for jobs that others hold.
type lent struct {
	mu    sync.Mutex
	folds map[int]context.CancelCauseFunc
	last  int
}

// errRecalled is the cause with which a lent slot is called back for a job of this worker's own.
var errRecalled = errors.New("the slot is needed for a job held here")

func (l *lent) init() { l.folds = map[int]context.CancelCauseFunc{} }

func (l *lent) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.folds)
}

// begin notes a fold, if there is still room for it.
func (l *lent) begin(room int, cancel context.CancelCauseFunc) (id int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.folds) >= room {
		return 0, false
	}
	l.last++
	l.folds[l.last] = cancel
	return l.last, true
}

func (l *lent) end(id int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.folds, id)
}

// shrink calls back the folds beyond room, the latest first: they have the least to lose.
func (l *lent) shrink(room int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []int
	for id := range l.folds {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids[min(room, len(ids)):] {
		l.folds[id](errRecalled)
	}
}

// lookEvery is how long a worker waits before it asks again whether somebody has folds to spare.
const lookEvery = 2 * time.Second

// lend computes folds of other workers' jobs in slots that are free.
func (w *Worker) lend(ctx context.Context) {
	data := &borrowed{w: w}
	defer data.drop()
	var busy sync.WaitGroup
	defer busy.Wait()
	for ctx.Err() == nil {
		if !w.lendOnce(ctx, data, &busy) {
			if w.lent.count() == 0 {
				data.tidy()
			}
			w.Queue.Wake(ctx, lookEvery)
			pause(ctx, 50*time.Millisecond) // after a wake, or where waking fails at once
		}
	}
}

// lendOnce takes one fold, if a slot is free and somebody has one.
func (w *Worker) lendOnce(ctx context.Context, data *borrowed, busy *sync.WaitGroup) bool {
	fctx, cancel := context.WithCancelCause(ctx)
	w.mu.Lock()
	id, ok := w.lent.begin(w.spare(), cancel)
	w.mu.Unlock()
	if !ok {
		cancel(nil)
		return false
	}
	r, ok := w.borrow(fctx)
	if !ok {
		w.lent.end(id)
		cancel(nil)
		return false
	}
	busy.Go(func() {
		defer cancel(nil)
		defer w.lent.end(id)
		for ok := true; ok; r, ok = w.borrow(fctx) { // the slot is used as long as there is something to do
			w.compute(fctx, cancel, r, data)
		}
	})
	return true
}

// borrow asks the holders of running jobs for a fold, beginning with the one that was begun last: a small job behind a
// large one is soon done with.
func (w *Worker) borrow(ctx context.Context) (reply, bool) {
	page, err := w.Queue.List(ctx, queue.Filter{States: []sadi.State{sadi.Running}, Limit: 100})
	if err != nil {
		return reply{}, false
	}
	for _, j := range page.Jobs {
		if j.Worker == w.Name || j.Stage != "search" {
			continue
		}
		if r, err := w.ask(ctx, j.ID, request{Do: "take"}); err == nil && r.Task != nil && r.Job != nil {
			return r, true
		}
	}
	return reply{}, false
}

func (w *Worker) ask(ctx context.Context, job string, q request) (r reply, err error) {
	q.Worker = w.Name
	text, err := json.Marshal(q)
	if err != nil {
		return r, err
	}
	answer, err := w.Queue.Ask(ctx, job, text)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(answer, &r)
}

// compute does a borrowed fold and says how it went.
func (w *Worker) compute(ctx context.Context, cancel context.CancelCauseFunc, r reply, data *borrowed) {
	id := r.Job.ID
	stop := w.keepLoan(ctx, cancel, id, r.Loan)
	say := request{Do: "give", Loan: r.Loan}
	h, err := data.helper(ctx, r)
	var failed error
	if err == nil {
		failed, err = h.Fold(ctx, *r.Task)
	}
	stop()
	switch {
	case err != nil:
		say.Do = "back"
		if ctx.Err() == nil {
			w.warn(err, "help with a job", id)
		}
	case errors.Is(failed, engine.ErrTooFewRounds):
		say.Do = "cut"
	case failed != nil:
		say.Do, say.Reason = "fail", failed.Error()
	}
	if _, err := w.ask(context.WithoutCancel(ctx), id, say); err != nil {
		w.Log.Debug("the holder of a job did not hear about a fold", "job", id, "error", err)
	}
}

// keepLoan says regularly that the fold is being computed, and ends it when the holder has no use for it any more.
func (w *Worker) keepLoan(ctx context.Context, cancel context.CancelCauseFunc, job string, loan int) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(keepEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if r, err := w.ask(ctx, job, request{Do: "keep", Loan: loan}); err == nil && r.Loan == 0 {
				cancel(errRecalled)
				return
			}
		}
	}()
	return func() { close(done) }
}

// borrowed keeps the data of the job that was helped last, for its next fold.
type borrowed struct {
	w    *Worker
	mu   sync.Mutex
	key  string
	dir  string
	help *engine.Helper
}

// helper prepares the data of a job, once for all of its folds.
func (b *borrowed) helper(ctx context.Context, r reply) (*engine.Helper, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	clock, err := json.Marshal(r.Task.Clock)
	if err != nil {
		return nil, err
	}
	key := strings.Join([]string{r.Job.ID, r.Job.DatasetHash, r.Job.Spec.Target, string(clock)}, "\n")
	if b.key == key {
		return b.help, nil
	}
	b.forget()
	dir := filepath.Join(b.w.Dir, fmt.Sprintf("help-%s.%d", r.Job.ID, r.Loan))
	job, err := b.w.prepare(ctx, *r.Job, dir)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	job.Spec.Params.Jobs = 1 // a fold to a slot
	h, err := engine.Prepare(ctx, job, r.Task.Clock)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	b.key, b.dir, b.help = key, dir, h
	return h, nil
}

// tidy forgets data that nobody uses now.
func (b *borrowed) tidy() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget()
}

func (b *borrowed) drop() { b.tidy() }

func (b *borrowed) forget() {
	if b.dir != "" {
		os.RemoveAll(b.dir)
	}
	b.key, b.dir, b.help = "", "", nil
}
