package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/engine"
	"sadi/internal/fsx"
	"sadi/internal/pack"
	"sadi/internal/queue"
)

// run does a job from the lease to its end.
func (w *Worker) run(ctx context.Context, lease queue.Lease) {
	j := lease.Job()
	h := w.hold(j)
	defer w.letGo(h)
	dir := filepath.Join(w.Dir, fmt.Sprintf("%s.%d", j.ID, j.Fence))
	defer os.RemoveAll(dir)
	work, cancel := context.WithCancelCause(lease.Context())
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { cancel(errLeaving) })()
	w.Log.Info("job taken", "job", j.ID, "attempt", j.Attempts)

	tell, track := newTeller(w.Queue, lease, w.Log), w.Track(j)
	res, err := w.engine(work, j, h, dir, tell, track)
	tell.settle()
	after := context.WithoutCancel(ctx)
	cause := context.Cause(work)
	switch {
	case err == nil && !errors.Is(cause, queue.ErrLost):
		w.end(after, lease, tell, track, filepath.Join(dir, "auto_ml"), w.deliver(after, lease, res, filepath.Join(dir, "auto_ml"), tell))
	case errors.Is(cause, queue.ErrLost):
		w.Log.Warn("job lost to another worker", "job", j.ID)
		track.Abandon()
		w.warn(lease.Release(after), "let go of a job", j.ID)
	case errors.Is(cause, errLeaving):
		track.Abandon()
		w.warn(lease.Release(after), "give back a job", j.ID)
	case errors.Is(cause, queue.ErrStopped):
		w.end(after, lease, tell, track, "", w.move(after, lease, func(r *sadi.Job) { r.State = sadi.Cancelled }))
	default:
		w.end(after, lease, tell, track, "", w.fail(after, lease, err))
	}
}

// engine runs the pipeline. A panic outside of any trial comes back as an error.
func (w *Worker) engine(ctx context.Context, j sadi.Job, h *held, dir string, tell *teller, track Tracking) (res *engine.Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			w.Log.Error("a job panicked", "job", j.ID, "panic", r, "stack", string(debug.Stack()))
			err = sadi.Errorf(sadi.Internal, "the job failed: %v", r).Advise("this is a defect; the log of the worker %s has its trace", w.Name)
		}
	}()
	job, err := w.prepare(ctx, j, dir)
	if err != nil {
		return nil, err
	}
	job.Spec.Params.Jobs = h.width
	job.Dir = filepath.Join(dir, "auto_ml")
	job.Files = []fsx.Option{fsx.Volatile} // deliver keeps them
	job.Observer = sadi.ObserverFunc(func(e sadi.Event) { tell.Observe(e); track.Observe(e) })
	job.Observed = track.Observed
	job.Spent = time.Duration(j.Progress.Elapsed * float64(time.Second))
	job.Share = func(s *engine.Shared) func() { return w.share(ctx, j, h, s) }
	tell.begin(job.Spent, j.Spec.Params.Budget.Wall)
	return engine.Run(ctx, job)
}

// prepare brings the data and makes the engine's request of the record's.
func (w *Worker) prepare(ctx context.Context, j sadi.Job, dir string) (engine.Job, error) {
	path := filepath.Join(dir, filepath.Base(j.DatasetName))
	if err := w.bring(ctx, j.DatasetHash, path); err != nil {
		return engine.Job{}, err
	}
	spec := j.Spec
	if spec.Params.Memory == 0 {
		spec.Params.Memory = w.Memory / int64(w.Jobs)
	}
	return engine.Job{ID: j.ID, Spec: spec, Path: path, Catalog: w.Catalog, Folds: w.Blobs, Expect: j.DatasetHash, Limits: w.Limits}, nil
}

// bring copies a data set to a file.
func (w *Worker) bring(ctx context.Context, hash, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return sadi.Errorf(sadi.Unavailable, "the folder for work in progress can not be made: %w", err).At("%s", filepath.Dir(path))
	}
	in, err := w.Blobs.Get(ctx, blob.DataName(hash))
	if err != nil {
		return fmt.Errorf("bring the data set: %w", err)
	}
	defer in.Close()
	_, _, err = fsx.Write(path, func(out io.Writer) error {
		_, err := io.Copy(out, in)
		return err
	}, fsx.Volatile)
	return err
}

// deliver keeps the artifacts and makes the job succeeded.
func (w *Worker) deliver(ctx context.Context, lease queue.Lease, res *engine.Result, dir string, tell *teller) error {
	sum, artifacts, err := pack.Put(ctx, w.Blobs, dir)
	if err != nil {
		return w.fail(ctx, lease, err)
	}
	outcome := res.Outcome(filepath.ToSlash(filepath.Join("processed", lease.Job().ID, "auto_ml")))
	return w.move(ctx, lease, func(r *sadi.Job) {
		r.State, r.Pack, r.Artifacts, r.Outcome, r.Error = sadi.Succeeded, sum, artifacts, &outcome, nil
		r.Progress = tell.progress()
	})
}

// fail makes the job what its error asks for. Where something outside did not work the job goes back to the queue; the
// attempt counts, so that this has an end.
func (w *Worker) fail(ctx context.Context, lease queue.Lease, err error) error {
	var known *sadi.Error
	if !errors.As(err, &known) {
		known = sadi.Errorf(sadi.Internal, "%w", err)
	}
	var unclear engine.UnclearTarget
	return w.move(ctx, lease, func(r *sadi.Job) {
		switch {
		case errors.As(err, &unclear):
			r.State, r.Candidates, r.Error = sadi.NeedsTarget, unclear.Candidates, known
		case known.Code == sadi.Unavailable && r.Attempts < queue.PoisonAttempts:
			r.State, r.Error = sadi.Queued, known
		default:
			r.State, r.Error = sadi.Failed, known
		}
	})
}

// move changes the state of the job, and its time of ending with it.
func (w *Worker) move(ctx context.Context, lease queue.Lease, change func(*sadi.Job)) error {
	_, err := lease.Update(ctx, func(r *sadi.Job) error {
		change(r)
		if r.Stage = ""; r.State.Final() {
			now := time.Now().UTC()
			r.Finished = &now
		}
		return nil
	})
	return err
}

// end lets go of a job whose record says how it went, tells so, and forgets its folds. dir is what the job left.
func (w *Worker) end(ctx context.Context, lease queue.Lease, tell *teller, track Tracking, dir string, err error) {
	id := lease.Job().ID
	if err != nil {
		track.Abandon()
		w.warn(err, "write how a job ended", id)
		w.warn(lease.Release(ctx), "let go of a job", id)
		return
	}
	w.warn(lease.Done(ctx), "let go of a job", id)
	j, err := w.Queue.Job(ctx, id)
	if err != nil {
		track.Abandon()
	} else if j.Error != nil {
		track.Finish(j.State, j.Error, dir, true)
	} else {
		track.Finish(j.State, nil, dir, true)
	}
	if err != nil || !j.State.Final() {
		w.Log.Info("job left", "job", id, "state", j.State)
		return
	}
	w.Log.Info("job ended", "job", id, "state", j.State)
	tell.finish(j)
	names, err := w.Blobs.List(ctx, engine.FoldPrefix(id))
	for _, name := range names {
		err = errors.Join(err, w.Blobs.Delete(ctx, name))
	}
	w.warn(err, "forget the folds of a job", id)
}
