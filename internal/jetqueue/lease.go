package jetqueue

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"sadi"
	"sadi/internal/queue"
)

// lease is a job that a worker of this connection holds.
type lease struct {
	q     *Queue
	id    string
	fence uint64
	text  []byte // the record as it was taken

	ctx     context.Context
	cancel  context.CancelCauseFunc
	leaving atomic.Bool // the holder itself moves the job out of running
	ended   atomic.Bool
}

var _ queue.Lease = (*lease)(nil)

var errTaken = errors.New("the job is not queued any more")

// lingering is how long a write of which others must hear goes on after its caller has gone.
const lingering = 3 * time.Second

// linger is a context that ends some time after its parent.
func linger(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() { time.AfterFunc(lingering, cancel) })
	return ctx, func() { stop(); cancel() }
}

// Take waits for a job and leases it.
func (q *Queue) Take(ctx context.Context, worker string) (queue.Lease, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if q.ctx.Err() != nil {
			return nil, closed()
		}
		id, more := q.index.claim()
		if id == "" {
			select {
			case <-more:
			case <-ctx.Done():
			case <-q.ctx.Done():
			}
			continue
		}
		l, err := q.hold(ctx, id, worker)
		q.index.unclaim(id)
		if l != nil {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// hold takes one job; nil, nil when it is not to be had.
func (q *Queue) hold(ctx context.Context, id, worker string) (*lease, error) {
	ctx, cancel := linger(ctx) // a job that is marked as taken has a holder
	defer cancel()
	r, err := q.change(ctx, id, func(r *record) error {
		if r.State != sadi.Queued {
			return errTaken
		}
		now := time.Now().UTC()
		if r.Attempts >= queue.PoisonAttempts {
			r.giveUp(now)
			return nil
		}
		r.State, r.Worker = sadi.Running, worker
		r.Attempts++
		r.Fence++
		if r.Started == nil {
			r.Started = &now
		}
		return nil
	})
	switch {
	case errors.Is(err, errTaken) || sadi.CodeOf(err) == sadi.NotFound:
		if state, _, _ := q.index.state(id); state == sadi.Queued { // a leader that is new lags behind what we heard
			pause(ctx, 100*time.Millisecond)
		}
		return nil, nil
	case err != nil:
		return nil, err
	case r.State == sadi.Failed:
		q.o.Log.Warn("a job was given up", "job", id, "err", r.Error)
		return nil, nil
	}
	l := &lease{q: q, id: id, fence: r.Fence, text: r.text}
	l.ctx, l.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	q.mu.Lock()
	old := q.held[id]
	q.held[id] = l
	q.mu.Unlock()
	if old != nil {
		old.end(queue.ErrLost)
	}
	q.index.look(id) // it may have been changed since
	return l, nil
}

// giveUp makes a job failed that was taken too often. Its own last error, if it had one, is the cause.
func (r *record) giveUp(now time.Time) {
	r.State, r.Finished = sadi.Failed, &now
	text := sadi.Errorf(sadi.Internal, "the job was given up: %d workers took it, one after the other, and it never got further", r.Attempts)
	if r.Lost != "" {
		text = text.Advise("the last one, %s, was lost: its log, and the memory of its machine, tell more", r.Lost)
	}
	if e := r.Error; e != nil {
		text.Code, text.Where, text.Hint = e.Code, e.Where, e.Hint
		text.Message += "; the last one said: " + e.Message
	}
	r.Error = text
}

// judge ends a lease when the record tells that it is over. It is called under the lock of the index.
func (q *Queue) judge(e *entry) {
	q.mu.Lock()
	l := q.held[e.id]
	q.mu.Unlock()
	switch {
	case l == nil || e.Fence < l.fence:
	case e.Fence > l.fence || e.deleted || e.State != sadi.Running && !l.leaving.Load():
		l.end(queue.ErrLost)
	case e.Stopping:
		l.cancel(queue.ErrStopped)
	}
}

// end lets go of the job in this process.
func (l *lease) end(cause error) {
	l.ended.Store(true)
	l.q.mu.Lock()
	if l.q.held[l.id] == l {
		delete(l.q.held, l.id)
	}
	l.q.mu.Unlock()
	l.cancel(cause)
}

// Job is the record as it was taken.
func (l *lease) Job() sadi.Job {
	r, err := decode(l.text)
	if err != nil {
		panic("jetqueue: a record that was written can not be read") // it was read before
	}
	return r.Job
}

// Context ends with the lease.
func (l *lease) Context() context.Context { return l.ctx }

// Update changes the record of a job that is still held.
func (l *lease) Update(ctx context.Context, change func(*sadi.Job) error) (sadi.Job, error) {
	if l.ended.Load() {
		return sadi.Job{}, queue.ErrLost
	}
	r, err := l.q.change(ctx, l.id, func(r *record) error {
		if r.Fence != l.fence || r.State == sadi.Queued {
			return queue.ErrLost
		}
		trials := r.Progress.Trials
		if err := change(&r.Job); err != nil {
			return err
		}
		if r.Fence != l.fence {
			return sadi.Errorf(sadi.Internal, "the fence of the job %q was changed", l.id)
		}
		if r.Progress.Trials > trials {
			r.Attempts = 0
		}
		if r.State != sadi.Running {
			l.leaving.Store(true)
		}
		return nil
	})
	if sadi.CodeOf(err) == sadi.NotFound {
		err = queue.ErrLost
	}
	if errors.Is(err, queue.ErrLost) {
		l.end(queue.ErrLost)
		return sadi.Job{}, queue.ErrLost
	}
	if err != nil {
		return sadi.Job{}, err
	}
	return r.Job, nil
}

// errNotOurs ends a change that has nothing to do.
var errNotOurs = errors.New("the job is not ours to give back")

// Release gives the job back.
func (l *lease) Release(ctx context.Context) error {
	if l.ended.Load() {
		return nil
	}
	l.leaving.Store(true) // so that the context ends after the job is free, not while it is being freed
	_, err := l.q.change(ctx, l.id, func(r *record) error {
		if r.Fence != l.fence || r.State != sadi.Running {
			return errNotOurs
		}
		r.State, r.Attempts = sadi.Queued, max(0, r.Attempts-1)
		return nil
	})
	l.end(queue.ErrLost)
	if errors.Is(err, errNotOurs) || sadi.CodeOf(err) == sadi.NotFound {
		return nil
	}
	return err
}

// Done lets go of a job that has left the state running.
func (l *lease) Done(ctx context.Context) error {
	if l.ended.Load() {
		return nil
	}
	r, err := l.q.read(ctx, l.id)
	switch {
	case err != nil && sadi.CodeOf(err) != sadi.NotFound:
		return err
	case err == nil && r.Fence == l.fence && r.State == sadi.Running:
		return sadi.Errorf(sadi.Internal, "the job %q is still running", l.id)
	}
	l.end(queue.ErrLost)
	return nil
}
