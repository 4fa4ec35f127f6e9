// Package engine runs a job from the file to the manifest; it is the one place where the pipeline is visible from end
// to end: Inspect → Split → Plan → Search → Combine → Judge → Refit → Publish.
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/blob"
	"sadi/internal/bundle"
	"sadi/internal/dataset"
	"sadi/internal/evaluate"
	"sadi/internal/explain"
	"sadi/internal/fsx"
	"sadi/internal/manifest"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/portfolio"
	"sadi/internal/profile"
	"sadi/internal/rng"
	"sadi/internal/search"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
	"sadi/internal/trial"
)

// ErrInterrupted is the cause with which a context asks the engine to end the search early: the best so far is kept,
// judged and delivered. A context that ends for any other cause aborts the job.
var ErrInterrupted error = sadi.Errorf(sadi.Interrupted, "the job was stopped before it had a model")

// Job is what the engine is given.
type Job struct {
	ID       string
	Spec     sadi.Spec
	Path     string       // the file to read
	Name     string       // by which the record calls it; "" = the file's own
	Dir      string       // the job's folder, which must not hold a manifest yet
	Files    []fsx.Option // how the files of the folder are written
	Catalog  Catalog
	Observer sadi.Observer // nil = nobody
	// Replay, when not nil, are the decisions of a clock to repeat instead of asking this one.
	Replay *[]manifest.Decision
	// Folds, when not nil, keeps results of folds beyond this process, below FoldPrefix(ID): a job that is begun again
	// finds them, and other processes leave theirs there.
	Folds blob.Store
	// Share, when not nil, is called as the search begins, with what other processes may compute; the stop that it
	// returns is called as the search ends.
	Share func(*Shared) (stop func())
	// Spent is what earlier attempts at this job have used of its budget.
	Spent time.Duration
	// Limits bound the data set; 0 = the reader's own bounds.
	Limits Limits
	// Observed, when not nil, is asked where the job is tracked, just before the manifest is written. It enters the
	// observed part alone.
	Observed func() *manifest.MLflow
	// Expect, when not empty, is the SHA-256 that the file must have.
	Expect string
}

// Limits bound a data set.
type Limits struct {
	Bytes   int64 // of unpacked text
	Columns int
	Rows    int
}

// Catalog is what the engine may use; it knows no concrete algorithm itself.
type Catalog struct {
	Models   []model.Model
	Searcher search.Searcher
}

// Result is what a finished job leaves.
type Result struct {
	Manifest *manifest.Manifest
	Report   *evaluate.Report
	Bundle   *bundle.Bundle
}

// Run does the job. ctx ending with ErrInterrupted ends the search and finishes the record; with any other cause it
// ends the job, with that cause.
func Run(ctx context.Context, job Job) (*Result, error) {
	r := &run{job: job, started: time.Now()}
	if job.Observer == nil {
		r.job.Observer = sadi.ObserverFunc(func(sadi.Event) {})
	}
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	return &Result{Manifest: r.manifest, Report: r.report, Bundle: r.delivered}, nil
}

// run is a job under way. Each stage fills the fields below its name and reads those above.
type run struct {
	job     Job
	started time.Time
	clock   *clock
	pool    *par.Pool
	stream  rng.Stream
	stages  []manifest.Stage
	telling sync.Mutex

	// inspect
	table      *table.Table
	reading    *csvio.Report
	profile    *profile.Profile
	column     *table.Column // the target
	target     dataset.Target
	labels     []string
	usable     []int // rows with a target
	targetInfo manifest.Target
	features   []string
	dropped    []manifest.Dropped
	guardrails []profile.Guardrail
	weights    []float64
	scorer     metric.Scorer
	notes      []string

	// split
	test      []int
	train     []int
	trial     *trial.Job
	splitInfo manifest.Split
	sampled   bool // the rows to learn from had to be fewer than there are

	// plan
	models   []model.Model
	entries  []portfolio.Entry
	degraded []string

	// search
	queue     *queue
	room      room
	early     []manifest.Decision // made before the search
	forgetful sync.Once           // told that Job.Folds does not work
	folder    *artifact.Folder
	combining sync.Mutex // held by the worker that combines what there is
	// nanoseconds that the refit, the verdict and the writing of the ensemble so far would take
	refitAhead, judgeAhead, publishAhead atomic.Int64

	// combine
	combined *combination

	// judge
	judged      *bundle.Bundle
	testPred    []float64     // of the judged model on the test rows
	predictTime time.Duration // that it took for them
	report      *evaluate.Report
	importances []explain.Importance
	contributed *manifest.Contributions // nil = no member is made of trees, or there was no time

	// refit
	delivered     *bundle.Bundle
	deliveredInfo manifest.Delivered

	manifest *manifest.Manifest
}

// all is the pipeline. A request to stop (ErrInterrupted) reaches only the stages that can end early: the others run
// on a context that lives on.
func (r *run) all(ctx context.Context) error {
	steady, stop := withoutInterrupt(ctx)
	defer stop()
	for _, s := range []struct {
		name string
		ctx  context.Context
		do   func(context.Context) error
	}{
		{"inspect", ctx, r.inspect},
		{"split", ctx, r.split},
		{"plan", ctx, r.plan},
		{"search", steady, func(c context.Context) error { return r.search(c, ctx) }},
		{"ensemble", steady, r.combine},
		{"evaluate", steady, func(c context.Context) error { return r.judge(c, ctx) }},
		{"refit", steady, func(c context.Context) error { return r.refit(c, ctx) }},
		{"publish", steady, r.publish},
	} {
		began := time.Now()
		r.emit(sadi.Event{Kind: sadi.EventStage, Stage: s.name})
		if err := s.do(s.ctx); err != nil {
			r.cleanUp()
			var known *sadi.Error
			if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, ErrInterrupted) {
				return err
			}
			return fmt.Errorf("%s: %w", s.name, err)
		}
		r.stages = append(r.stages, manifest.Stage{Name: s.name, Seconds: time.Since(began).Seconds()})
	}
	return nil
}

// withoutInterrupt is ctx without its end by ErrInterrupted.
func withoutInterrupt(ctx context.Context) (context.Context, func()) {
	steady, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if cause := context.Cause(ctx); !errors.Is(cause, ErrInterrupted) {
			cancel(cause)
		}
	})
	return steady, func() { stop(); cancel(nil) }
}

// emit tells the observer, one event at a time.
func (r *run) emit(e sadi.Event) {
	r.telling.Lock()
	defer r.telling.Unlock()
	e.Time = time.Now()
	r.job.Observer.Observe(e)
}

// note tells the observer something that a person should know.
func (r *run) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.telling.Lock()
	r.notes = append(r.notes, text)
	r.telling.Unlock()
	r.emit(sadi.Event{Kind: sadi.EventNote, Text: text})
}

// rawJSON is a value as it stands in the manifest.
func rawJSON(v any) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %T as JSON: %w", v, err)
	}
	return b, nil
}
