package engine

import (
	"context"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/trial"
)

// FoldTask is a fold of a trial for another process to compute. It is plain data.
type FoldTask struct {
	Trial   int                 `json:"trial"`
	Fold    int                 `json:"fold"`
	Model   string              `json:"model"`
	Params  map[string]any      `json:"params"`
	Seconds float64             `json:"seconds,omitempty"` // that the fit may take before it is stopped where it is; 0 = no bound
	Clock   []manifest.Decision `json:"clock,omitempty"`   // what was decided before the search, see Prepare
}

// Shared is what a running job lets other processes compute. It is safe for concurrent use.
type Shared struct {
	r   *run
	ctx context.Context // of the search
}

// Take returns a fold that is ready to be computed, if there is one. Each one that was taken is to be brought to its
// end by Give, Fail or Back, once.
func (s *Shared) Take() (FoldTask, bool) {
	slot, fold := s.r.queue.takeAway()
	if slot == nil {
		return FoldTask{}, false
	}
	t := FoldTask{Trial: slot.index, Fold: fold, Model: slot.config.Model.Name(), Params: slot.config.Values, Clock: s.r.early}
	if s.r.clock.bounded() && !s.r.clock.replaying {
		t.Seconds = s.r.foldLimit().Seconds()
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
	return &Helper{r}, nil
}

// Fold computes a fold and leaves its result in the job's Folds. failed is the algorithm's own failure, which ends the
// trial; err is any other reason why there is no result, which says nothing about the trial.
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
	var proceed func(int) bool
	if t.Seconds > 0 {
		end := time.Now().Add(time.Duration(t.Seconds * float64(time.Second)))
		proceed = func(int) bool { return time.Now().Before(end) }
	}
	c, err := h.r.compute(ctx, s, t.Fold, proceed)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return err, nil
	}
	h.r.remember(ctx, s, t.Fold, c)
	return nil, nil
}
