package queuetest

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"sadi"
	"sadi/internal/queue"
)

// Publish appends an event.
func (m *Memory) Publish(_ context.Context, id string, e sadi.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return err
	}
	r, err := m.find(id)
	if err != nil {
		return err
	}
	r.events = append(r.events, copied(e))
	m.tell()
	return nil
}

// Events yields events, old and new.
func (m *Memory) Events(ctx context.Context, id string, after uint64) iter.Seq2[queue.Numbered, error] {
	return func(yield func(queue.Numbered, error) bool) {
		for n := after; ; n++ {
			e, ended, err := m.event(ctx, id, n)
			if err != nil {
				yield(queue.Numbered{}, err)
				return
			}
			if ended || !yield(queue.Numbered{Number: n + 1, Event: e}, nil) || e.Kind == sadi.EventFinish {
				return
			}
		}
	}
}

// event waits for the event at place n, from 0. ended = there will be none: ctx is over, or the log was complete before.
func (m *Memory) event(ctx context.Context, id string, n uint64) (e sadi.Event, ended bool, err error) {
	for {
		m.mu.Lock()
		r, err := m.find(id)
		if err == nil {
			err = m.open()
		}
		if err != nil {
			m.mu.Unlock()
			return e, false, err
		}
		if n < uint64(len(r.events)) {
			e = copied(r.events[n])
			m.mu.Unlock()
			return e, false, nil
		}
		complete := len(r.events) > 0 && r.events[len(r.events)-1].Kind == sadi.EventFinish
		changed := m.changed
		m.mu.Unlock()
		if complete {
			return e, true, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return e, true, nil
		}
	}
}

// Announce tells that a worker lives.
func (m *Memory) Announce(_ context.Context, w queue.Worker) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.workers[w.Name] = announced{copied(w), time.Now()}
	return m.open()
}

// Workers are those that were announced within the lease time.
func (m *Memory) Workers(context.Context) ([]queue.Worker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []queue.Worker
	for _, a := range m.workers {
		if time.Since(a.seen) < m.leaseTime {
			all = append(all, copied(a.worker))
		}
	}
	slices.SortFunc(all, func(a, b queue.Worker) int { return strings.Compare(a.Name, b.Name) })
	return all, m.open()
}

// Share answers requests about a job.
func (m *Memory) Share(_ context.Context, id string, answer func(context.Context, []byte) []byte) (func(), error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return nil, err
	}
	r, err := m.find(id)
	if err != nil {
		return nil, err
	}
	holder := r.lease
	r.answer = answer
	m.shares++
	m.tell()
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if r.lease == holder {
			r.answer = nil
		}
	}, nil
}

// Ask sends a request to the holder of a job.
func (m *Memory) Ask(ctx context.Context, id string, request []byte) ([]byte, error) {
	m.mu.Lock()
	r := m.jobs[id]
	var answer func(context.Context, []byte) []byte
	if r != nil && (r.lease == nil || !r.lease.m.closed) {
		answer = r.answer
	}
	m.mu.Unlock()
	if answer == nil {
		return nil, sadi.Errorf(sadi.Unavailable, "nobody answers for the job %q", id)
	}
	return answer(ctx, slices.Clone(request)), nil
}

// Wake waits until a job begins to be shared.
func (m *Memory) Wake(ctx context.Context, atMost time.Duration) {
	over := time.NewTimer(atMost)
	defer over.Stop()
	m.mu.Lock()
	seen := m.shares
	m.mu.Unlock()
	for {
		m.mu.Lock()
		changed, now := m.changed, m.shares
		m.mu.Unlock()
		if now != seen {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		case <-over.C:
			return
		}
	}
}
