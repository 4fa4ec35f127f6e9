// Package worker takes jobs from the queue and runs the engine on them; what it has to spare it lends to jobs that other
// workers hold.
package worker

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/queue"
)

// Options say what a worker works with.
type Options struct {
	Name    string // unique among all workers
	Queue   queue.Queue
	Blobs   blob.Store // where data sets come from, and folds and artifacts go
	Catalog engine.Catalog
	Dir     string // for work in progress; nothing in it outlives the process
	Slots   int    // folds that are computed at a time, at least 1
	Jobs    int    // jobs that are held at a time; 0 = 2: a small one does not wait for the end of a large one
	Limits  engine.Limits
	Memory  int64 // bytes that all jobs together may take; 0 = not known
	Log     *slog.Logger
	// Yield, when not nil, is called before a job is taken and returns when the process has time for it.
	Yield func(ctx context.Context)
	// Track, when not nil, begins to tell of a job elsewhere.
	Track func(j sadi.Job) Tracking
}

// Tracking is told of a job beside its own record, as MLflow is. None of its methods waits for anybody.
type Tracking interface {
	sadi.Observer
	// Observed is where the job is tracked, for its manifest; nil = nowhere.
	Observed() *manifest.MLflow
	// Finish tells how the job ended, or that it waits again; passing = the folder of its result will soon be gone.
	Finish(state sadi.State, cause error, dir string, passing bool)
	// Abandon ends the telling because another worker goes on with the job.
	Abandon()
}

// untracked is the tracking of a job that nobody else is told of.
type untracked struct{}

func (untracked) Observe(sadi.Event)                     {}
func (untracked) Observed() *manifest.MLflow             { return nil }
func (untracked) Finish(sadi.State, error, string, bool) {}
func (untracked) Abandon()                               {}

// Worker is a process's part in the queue. Make it with New.
type Worker struct {
	Options
	started time.Time

	mu   sync.Mutex
	held map[string]*held
	lent lent
}

// held is a job that this worker runs.
type held struct {
	id    string
	width int // folds that it computes here at a time
}

// errLeaving is the cause with which jobs end that are given back because the worker stops.
var errLeaving = errors.New("the worker is going")

// New makes a worker.
func New(o Options) (*Worker, error) {
	if o.Slots < 1 {
		return nil, sadi.Errorf(sadi.BadUsage, "a worker needs at least one slot").At("slots")
	}
	if o.Jobs == 0 {
		o.Jobs = 2
	}
	if o.Track == nil {
		o.Track = func(sadi.Job) Tracking { return untracked{} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(o.Dir, 0o777); err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the folder for work in progress can not be made: %w", err).At("%s", o.Dir)
	}
	w := &Worker{Options: o, started: time.Now(), held: map[string]*held{}}
	w.lent.init()
	return w, nil
}

// Run takes jobs until ctx ends, then gives back what it holds. It returns nil then.
func (w *Worker) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { w.announce(ctx) })
	all.Go(func() { w.lend(ctx) })
	places := make(chan struct{}, w.Jobs)
	for {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		if w.Yield != nil {
			w.Yield(ctx)
		}
		lease, err := w.Queue.Take(ctx, w.Name)
		if ctx.Err() != nil {
			if err == nil {
				w.warn(lease.Release(context.WithoutCancel(ctx)), "give back a job", lease.Job().ID)
			}
			return nil
		}
		if err != nil {
			<-places
			w.Log.Warn("no job can be taken", "error", err)
			pause(ctx, time.Second)
			continue
		}
		all.Go(func() {
			defer func() { <-places }()
			w.run(ctx, lease)
		})
	}
}

// announce tells the others about this worker.
func (w *Worker) announce(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.Queue.Announce(ctx, w.describe()); err != nil && ctx.Err() == nil {
			w.Log.Debug("the worker could not be announced", "error", err)
		}
		pause(ctx, queue.LeaseTime/3)
	}
}

func (w *Worker) describe() queue.Worker {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := queue.Worker{Name: w.Name, Slots: w.Slots, Jobs: []string{}, Version: sadi.Version, Started: w.started}
	for id, h := range w.held {
		d.Jobs = append(d.Jobs, id)
		d.Busy += h.width
	}
	d.Busy = min(d.Busy+w.lent.count(), d.Slots)
	return d
}

// hold notes a job that runs here, and calls back what was lent beyond what it leaves.
func (w *Worker) hold(j sadi.Job) *held {
	width := w.Slots
	if n := j.Spec.Params.Jobs; n > 0 {
		width = min(n, width)
	}
	h := &held{j.ID, width}
	w.mu.Lock()
	w.held[j.ID] = h
	spare := w.spare()
	w.mu.Unlock()
	w.lent.shrink(spare)
	return h
}

func (w *Worker) letGo(h *held) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.held, h.id)
}

// spare is the number of slots that no job held here uses. The caller holds mu.
func (w *Worker) spare() int {
	free := w.Slots
	for _, h := range w.held {
		free -= h.width
	}
	return max(free, 0)
}

// warn logs an error of something that can not be mended here.
func (w *Worker) warn(err error, what, job string) {
	if err != nil {
		w.Log.Warn("could not "+what, "job", job, "error", err)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
