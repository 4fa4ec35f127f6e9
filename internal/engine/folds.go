package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/codec"
	"sadi/internal/manifest"
	"sadi/internal/trial"
)

// A fold's result is a sealed file of this kind. It is kept under FoldName while the job is not finished, so that a job
// that is begun again need not compute it again, and so that a worker can compute it for another one.
const (
	foldKind    = "fold"
	foldVersion = 2
)

// FoldName is the name of a fold's result in Job.Folds.
func FoldName(job string, trial, fold int) string {
	return fmt.Sprintf("%s%d.%d", FoldPrefix(job), trial, fold)
}

// FoldPrefix begins the names of all results of a job; they are of no use once it has ended.
func FoldPrefix(job string) string { return blob.TransientPrefix + "folds/" + job + "/" }

// computed is a fold with what it took.
type computed struct {
	res   trial.FoldResult
	spent cost
}

// encode is the file of the result. What was computed (the stream's path) is part of it: a result of another
// configuration is never taken for this one's.
func (c computed) encode(path string) []byte {
	var w codec.Writer
	w.U8(foldVersion)
	w.String(path)
	w.Int(c.res.Rounds)
	w.Bool(c.res.Stopped)
	w.F64(c.res.Score)
	w.F64s(c.res.Pred)
	w.Raw(c.res.Model)
	w.Int(len(c.res.Trace.Rounds))
	for i, round := range c.res.Trace.Rounds {
		w.Int(round)
		w.F64(c.res.Trace.Losses[i])
	}
	w.F64(c.spent.learn)
	w.F64(c.spent.predict)
	return codec.Seal(foldKind, w.Bytes())
}

func decodeFold(file []byte, path string) (c computed, err error) {
	kind, payload, err := codec.Open(file)
	if err != nil {
		return c, err
	}
	if kind != foldKind {
		return c, sadi.Errorf(sadi.Corrupt, "the file holds a %q, not a fold", kind)
	}
	r := codec.NewReader(payload)
	r.Version(foldKind, foldVersion)
	if got := r.String(); got != path {
		r.Fail("it is the result of %q, not of %q", got, path)
	}
	c.res.Rounds, c.res.Stopped, c.res.Score, c.res.Pred = r.Int(), r.Bool(), r.F64(), r.F64s()
	c.res.Model = r.Raw()
	for range r.Int() {
		if r.Err() != nil {
			break
		}
		c.res.Trace.Rounds = append(c.res.Trace.Rounds, r.Int())
		c.res.Trace.Losses = append(c.res.Trace.Losses, r.F64())
	}
	c.spent = cost{learn: r.F64(), predict: r.F64(), bytes: len(c.res.Model)}
	return c, r.Done()
}

// remembered is a fold's result from an earlier attempt at this job, or from another worker.
func (r *run) remembered(ctx context.Context, s *slot, fold int) (c computed, ok bool) {
	if r.job.Folds == nil {
		return c, false
	}
	in, err := r.job.Folds.Get(ctx, FoldName(r.job.ID, s.index, fold))
	if err != nil {
		return c, false // not there, or not to be had: it is computed (again)
	}
	defer in.Close()
	file, err := io.ReadAll(in)
	if err != nil {
		return c, false
	}
	c, err = decodeFold(file, s.config.Path())
	return c, err == nil
}

// remember keeps a fold's result. A store that can not be reached costs no more than the work, should the job have to
// begin again.
func (r *run) remember(ctx context.Context, s *slot, fold int, c computed) {
	if r.job.Folds == nil {
		return
	}
	file := c.encode(s.config.Path())
	if err := r.job.Folds.Put(context.WithoutCancel(ctx), FoldName(r.job.ID, s.index, fold), bytes.NewReader(file)); err != nil {
		r.forgetful.Do(func() { r.note("results of folds can not be kept for a second attempt: %v", err) })
	}
}

// compute fits and scores a fold here.
func (r *run) compute(ctx context.Context, s *slot, fold int, proceed func(rounds int) bool) (c computed, err error) {
	began := time.Now()
	learned := began
	c.res, err = r.trial.Fold(ctx, s.config, fold, trial.Control{Proceed: proceed, Learned: func() { learned = time.Now() }})
	c.spent = cost{learn: learned.Sub(began).Seconds(), predict: time.Since(learned).Seconds(), bytes: len(c.res.Model)}
	return c, err
}

// runFold does one task: it takes what is remembered, or computes.
func (r *run) runFold(ctx context.Context, s *slot, fold int) {
	if c, ok := r.remembered(ctx, s, fold); ok {
		r.settle(ctx, s, fold, c, nil)
		return
	}
	leave := r.room.enter(r.foldNeed(s.config), r.pool.Idle)
	c, err := r.compute(ctx, s, fold, r.proceed(s, fold, time.Now()))
	leave()
	if err == nil && r.queue.running(s) {
		r.remember(ctx, s, fold, c)
	}
	r.settle(ctx, s, fold, c, err)
}

// settle takes a fold's result or failure and, with the last fold of a trial, ends the trial.
func (r *run) settle(ctx context.Context, s *slot, fold int, c computed, err error) {
	if err == nil && r.queue.running(s) { // else the trial was given up meanwhile
		if c.res.Stopped && !r.clock.replaying {
			r.clock.decide(manifest.RoundsStopped, s.index, fold, c.res.Rounds, "the fit used its share of the time that was left")
		}
		err = r.keepModel(s, fold, c.res.Model)
	}
	switch {
	case err == nil:
		c.res.Model = nil
		standing := r.queue.give(s, fold, c.res, c.spent)
		if standing == unfinished {
			r.weighFolds(s)
		}
		r.follow(s, standing)
	case ctx.Err() == nil:
		r.follow(s, r.queue.fail(s, fold, err.Error()))
	case s.index > 0 || !endedEarly(ctx): // see lateBaseline
		r.queue.end(s, sadi.TrialCut, stopReason(ctx))
	}
}

// follow does what a trial's standing asks for.
func (r *run) follow(s *slot, now standing) {
	switch now {
	case complete:
		r.finishTrial(s)
	case hopeless:
		if r.queue.end(s, sadi.TrialFailed, s.cause()) {
			r.tellTrial(s)
		}
	}
}
