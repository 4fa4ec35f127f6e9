// Package queue is the contract of the queue that jobs wait in: records that move by the state machine, leases that
// die with their holder, events that can be read again, and the sharing of a job's folds among workers.
package queue

import (
	"context"
	"errors"
	"iter"
	"time"

	"sadi"
)

// The causes with which a lease's context ends.
var (
	ErrLost    = errors.New("the lease was lost: another worker may hold the job")
	ErrStopped = errors.New("the owner of the job asked for its end")
)

// PoisonAttempts is how often a job may be taken without making progress before it is given up as failed.
const PoisonAttempts = 3

// LeaseTime is how long a silent holder keeps a job: within it another worker takes over.
const LeaseTime = 15 * time.Second

// Queue keeps jobs. Every method may fail with code sadi.Unavailable while the servers behind it are unreachable; a call
// is then safe to repeat.
type Queue interface {
	// Submit adds a job as queued. A key that an earlier call used (within a day) returns the job of that call and
	// existed = true; "" is no key.
	Submit(ctx context.Context, j sadi.Job, key string) (job sadi.Job, existed bool, err error)
	// Job returns a record, or an error with code sadi.NotFound.
	Job(ctx context.Context, id string) (sadi.Job, error)
	// List returns records, the latest submitted first.
	List(ctx context.Context, f Filter) (Page, error)
	// Update changes a record in one step: change gets the newest one and may be called again when another process was
	// faster; its error is returned as it is. A move of the state must be legal (State.Next). A job that becomes queued
	// is handed out again; one that is queued and becomes cancelled is not.
	Update(ctx context.Context, id string, change func(*sadi.Job) error) (sadi.Job, error)
	// Delete forgets a job whose state is final, with its events.
	Delete(ctx context.Context, id string) error
	// Ahead is the number of queued jobs that go before a queued job; 0 for any other.
	Ahead(ctx context.Context, id string) (int, error)
	// Counts are the numbers of jobs by state; a state without jobs may be missing. Jobs of other connections count from
	// the moment when this one has heard of them.
	Counts(ctx context.Context) (map[sadi.State]int, error)

	// Take waits for a job, makes it running and leases it. A job whose attempts are used up is made failed, with its
	// cause, and never handed out.
	Take(ctx context.Context, worker string) (Lease, error)

	// Publish appends an event to a job's log.
	Publish(ctx context.Context, id string, e sadi.Event) error
	// Events yields the events of a job after the given number (0 = from the first) and then waits for more; it ends
	// after an event of the kind sadi.EventFinish, or with ctx.
	Events(ctx context.Context, id string, after uint64) iter.Seq2[Numbered, error]

	// Announce tells that a worker lives; without a repetition within LeaseTime it is forgotten.
	Announce(ctx context.Context, w Worker) error
	// Workers are the workers that live, by name.
	Workers(ctx context.Context) ([]Worker, error)

	// Share answers requests of other workers about a job that this one holds, until stop is called. answer is called
	// concurrently. Requests and replies are at most 512 KiB.
	Share(ctx context.Context, id string, answer func(ctx context.Context, request []byte) []byte) (stop func(), err error)
	// Ask sends a request to the holder of a job; no holder, or none that answers in 5 s, is code sadi.Unavailable.
	Ask(ctx context.Context, id string, request []byte) (reply []byte, err error)
	// Wake waits until a job begins to share or time has passed: what an idle worker does between two rounds of asking.
	Wake(ctx context.Context, atMost time.Duration)

	// Close gives back what the queue holds. Leases that are still held are released.
	Close() error
}

// Lease is a job that a worker holds. The queue keeps it alive by itself until Release or Done.
type Lease interface {
	// Job is the record as it was taken: running, with the worker's name, Attempts and Fence counted up.
	Job() sadi.Job
	// Context ends when the lease is lost (cause ErrLost) or the job's owner asks for its end (cause ErrStopped).
	Context() context.Context
	// Update changes the record as Queue.Update does, but only while this lease is the newest one; else ErrLost. Any
	// progress that it records (more trials ended) sets Attempts back to 0.
	Update(ctx context.Context, change func(*sadi.Job) error) (sadi.Job, error)
	// Release gives the job back to the queue without counting an attempt; a job that is no longer running is just let go.
	Release(ctx context.Context) error
	// Done lets go of a job that the holder has moved to a state other than running.
	Done(ctx context.Context) error
}

// Filter selects jobs.
type Filter struct {
	States []sadi.State // none = all
	After  string       // the cursor of the page before; "" = the first page
	Limit  int          // 0 = 50, at most 500
}

// Page is a part of a list.
type Page struct {
	Jobs []sadi.Job
	Next string // cursor of the page after; "" = this is the last
}

// Numbered is an event with its place in the job's log, 1, 2, ….
type Numbered struct {
	Number uint64
	Event  sadi.Event
}

// Worker is a process that takes jobs.
type Worker struct {
	Name    string    `json:"name"`  // unique: host, process and a random part
	Slots   int       `json:"slots"` // folds that it can compute at a time
	Busy    int       `json:"busy"`
	Jobs    []string  `json:"jobs"` // that it holds
	Version string    `json:"version"`
	Started time.Time `json:"started"`
}
