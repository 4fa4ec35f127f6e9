package queuetest

import (
	"context"
	"time"

	"sadi"
	"sadi/internal/queue"
)

// lease is a job held over a connection. It lives as long as the connection: nothing has to be renewed in one process.
type lease struct {
	m      *Memory
	r      *record
	taken  sadi.Job
	ctx    context.Context
	cancel context.CancelCauseFunc
}

var _ queue.Lease = (*lease)(nil)

// Take waits for a job and leases it.
func (m *Memory) Take(ctx context.Context, worker string) (queue.Lease, error) {
	for {
		m.mu.Lock()
		if err := m.open(); err != nil {
			m.mu.Unlock()
			return nil, err
		}
		if ctx.Err() != nil {
			m.mu.Unlock()
			return nil, context.Cause(ctx)
		}
		for _, r := range m.queued() {
			if r.job.Attempts >= queue.PoisonAttempts {
				m.poison(r)
				continue
			}
			l := m.hold(ctx, r, worker)
			m.mu.Unlock()
			return l, nil
		}
		changed := m.changed
		m.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// poison gives a job up that was taken too often. The caller holds mu.
func (s *store) poison(r *record) {
	now := time.Now()
	r.job.State, r.job.Finished = sadi.Failed, &now
	if r.job.Error == nil {
		r.job.Error = sadi.Errorf(sadi.Internal, "the job ended %d workers, one after the other, and never got further", r.job.Attempts).
			Advise("the log of the last worker tells more: %s", r.job.Worker)
	}
	s.tell()
}

// hold makes a job running and leases it. The caller holds mu.
func (m *Memory) hold(ctx context.Context, r *record, worker string) *lease {
	now := time.Now()
	j := &r.job
	j.State, j.Worker = sadi.Running, worker
	j.Attempts++
	j.Fence++
	if j.Started == nil {
		j.Started = &now
	}
	l := &lease{m: m, r: r, taken: copied(*j)}
	l.ctx, l.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	if j.Stopping {
		l.cancel(queue.ErrStopped)
	}
	r.lease = l
	m.held[l] = true
	m.tell()
	return l
}

// end lets go of the job. The caller holds mu.
func (l *lease) end(cause error) {
	l.cancel(cause)
	delete(l.m.held, l)
	if l.r.lease == l {
		l.r.lease, l.r.answer = nil, nil
	}
}

// Job is the record as it was taken.
func (l *lease) Job() sadi.Job { return copied(l.taken) }

// Context ends with the lease.
func (l *lease) Context() context.Context { return l.ctx }

// Update changes the record of a job that is still held.
func (l *lease) Update(_ context.Context, change func(*sadi.Job) error) (sadi.Job, error) {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.r.lease != l || l.m.closed {
		return sadi.Job{}, queue.ErrLost
	}
	before := l.r.job.Progress.Trials
	err := l.m.apply(l.r, func(j *sadi.Job) error {
		if err := change(j); err != nil {
			return err
		}
		if j.Progress.Trials > before {
			j.Attempts = 0
		}
		return nil
	})
	if err != nil {
		return sadi.Job{}, err
	}
	return copied(l.r.job), nil
}

// Release gives the job back.
func (l *lease) Release(context.Context) error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.release(true)
	return nil
}

// release makes a job that is still running queued again. A holder that gave it back by itself does not count as one
// that the job has ended. The caller holds mu.
func (l *lease) release(willing bool) {
	if l.r.lease != l {
		return
	}
	if j := &l.r.job; j.State == sadi.Running {
		j.State = sadi.Queued
		if willing {
			j.Attempts = max(0, j.Attempts-1)
		}
	}
	l.end(queue.ErrLost)
	l.m.tell()
}

// Done lets go of a job that has left the state running.
func (l *lease) Done(context.Context) error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.r.lease != l {
		return nil
	}
	if l.r.job.State == sadi.Running {
		return sadi.Errorf(sadi.Internal, "the job %q is still running", l.r.job.ID)
	}
	l.end(queue.ErrLost)
	return nil
}

// Close releases what is held.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.held {
		l.release(true)
	}
	m.closed = true
	m.tell()
	return nil
}

// Kill ends the connection as a crash does: its leases die by themselves, when their time is over.
func (m *Memory) Kill() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.tell()
	time.AfterFunc(m.leaseTime, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		for l := range m.held {
			l.release(false)
		}
	})
}
