package queuetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"sadi"
	"sadi/internal/queue"
)

// Backend is one queue, reached over any number of connections.
type Backend struct {
	Connect   func() queue.Queue // a new connection, as another process would make it
	Kill      func(queue.Queue)  // ends a connection as a crash does: nothing is released, nothing is said
	LeaseTime time.Duration      // after which a silent holder has lost its job; short, so that tests are
}

// check is one promise of the contract. It gets an empty queue.
type check struct {
	name string
	run  func(*suite)
}

type suite struct {
	*testing.T
	Backend
	ctx context.Context
}

// Run holds a queue to the contract. open gives an empty queue for each check, which may be closed by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for _, group := range [][]check{recordChecks, leaseChecks, talkChecks} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), 30*time.Second, errors.New("the check took too long"))
				defer cancel()
				c.run(&suite{T: t, Backend: open(t), ctx: ctx})
			})
		}
	}
}

// connect is a connection that is closed with the check.
func (s *suite) connect() queue.Queue {
	s.Helper()
	q := s.Connect()
	s.Cleanup(func() { q.Close() })
	return q
}

func (s *suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *suite) refused(code sadi.Code, err error) {
	s.Helper()
	if got := sadi.CodeOf(err); got != code {
		s.Fatalf("the error has the code %q, want %q: %v", got, code, err)
	}
}

// epoch is when the first job of a check is submitted; the n-th comes n seconds later.
var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// job is the n-th record to submit, with something in every kind of field.
func job(n int) sadi.Job {
	test := 0.25
	return sadi.Job{ID: fmt.Sprintf("job-%03d", n), DatasetHash: "abc", DatasetName: "sample.csv", State: sadi.Queued,
		Submitted: epoch.Add(time.Duration(n) * time.Second),
		Spec: sadi.Spec{Input: "incoming/sample.csv", TaskType: sadi.Auto, Params: sadi.Params{Models: []string{"ridge"}, HPO: true,
			Budget: sadi.Budget{Trials: 7}, TestSize: &test, Seed: 1<<63 + 1}}}
}

// submit adds the n-th job with a priority.
func (s *suite) submit(q queue.Queue, n, priority int) sadi.Job {
	s.Helper()
	j := job(n)
	j.Priority = priority
	j, existed, err := q.Submit(s.ctx, j, "")
	s.ok(err)
	if existed {
		s.Fatalf("%s: a job without a key is said to exist", j.ID)
	}
	return j
}

// take is a lease that must come.
func (s *suite) take(q queue.Queue, worker string) queue.Lease {
	s.Helper()
	l, err := q.Take(s.ctx, worker)
	s.ok(err)
	return l
}

// none checks that no job is handed out. It waits for longer than a lease lives, so that a wrong one has time to come.
func (s *suite) none(q queue.Queue) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, s.LeaseTime+s.LeaseTime/2)
	defer cancel()
	if l, err := q.Take(ctx, "nobody"); err == nil {
		s.Fatalf("got the job %s, want none", l.Job().ID)
	}
}

// state checks where a job stands.
func (s *suite) state(q queue.Queue, id string, want sadi.State) sadi.Job {
	s.Helper()
	j, err := q.Job(s.ctx, id)
	s.ok(err)
	if j.State != want {
		s.Fatalf("the job %s is %s, want %s", id, j.State, want)
	}
	return j
}

// cause waits for the end of a lease.
func (s *suite) cause(l queue.Lease, want error) {
	s.Helper()
	select {
	case <-l.Context().Done():
	case <-s.ctx.Done():
		s.Fatal("the context of the lease does not end")
	}
	if got := context.Cause(l.Context()); !errors.Is(got, want) {
		s.Fatalf("the lease ended with %v, want %v", got, want)
	}
}

// to is a change that moves the state.
func to(state sadi.State) func(*sadi.Job) error {
	return func(j *sadi.Job) error { j.State = state; return nil }
}
