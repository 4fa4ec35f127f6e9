// Package queuetest is the conformance suite of queue.Queue, and Memory, the simplest queue that passes it.
package queuetest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"sadi"
	"sadi/internal/queue"
)

// Memory is a connection to a queue that lives in this process and ends with it. Records and events pass through JSON,
// as they would on their way to a server, so nothing is shared with the caller.
type Memory struct {
	*store
	closed bool
	held   map[*lease]bool
}

var _ queue.Queue = (*Memory)(nil)

// store is what all connections share. mu guards everything below it, connections and leases included.
type store struct {
	leaseTime time.Duration

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every change
	jobs    map[string]*record
	came    uint64
	keys    map[string]string // idempotency key → job
	workers map[string]announced
	shares  int // how often a job began to be shared
}

type record struct {
	job    sadi.Job
	place  uint64 // in the order of submission
	events []sadi.Event
	lease  *lease // of the newest holder; nil = nobody holds it
	answer func(context.Context, []byte) []byte
}

type announced struct {
	worker queue.Worker
	seen   time.Time
}

// NewMemory makes an empty queue and a first connection to it. leaseTime 0 means queue.LeaseTime.
func NewMemory(leaseTime time.Duration) *Memory {
	s := &store{leaseTime: cmp.Or(leaseTime, queue.LeaseTime), changed: make(chan struct{}), jobs: map[string]*record{},
		keys: map[string]string{}, workers: map[string]announced{}}
	return &Memory{store: s, held: map[*lease]bool{}}
}

// Connect is a further connection, as another process would have it.
func (m *Memory) Connect() *Memory { return &Memory{store: m.store, held: map[*lease]bool{}} }

// copied is a deep copy by way of JSON.
func copied[T any](v T) T {
	var c T
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		panic("queuetest: a record that is no JSON: " + err.Error())
	}
	return c
}

// tell wakes everyone who waits. The caller holds mu.
func (s *store) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *store) find(id string) (*record, error) {
	r := s.jobs[id]
	if r == nil {
		return nil, sadi.Errorf(sadi.NotFound, "there is no job %q", id)
	}
	return r, nil
}

func (m *Memory) open() error {
	if m.closed {
		return sadi.Errorf(sadi.Unavailable, "the connection to the queue is closed")
	}
	return nil
}

// Submit adds a job.
func (m *Memory) Submit(_ context.Context, j sadi.Job, key string) (sadi.Job, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return sadi.Job{}, false, err
	}
	if id, ok := m.keys[key]; ok && key != "" {
		if r := m.jobs[id]; r != nil {
			return copied(r.job), true, nil
		}
	}
	if m.jobs[j.ID] != nil || j.ID == "" {
		return sadi.Job{}, false, sadi.Errorf(sadi.BadUsage, "the job %q is there already", j.ID)
	}
	m.came++
	r := &record{job: copied(j), place: m.came}
	r.job.State = sadi.Queued
	m.jobs[j.ID] = r
	if key != "" {
		m.keys[key] = j.ID
	}
	m.tell()
	return copied(r.job), false, nil
}

// Job returns a record.
func (m *Memory) Job(_ context.Context, id string) (sadi.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return sadi.Job{}, err
	}
	r, err := m.find(id)
	if err != nil {
		return sadi.Job{}, err
	}
	return copied(r.job), nil
}

// List returns records; its cursor is the place of the last one in the order of submission.
func (m *Memory) List(_ context.Context, f queue.Filter) (queue.Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return queue.Page{}, err
	}
	before := ^uint64(0)
	if f.After != "" {
		n, err := strconv.ParseUint(f.After, 10, 64)
		if err != nil {
			return queue.Page{}, sadi.Errorf(sadi.BadUsage, "%q is no cursor of a list", f.After)
		}
		before = n
	}
	var found []*record
	for _, r := range m.jobs {
		if r.place < before && (len(f.States) == 0 || slices.Contains(f.States, r.job.State)) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *record) int { return cmp.Compare(b.place, a.place) })
	limit := min(cmp.Or(f.Limit, 50), 500)
	var page queue.Page
	for _, r := range found[:min(limit, len(found))] {
		page.Jobs = append(page.Jobs, copied(r.job))
	}
	if len(found) > limit {
		page.Next = strconv.FormatUint(found[limit-1].place, 10)
	}
	return page, nil
}

// Update changes a record.
func (m *Memory) Update(_ context.Context, id string, change func(*sadi.Job) error) (sadi.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return sadi.Job{}, err
	}
	r, err := m.find(id)
	if err != nil {
		return sadi.Job{}, err
	}
	if err := m.apply(r, change); err != nil {
		return sadi.Job{}, err
	}
	if l := r.lease; l != nil {
		switch {
		case r.job.State != sadi.Running:
			l.end(queue.ErrLost)
		case r.job.Stopping:
			l.cancel(queue.ErrStopped)
		}
	}
	return copied(r.job), nil
}

// apply changes a record when the move of its state is legal. The caller holds mu.
func (s *store) apply(r *record, change func(*sadi.Job) error) error {
	j := copied(r.job)
	if err := change(&j); err != nil {
		return err
	}
	if j.State != r.job.State {
		if err := r.job.State.Next(j.State); err != nil {
			return err
		}
	}
	r.job = copied(j)
	s.tell()
	return nil
}

// Delete forgets a job.
func (m *Memory) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return err
	}
	r, err := m.find(id)
	if err != nil {
		return err
	}
	if !r.job.State.Final() {
		return sadi.Errorf(sadi.BadUsage, "the job %q is %s", id, r.job.State).Advise("cancel it first")
	}
	delete(m.jobs, id)
	m.tell()
	return nil
}

// queued are the waiting jobs in the order in which they are handed out. The caller holds mu.
func (s *store) queued() []*record {
	var all []*record
	for _, r := range s.jobs {
		if r.job.State == sadi.Queued {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *record) int {
		return cmp.Or(cmp.Compare(b.job.Priority, a.job.Priority), cmp.Compare(a.place, b.place))
	})
	return all
}

// Ahead counts the jobs that go before one.
func (m *Memory) Ahead(_ context.Context, id string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(); err != nil {
		return 0, err
	}
	r, err := m.find(id)
	if err != nil {
		return 0, err
	}
	return max(0, slices.Index(m.queued(), r)), nil
}

// Counts are the numbers of jobs by state.
func (m *Memory) Counts(context.Context) (map[sadi.State]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := map[sadi.State]int{}
	for _, r := range m.jobs {
		n[r.job.State]++
	}
	return n, m.open()
}
