package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/param"
	"sadi/internal/search"
	"sadi/internal/trial"
)

// foldShare is the part of the search time left that one trial of an iterative algorithm may take before the clock
// stops it: large enough for a strong first booster on large data, small enough that others follow.
const foldShare = 0.35

// search runs trials until the plan and the tuning are done, the clock or a person ends it. asked is the context by
// which a person asks.
func (r *run) search(ctx, asked context.Context) error {
	known := len(r.entries)
	if r.early = r.clock.decisions(); r.clock.replaying {
		r.early = *r.job.Replay
	}
	r.queue = newQueue(len(r.trial.Folds), known, r.propose)
	r.room.bytes = r.roomFor(len(r.trial.Folds))
	steady := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(asked, func() {
		if errors.Is(context.Cause(asked), ErrInterrupted) {
			cancel(ErrInterrupted)
		}
	})()
	defer context.AfterFunc(ctx, r.queue.close)() // wakes the workers that wait
	watch := r.watchBudget(cancel)
	defer watch()
	if r.job.Share != nil {
		defer r.job.Share(&Shared{r, ctx})()
	}
	err := r.pool.For(context.WithoutCancel(ctx), r.pool.Width(), func(int) {
		for ctx.Err() == nil { // else one whose fold was cut would begin another before the queue is closed
			s, fold := r.queue.take(r.pool.Idle)
			if s == nil {
				return
			}
			r.runFold(ctx, s, fold)
		}
	})
	if err != nil {
		return err
	}
	r.queue.close() // to helpers too, before the record of the end
	if err := r.lateBaseline(steady); err != nil {
		return err
	}
	r.recordEnd(ctx)
	if ctx.Err() != nil && !endedEarly(ctx) {
		return context.Cause(ctx)
	}
	if len(r.queue.done()) > 0 {
		return nil
	}
	if errors.Is(context.Cause(ctx), ErrInterrupted) {
		return ErrInterrupted
	}
	return r.noModel()
}

// lateBaseline does the baseline where the search ended before it did and another trial was quicker: every verdict is
// measured against it.
func (r *run) lateBaseline(ctx context.Context) error {
	if len(r.queue.done()) == 0 || r.queue.at(0).state != sadi.TrialRunning {
		return nil
	}
	s := r.queue.at(0)
	for fold := range s.folds {
		c, err := r.compute(ctx, s, fold, nil)
		if err == nil {
			err = r.keepModel(s, fold, c.res.Model)
		}
		if err != nil {
			return err
		}
		c.res.Model = nil
		s.folds[fold], s.costs[fold] = c.res, c.spent
	}
	s.ended = len(s.folds)
	r.finishTrial(s)
	return nil
}

// watchBudget ends the search when the time left is what the stages after it need.
func (r *run) watchBudget(cancel context.CancelCauseFunc) (stop func()) {
	if !r.clock.bounded() {
		return func() {}
	}
	done := make(chan struct{})
	var once sync.Once
	go func() {
		for {
			left := r.clock.left(r.tail())
			if left <= 0 && r.haveModel() {
				cancel(errBudget)
				return
			}
			select {
			case <-done:
				return
			case <-time.After(min(max(left, 10*time.Millisecond), 100*time.Millisecond)):
			}
		}
	}()
	return func() { once.Do(func() { close(done) }) }
}

// haveModel reports whether any trial has a score, so that ending the search leaves a model. The baseline takes
// milliseconds, so the clock waits for it and for nothing else.
func (r *run) haveModel() bool { return len(r.queue.done()) > 0 }

// endedEarly reports whether a search ended in a way that leaves what it found to be used.
func endedEarly(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return errors.Is(cause, errBudget) || errors.Is(cause, ErrInterrupted)
}

func stopReason(ctx context.Context) string {
	if errors.Is(context.Cause(ctx), ErrInterrupted) {
		return "the job was asked to stop"
	}
	return "the budget ended before the trial did"
}

// finishTrial scores a trial whose folds are all there.
func (r *run) finishTrial(s *slot) {
	scores := make([]float64, len(s.folds))
	for i, f := range s.folds {
		scores[i] = f.Score
	}
	s.score = trial.Mean(scores)
	if math.IsNaN(s.score) {
		r.queue.end(s, sadi.TrialFailed, fmt.Sprintf("%s is undefined on every fold", r.scorer.Name))
	} else {
		r.queue.end(s, sadi.TrialOK, "")
	}
	r.tellTrial(s)
	r.progress()
}

func (r *run) tellTrial(s *slot) {
	r.emit(sadi.Event{Kind: sadi.EventLearned, Stage: "search", Data: r.learned(s)})
	r.emit(sadi.Event{Kind: sadi.EventTrial, Stage: "search", Data: r.trialRecord(s)})
}

// learned is how a trial that has ended learned. It enters no record.
func (r *run) learned(s *slot) sadi.Learned {
	l := sadi.Learned{Trial: s.index, Seconds: s.seconds()}
	if s.state != sadi.TrialOK {
		return l
	}
	for _, f := range s.folds {
		told := sadi.FoldLearned{Score: f.Score, Rounds: f.Rounds}
		if !math.IsNaN(f.Score) {
			told.Score = r.scorer.Shown(f.Score)
		}
		for i, round := range f.Trace.Rounds {
			told.Curve = append(told.Curve, sadi.CurvePoint{Round: round, Loss: f.Trace.Losses[i]})
		}
		l.Folds = append(l.Folds, told)
	}
	return l
}

// propose is the queue's source: first the plan, then the search. It is called in order, with the trials it may see.
func (r *run) propose(n int, seen, pending []*slot) *slot {
	if limit := r.job.Spec.Params.Budget.Trials; limit > 0 && n >= limit {
		return nil
	}
	if d, ok := r.clock.recall(manifest.QueueCut, -1, -1); ok && n >= d.Value {
		return nil
	}
	if !r.timeForAnother() {
		r.clock.decide(manifest.QueueCut, -1, -1, n, "the time that was left would not have sufficed for another trial")
		return nil
	}
	var s *slot
	if n < len(r.entries) {
		e := r.entries[n]
		s = &slot{name: e.Name, source: sourceOf(e), config: r.config(e)}
	} else if s = r.tune(n, seen, pending); s == nil {
		return nil
	}
	if d, ok := r.clock.recall(manifest.TrialCut, n, -1); ok {
		s.state, s.reason = sadi.TrialCut, d.Why
	} else {
		r.skipTooLarge(n, s)
	}
	return s
}

// timeForAnother reports whether a trial that takes as long as the middle one so far would come to its end. One that is cut
// short in its first rounds is worth nothing, and its time is better left to the refit.
func (r *run) timeForAnother() bool {
	if !r.clock.bounded() {
		return true
	}
	var took []float64
	for _, s := range r.queue.slots {
		if s.state == sadi.TrialOK && s.config.Model.Caps().Iterative {
			took = append(took, s.seconds())
		}
	}
	if len(took) == 0 {
		return true
	}
	slices.Sort(took)
	return r.clock.left(r.tail()).Seconds() > took[len(took)/2]/float64(r.pool.Width())
}

// patience is the number of tuning trials without a better one after which the search is over: more only fits the
// validation rows.
func patience(rows int) int { return min(max(20, rows/100), 200) }

// tune asks the searcher for the n-th configuration.
func (r *run) tune(n int, seen, pending []*slot) *slot {
	if !r.job.Spec.Params.HPO {
		return nil
	}
	best, at := math.Inf(-1), 0
	for _, s := range seen {
		if s.state == sadi.TrialOK && s.score > best {
			best, at = s.score, s.index
		}
	}
	if len(seen)-max(at, len(r.entries)) > patience(len(r.trial.Folds[0].Fit)) {
		return nil
	}
	families := r.families(seen)
	if len(families) == 0 {
		return nil
	}
	m := r.modelByName(search.Pick(families, n-len(r.entries)))
	var history []search.Result
	for _, s := range seen {
		if s.config.Model.Name() == m.Name() {
			history = append(history, search.Result{Values: s.config.Values, Score: s.score, OK: s.state == sadi.TrialOK})
		}
	}
	for _, s := range pending { // without a result yet: known so that nothing is tried twice
		if s.config.Model.Name() == m.Name() {
			history = append(history, search.Result{Values: s.config.Values})
		}
	}
	values := r.job.Catalog.Searcher.Ask(r.searchSpace(m), history, r.stream.Child("search").At(n))
	return &slot{name: fmt.Sprintf("%s tuned #%d", m.Name(), n), source: manifest.FromHPO, config: trial.Config{Model: m, Values: values}}
}

// families are the tunable algorithms with what is known of them, in plan order.
func (r *run) families(seen []*slot) []search.Family {
	var families []search.Family
	for _, m := range r.models {
		if len(m.Params().Tuned()) == 0 {
			continue
		}
		f := search.Family{Name: m.Name(), Best: math.Inf(-1)}
		for _, s := range seen {
			if s.config.Model.Name() == m.Name() && s.state == sadi.TrialOK {
				f.Best = max(f.Best, s.score)
				f.Trials++
			}
		}
		families = append(families, f)
	}
	return families
}

func (r *run) modelByName(name string) model.Model {
	m := r.modelCalled(name)
	if m == nil {
		panic("engine: the search picked a family that it was not given")
	}
	return m
}

// modelCalled is the algorithm of the catalogue with exactly this name, or nil.
func (r *run) modelCalled(name string) model.Model {
	for _, m := range r.job.Catalog.Models {
		if m.Name() == name {
			return m
		}
	}
	return nil
}

// searchSpace are the parameters of an algorithm with the portfolio's way of learning as defaults: many rounds with
// early stopping, where the algorithm has it.
func (r *run) searchSpace(m model.Model) param.Set {
	set := m.Params()
	for _, e := range r.entries {
		if e.Model != m.Name() {
			continue
		}
		values, err := set.Complete(e.Params)
		if err != nil {
			break
		}
		set = append(param.Set(nil), set...)
		for i, p := range set {
			set[i].Default = values[p.Name]
		}
		break
	}
	return set
}

// recordEnd writes down what the clock or a person ended.
func (r *run) recordEnd(ctx context.Context) {
	if r.clock.replaying {
		r.clock.made = *r.job.Replay
		return
	}
	for _, s := range r.queue.slots {
		if ctx.Err() != nil {
			r.queue.end(s, sadi.TrialCut, stopReason(ctx))
		}
		if s.state == sadi.TrialCut {
			r.clock.decide(manifest.TrialCut, s.index, -1, s.ended, s.reason)
		}
	}
	if ctx.Err() != nil && !r.clock.decided(manifest.QueueCut) {
		r.clock.decide(manifest.QueueCut, -1, -1, len(r.queue.slots), stopReason(ctx))
	}
}

// noModel explains a search without any result.
func (r *run) noModel() error {
	e := sadi.Errorf(sadi.NoModel, "none of %d trials gave a model", len(r.queue.slots))
	for _, s := range r.queue.slots {
		if s.reason != "" {
			return e.At("%s: %s", s.name, s.reason)
		}
	}
	return e
}
