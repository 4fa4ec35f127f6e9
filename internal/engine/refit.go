package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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

// refit fits the chosen members on all rows, test rows included, after the verdict: with the same number of folds,
// for few rows several times, where the search used folds (early stopping needs rows to stop by, and the mean of fold models is what was judged),
// else once, with the number of rounds found. Members that there is no time for are delivered as they were judged.
func (r *run) refit(ctx, asked context.Context) error {
	r.delivered = r.judged
	r.deliveredInfo = manifest.Delivered{Model: r.describeModel(), Judged: r.judgedText(), Rows: fmt.Sprintf("the %d rows of the search", len(r.train))}
	if !r.wantsRefit() {
		r.deliveredInfo.Why = r.whyNoRefit()
		return nil
	}
	order := byWeight(r.combined.weights)
	if d, ok := r.clock.recall(manifest.RefitSkipped, -1, -1); ok {
		order = order[:min(max(d.Value, 0), len(order))]
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if asked.Err() != nil { // AfterFunc would let the first fits begin
		cancel(context.Cause(asked))
	}
	defer context.AfterFunc(asked, func() { cancel(context.Cause(asked)) })()
	if r.clock.bounded() {
		timer := time.AfterFunc(r.clock.left(r.publishCost()), func() { cancel(errBudget) })
		defer timer.Stop()
	}
	members, err := r.refitMembers(ctx, order)
	if err != nil {
		return err
	}
	if cause := context.Cause(ctx); len(members) < len(order) {
		why := "the refit was not done when its time was up"
		if errors.Is(cause, ErrInterrupted) {
			why = "the job was asked to stop"
		} else if !errors.Is(cause, errBudget) {
			return cause
		}
		r.clock.decide(manifest.RefitSkipped, -1, -1, len(members), why)
	}
	return r.deliver(members)
}

func (r *run) whyNoRefit() string {
	switch {
	case r.job.Spec.Params.Refit != nil && !*r.job.Spec.Params.Refit:
		return "it was not asked for"
	case r.sampled:
		return "all rows would not fit into the memory"
	}
	return "no rows were set aside, and every row has taught all fold models but one"
}

// byWeight are the members, the weightiest first.
func byWeight(weights []float64) []int {
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	return order
}

// fewRows is the number of rows below which the folds of a refit are drawn several times: the mean of more fold models
// varies less with the luck of the division, and few rows are quick to learn from.
const fewRows = 2500

// refitRepeats is how often the rows are divided into folds for the refit; 0 where the search had one hold-out. Rows in
// the order of time can be divided in one way only.
func (r *run) refitRepeats() int {
	switch {
	case len(r.trial.Folds) == 1:
		return 0
	case len(r.usable) < fewRows && r.job.Spec.Params.Time == "":
		return 3
	}
	return 1
}

// refitted is a member of the ensemble fitted again; nil parts where that failed.
type refitted struct {
	member int
	parts  []bundle.Part
	pipes  *bundle.Bundle // holds the pipelines that the parts refer to
}

// refitMembers fits the members again, in the given order, and returns those that were done when ctx ended: the
// first of the order, without a gap.
func (r *run) refitMembers(ctx context.Context, order []int) ([]refitted, error) {
	job := &trial.Job{Table: r.table, Columns: r.features, Target: r.target, Weights: r.weights, Scorer: r.scorer,
		Stream: r.stream.Child("refit"), Pool: r.pool}
	single := len(r.trial.Folds) == 1
	if single {
		job.Folds = []split.Fold{{Fit: r.usable}}
	}
	for i := range r.refitRepeats() {
		folds, err := split.KFold(r.usable, len(r.trial.Folds), r.by(), r.stream.Child("refit/folds").At(i))
		if err != nil {
			return nil, err
		}
		job.Folds = append(job.Folds, folds...)
	}
	k := len(job.Folds)
	type result struct {
		res  trial.FoldResult
		err  error
		done bool
	}
	results := make([]result, len(order)*k)
	// the cause of an end is read from ctx by the caller, for whom the members that were done still count
	_ = r.pool.For(ctx, len(results), func(i int) {
		s := r.combined.slots[order[i/k]]
		leave := r.room.enter(r.need(s.config, len(job.Folds[i%k].Fit), len(job.Folds[i%k].Valid)), r.pool.Idle)
		defer leave()
		res, err := job.Fold(ctx, s.config, i%k, r.refitControl(s, i%k, single))
		results[i] = result{res, err, err == nil || ctx.Err() == nil}
	})
	pipes := map[pipeKey]int{}
	holder := &bundle.Bundle{}
	var members []refitted
	for i, member := range order {
		m := refitted{member: member, pipes: holder}
		for fold, t := range results[i*k : (i+1)*k] {
			if !t.done {
				return members, nil
			}
			if t.err != nil {
				r.note("%s could not be fitted again and is delivered as it was judged: %v", r.combined.slots[member].name, t.err)
				m.parts = nil
				break
			}
			part, err := r.part(context.WithoutCancel(ctx), holder, pipes, job, r.combined.slots[member], fold, t.res.Model)
			if err != nil {
				return nil, err
			}
			m.parts = append(m.parts, part)
		}
		members = append(members, m)
	}
	return members, nil
}

// deliver puts the refitted members in the place of the judged ones.
func (r *run) deliver(members []refitted) error {
	b := r.newBundle()
	b.Members = slices.Clone(r.judged.Members)
	for i := range b.Members { // Compact will renumber them
		b.Members[i].Parts = slices.Clone(b.Members[i].Parts)
	}
	b.Pipelines = slices.Clone(r.judged.Pipelines)
	var fitted int
	var share float64
	for _, m := range members {
		if m.parts == nil {
			continue
		}
		if fitted == 0 {
			b.Pipelines = append(b.Pipelines, m.pipes.Pipelines...)
		}
		fitted++
		share += b.Members[m.member].Weight
		parts := slices.Clone(m.parts)
		for i := range parts {
			parts[i].Pipeline += len(r.judged.Pipelines)
		}
		b.Members[m.member].Parts = parts
	}
	all := len(r.combined.slots)
	none, others := "the job ended before a member could be fitted again on all rows", "the job ended before the others could be"
	if len(members) == all { // what is not fitted again then has failed
		none, others = "no member could be fitted again on all rows", "the others could not be"
	}
	switch {
	case fitted == 0:
		r.deliveredInfo.Why = none + ", so the judged model is delivered"
		r.note("%s", r.deliveredInfo.Why)
		return nil
	case fitted < all:
		r.deliveredInfo.Why = fmt.Sprintf("%d of %d members, which have %.0f %% of the weight, were fitted again; %s", fitted, all, 100*share, others)
		r.deliveredInfo.Rows = fmt.Sprintf("all %d rows with a target (%d members) and the %d rows of the search (%d members)", len(r.usable), fitted, len(r.train), all-fitted)
		r.note("%s", r.deliveredInfo.Why)
	default:
		r.deliveredInfo.Why = "the configurations of the judged ensemble were fitted again with the rows that had judged it"
		r.deliveredInfo.Rows = fmt.Sprintf("all %d rows with a target", len(r.usable))
	}
	b.Compact()
	r.delivered, r.deliveredInfo.Refit = b, true
	return nil
}

// refitControl repeats what the search did: the rounds found where one model is fitted without validation rows, the
// clock's word where it stopped a fold.
func (r *run) refitControl(s *slot, fold int, single bool) trial.Control {
	f := s.folds[fold%len(s.folds)]
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
