package engine

import (
	"context"
	"errors"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/trial"
)

// FoldTask is a fold of a trial for another process to compute. It is plain data.
type FoldTask struct {
	Trial   int                 `json:"trial"`
	Fold    int                 `json:"fold"`
	Model   string              `json:"model"`
	Params  map[string]any      `json:"params"`
	Seconds float64             `json:"seconds,omitempty"` // that the fit may take before it is stopped where it is; 0 = no bound
	Rounds  int                 `json:"rounds,omitempty"`  // a fit that its first ones tell will be stopped with fewer is of no use
	Clock   []manifest.Decision `json:"clock,omitempty"`   // what was decided before the search, see Prepare
}

// Shared is what a running job lets other processes compute. It is safe for concurrent use.
type Shared struct {
	r   *run
	ctx context.Context // of the search
}

// Take returns a fold that is ready to be computed, if there is one. Each one that was taken is to be brought to its
// end by Give, Fail, Cut or Back, once.
func (s *Shared) Take() (FoldTask, bool) {
	slot, fold := s.r.queue.takeAway()
	if slot == nil {
		return FoldTask{}, false
	}
	t := FoldTask{Trial: slot.index, Fold: fold, Model: slot.config.Model.Name(), Params: slot.config.Values, Clock: s.r.early}
	if s.r.clock.bounded() && !s.r.clock.replaying {
		t.Seconds, t.Rounds = s.r.foldLimit().Seconds(), s.r.enoughRounds(slot.config)
	}
	return t, true
}

// Give takes the result of a fold, which Helper.Fold has left in Job.Folds; where it is not there the fold is ready again.
func (s *Shared) Give(t FoldTask) {
	defer s.r.queue.arrive()
	slot := s.r.queue.at(t.Trial)
	if c, ok := s.r.remembered(s.ctx, slot, t.Fold); ok {
		s.r.settle(s.ctx, slot, t.Fold, c, nil)
		return
	}
	s.r.follow(slot, s.r.queue.putBack(slot, t.Fold))
}

// Fail takes the reason for which the algorithm could not do the fold.
func (s *Shared) Fail(t FoldTask, reason string) {
	defer s.r.queue.arrive()
	slot := s.r.queue.at(t.Trial)
	s.r.follow(slot, s.r.queue.fail(slot, t.Fold, reason))
}

// Cut takes word of ErrTooFewRounds: the trial is given up, as it would be had the fit been here.
func (s *Shared) Cut(t FoldTask) {
	defer s.r.queue.arrive()
	slot := s.r.queue.at(t.Trial)
	s.r.giveUp(slot, whyTooFew)
	s.r.follow(slot, s.r.queue.putBack(slot, t.Fold))
}

// Wanted reports whether the result of a fold is still of use: its trial has not been given up.
func (s *Shared) Wanted(t FoldTask) bool { return s.r.queue.running(s.r.queue.at(t.Trial)) }

// Back makes a fold ready again whose taker was lost or has better things to do.
func (s *Shared) Back(t FoldTask) {
	defer s.r.queue.arrive()
	slot := s.r.queue.at(t.Trial)
	s.r.follow(slot, s.r.queue.putBack(slot, t.Fold))
}

// Helper computes folds of a job that another process runs.
type Helper struct{ r *run }

// Prepare reads and divides the data as the job's own process has done, with the decisions that its clock and memory
// had made by then (FoldTask.Clock). Nothing is written but results, to job.Folds.
func Prepare(ctx context.Context, job Job, made []manifest.Decision) (*Helper, error) {
	job.Replay = &made
	job.Observer = sadi.ObserverFunc(func(sadi.Event) {})
	r := &run{job: job, started: time.Now()}
	for _, stage := range []func(context.Context) error{r.inspect, r.split} {
		if err := stage(ctx); err != nil {
			return nil, err
		}
	}
	r.room.bytes = r.roomFor(len(r.trial.Folds))
	return &Helper{r}, nil
}

// ErrTooFewRounds says that a fit was ended because it would have been stopped with too few rounds.
var ErrTooFewRounds = errors.New(whyTooFew)

// Fold computes a fold, when there is memory for it, and leaves its result in the job's Folds. failed is the algorithm's own
// failure or ErrTooFewRounds, which end the trial; err is any other reason why there is no result, which says nothing about the
// trial.
func (h *Helper) Fold(ctx context.Context, t FoldTask) (failed, err error) {
	m := h.r.modelCalled(t.Model)
	if m == nil || t.Fold < 0 || t.Fold >= len(h.r.trial.Folds) {
		return nil, sadi.Errorf(sadi.Internal, "there is no fold %d of %s here", t.Fold, t.Model)
	}
	values, err := m.Params().Complete(t.Params)
	if err != nil {
		return nil, err
	}
	s := &slot{index: t.Trial, config: trial.Config{Model: m, Values: values}}
	leave := h.r.room.enter(h.r.foldNeed(s.config), func(wait func()) { wait() }) // the place is a slot, and not of the pool
	defer leave()
	var proceed func(int) bool
	few := false
	if t.Seconds > 0 {
		began, limit := time.Now(), time.Duration(t.Seconds*float64(time.Second))
		var forecast model.Forecast
		proceed = func(rounds int) bool {
			elapsed := time.Since(began)
			forecast.Done(rounds, elapsed)
			few = few || tooFew(&forecast, rounds, t.Rounds, elapsed, limit)
			return !few && elapsed < limit
		}
	}
	c, err := h.r.compute(ctx, s, t.Fold, proceed)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case few:
		return ErrTooFewRounds, nil
	case err != nil:
		return err, nil
	}
	h.r.remember(ctx, s, t.Fold, c)
	return nil, nil
}
