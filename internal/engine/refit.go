package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sadi/internal/bundle"
	"sadi/internal/manifest"
	"sadi/internal/split"
	"sadi/internal/trial"
)

// wantsRefit reports whether the delivered model is to be fitted again. With cross-validation and no test rows the fold
// models have seen every row between them already.
func (r *run) wantsRefit() bool {
	asked := r.job.Spec.Params.Refit == nil || *r.job.Spec.Params.Refit
	return asked && !r.sampled && (len(r.test) > 0 || len(r.trial.Folds) == 1)
}

// refit fits the chosen members on all rows, test rows included, after the verdict: with the same number of folds
// where the search used folds (early stopping needs rows to stop by, and the mean of fold models is what was judged),
// else once, with the number of rounds found. When there is no time for it the judged model is delivered.
func (r *run) refit(ctx, asked context.Context) error {
	r.delivered = r.judged
	r.deliveredInfo = manifest.Delivered{Model: r.describeModel(), Judged: r.judgedText(), Rows: fmt.Sprintf("the %d rows of the search", len(r.train))}
	if !r.wantsRefit() {
		r.deliveredInfo.Why = "it was not asked for"
		if r.job.Spec.Params.Refit == nil || *r.job.Spec.Params.Refit {
			r.deliveredInfo.Why = "no rows were set aside, and every row has taught all fold models but one"
			if r.sampled {
				r.deliveredInfo.Why = "all rows would not fit into the memory"
			}
		}
		return nil
	}
	const noTime = "there was no time to fit again on all rows, so the judged model is delivered"
	if _, ok := r.clock.recall(manifest.RefitSkipped, -1, -1); ok {
		r.deliveredInfo.Why = noTime
		return nil
	}
	skip := func(why string) error {
		r.clock.decide(manifest.RefitSkipped, -1, -1, 0, why)
		r.deliveredInfo.Why = noTime
		r.note("%s", noTime)
		return nil
	}
	if r.clock.bounded() && r.refitCost(r.combined) > r.clock.left(r.publishCost()) {
		return skip("the refit would have taken longer than the time that was left")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(asked, func() { cancel(context.Cause(asked)) })()
	if r.clock.bounded() {
		timer := time.AfterFunc(r.clock.left(r.publishCost()), func() { cancel(errBudget) })
		defer timer.Stop()
	}
	b, err := r.refitAll(ctx)
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errBudget):
		return skip("the refit was not done when its time was up")
	case errors.Is(cause, ErrInterrupted):
		return skip("the job was asked to stop")
	case err != nil:
		return err
	}
	r.delivered = b
	r.deliveredInfo.Refit = true
	r.deliveredInfo.Rows = fmt.Sprintf("all %d rows with a target", len(r.usable))
	r.deliveredInfo.Why = "the configurations of the judged ensemble were fitted again with the rows that had judged it"
	return nil
}

func (r *run) refitAll(ctx context.Context) (*bundle.Bundle, error) {
	job := &trial.Job{Table: r.table, Columns: r.features, Target: r.target, Weights: r.weights, Scorer: r.scorer,
		Stream: r.stream.Child("refit"), Pool: r.pool}
	single := len(r.trial.Folds) == 1
	if single {
		job.Folds = []split.Fold{{Fit: r.usable}}
	} else {
		var err error
		if job.Folds, err = split.KFold(r.usable, len(r.trial.Folds), r.by(), r.stream.Child("refit/folds")); err != nil {
			return nil, err
		}
	}
	type task struct {
		slot *slot
		fold int
		res  trial.FoldResult
		err  error
	}
	var tasks []task
	for _, s := range r.combined.slots {
		for fold := range job.Folds {
			tasks = append(tasks, task{slot: s, fold: fold})
		}
	}
	if err := r.pool.For(ctx, len(tasks), func(i int) {
		t := &tasks[i]
		t.res, t.err = job.Fold(ctx, t.slot.config, t.fold, r.refitControl(t.slot, t.fold, single))
	}); err != nil {
		return nil, err
	}
	b := r.newBundle()
	pipes := map[pipeKey]int{}
	for i, s := range r.combined.slots {
		b.Members = append(b.Members, bundle.Member{Weight: r.combined.weights[i], Name: s.name})
		m := &b.Members[i]
		for fold := range job.Folds {
			t := tasks[i*len(job.Folds)+fold]
			if t.err != nil {
				return nil, fmt.Errorf("fit %s again: %w", s.name, t.err)
			}
			part, err := r.part(ctx, b, pipes, job, s, fold, t.res.Model)
			if err != nil {
				return nil, err
			}
			m.Parts = append(m.Parts, part)
		}
	}
	return b, nil
}

// refitControl repeats what the search did: the rounds found where one model is fitted without validation rows, the
// clock's word where it stopped a fold.
func (r *run) refitControl(s *slot, fold int, single bool) trial.Control {
	f := s.folds[min(fold, len(s.folds)-1)]
	switch {
	case single && f.Rounds > 0:
		return trial.Control{Rounds: f.Rounds}
	case f.Stopped:
		return trial.Control{Proceed: func(rounds int) bool { return rounds < f.Rounds }}
	}
	return trial.Control{}
}

// describeModel names the delivered model for people.
func (r *run) describeModel() string {
	if len(r.combined.slots) == 1 {
		return r.combined.slots[0].name
	}
	return fmt.Sprintf("weighted mean of %d configurations", len(r.combined.slots))
}
