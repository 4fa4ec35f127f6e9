package engine

import (
	"slices"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/trial"
)

const (
	// foldsSurely is the share of the forecast time of a trial's other folds that has to be too long for the time left:
	// folds differ.
	foldsSurely = 0.8
	// fewRounds is the share of the rounds that an algorithm usually keeps below which a fit is worth nothing.
	fewRounds = 0.1
)

// proceed is the clock's word in a fit: nil where no clock speaks.
func (r *run) proceed(s *slot, fold int, began time.Time) func(rounds int) bool {
	if r.clock.replaying {
		d, ok := r.clock.recall(manifest.RoundsStopped, s.index, fold)
		if !ok {
			return nil
		}
		return func(rounds int) bool { return rounds < d.Value }
	}
	if !r.clock.bounded() {
		return nil
	}
	limit := r.foldLimit()
	enough := r.enoughRounds(s.config)
	var forecast model.Forecast
	return func(rounds int) bool {
		elapsed := time.Since(began)
		forecast.Done(rounds, elapsed)
		inTime := elapsed < limit
		if tooFew(&forecast, rounds, enough, elapsed, limit) {
			r.giveUp(s, whyTooFew)
		}
		return inTime && r.queue.running(s)
	}
}

// whyTooFew is what the record has of a trial that tooFew gave up.
const whyTooFew = "its first rounds told that the time would end it with too few of them"

// tooFew tells from the rounds so far whether a fit will end at its limit with fewer of them than are enough.
func tooFew(forecast *model.Forecast, rounds, enough int, elapsed, limit time.Duration) bool {
	if rounds >= enough {
		return false
	}
	will, known := forecast.Within(limit)
	return (known || elapsed >= limit) && will < enough
}

// enoughRounds is the number of rounds that a fit must come to for its result to be of any use.
func (r *run) enoughRounds(c trial.Config) int {
	return int(fewRounds * float64(r.usualRounds(c)))
}

// foldLimit is the time that a fit may take from now on.
func (r *run) foldLimit() time.Duration {
	share := foldShare * float64(r.clock.left(r.tail())) * float64(min(r.pool.Width(), len(r.trial.Folds))) / float64(len(r.trial.Folds))
	return time.Duration(max(share, float64(50*time.Millisecond)))
}

// usualRounds is what the fits of an algorithm have kept so far, the middle of the trials that ended well; 0 before the
// first. No fit learns more rounds than it declares.
func (r *run) usualRounds(c trial.Config) int {
	var kept []int
	for _, s := range r.queue.done() {
		if s.config.Model.Name() == c.Model.Name() {
			kept = append(kept, s.folds[0].Rounds)
		}
	}
	if len(kept) == 0 {
		return 0
	}
	slices.Sort(kept)
	usual := kept[len(kept)/2]
	if m, ok := c.Model.(model.Needy); ok {
		if most := m.Need(model.Shape{Rows: 1, Columns: 1, Outputs: 1}, c.Values).Rounds; most > 0 {
			usual = min(usual, most)
		}
	}
	return usual
}

// weighFolds gives a trial up whose first folds tell that the others would not end in time. Algorithms that learn in
// rounds are stopped in time and kept; the baseline is always needed.
func (r *run) weighFolds(s *slot) {
	if r.clock.replaying || !r.clock.bounded() || s.index == 0 || s.config.Model.Caps().Iterative || !r.haveModel() {
		return
	}
	ended, seconds, waiting := r.queue.folding(s)
	if ended == 0 || waiting == 0 {
		return
	}
	width := r.pool.Width()
	ahead := seconds / float64(ended) * float64((waiting+width-1)/width)
	if foldsSurely*ahead > r.clock.left(r.tail()).Seconds() {
		r.giveUp(s, "its first folds told that the time would not suffice for the others")
	}
}

// giveUp ends a trial that the time would end without a use, so that others have its time. The record has it as a
// decision of the clock, see recordEnd.
func (r *run) giveUp(s *slot, why string) {
	if r.queue.end(s, sadi.TrialCut, why) {
		r.tellTrial(s)
	}
}
