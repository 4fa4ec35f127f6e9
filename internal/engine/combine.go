package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"sadi"
	"sadi/internal/ensemble"
	"sadi/internal/manifest"
	"sadi/internal/metric"
	"sadi/internal/trial"
)

// combination is the ensemble that the search has found.
type combination struct {
	slots   []*slot   // with a weight above 0, by index
	weights []float64 // add up to 1
	path    []int     // trial numbers in the order of the greedy selection
	score   float64
}

// scoredData is the target of the rows that out-of-fold predictions cover.
func (r *run) scoredData() metric.Data {
	rows := r.trial.Scored()
	var w []float64
	if r.weights != nil {
		w = make([]float64, len(rows))
		for i, row := range rows {
			w[i] = r.weights[row]
		}
	}
	return trial.MetricData(r.trial.Target.Take(rows), w, nil)
}

// outOfFold are the predictions of a trial for the scored rows.
func (s *slot) outOfFold() []float64 {
	var pred []float64
	for _, f := range s.folds {
		pred = append(pred, f.Pred...)
	}
	return pred
}

// predictionsHash identifies predictions in the record.
func predictionsHash(pred []float64) string {
	h := sha256.New()
	var b [8]byte
	for _, v := range pred {
		if v != v {
			v = math.NaN() // processors differ in the bits of the NaN they make
		}
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
		h.Write(b[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// withoutBaseline are the trials but the baseline, or all where there is nothing else.
func withoutBaseline(done []*slot) []*slot {
	own := slices.DeleteFunc(slices.Clone(done), (*slot).isBaseline)
	if len(own) == 0 {
		return done
	}
	return own
}

func (s *slot) isBaseline() bool {
	return s.source == manifest.FromBaseline && s.config.Model.Name() == baselineModel
}

// selectEnsemble weighs the trials greedily by their out-of-fold predictions. The baseline takes part only where the others
// together are no better than it: models that are surer than they are right then lean on it.
func (r *run) selectEnsemble(ctx context.Context, done []*slot, maxRows int) (*combination, error) {
	c, err := r.weigh(ctx, withoutBaseline(done), maxRows)
	base := slices.IndexFunc(done, (*slot).isBaseline)
	if err != nil || base < 0 {
		return c, err
	}
	data := r.scoredData()
	data.Pred = done[base].outOfFold()
	if alone, err := r.scorer.Score(data); err != nil || alone <= c.score {
		return c, nil
	}
	return r.weigh(ctx, done, maxRows)
}

func (r *run) weigh(ctx context.Context, done []*slot, maxRows int) (*combination, error) {
	c := make([]ensemble.Candidate, len(done))
	for i, s := range done {
		c[i].Pred, c[i].Algorithm = s.outOfFold(), s.config.Model.Name()
	}
	data := r.scoredData()
	sel, err := ensemble.Select(ctx, c, data, ensemble.Options{Scorer: r.scorer,
		Guide: ensemble.Guide(r.scorer, r.target.Problem, len(data.Y)), Pool: r.pool, MaxRows: maxRows})
	if err != nil {
		return nil, err
	}
	out := &combination{score: sel.Score}
	for i, w := range sel.Weights {
		if w > 0 {
			out.slots = append(out.slots, done[i])
			out.weights = append(out.weights, w)
		}
	}
	for _, step := range sel.Path {
		out.path = append(out.path, done[step.Candidate].index)
	}
	return out, nil
}

// combine makes the final ensemble.
func (r *run) combine(ctx context.Context) (err error) {
	r.combined, err = r.selectEnsemble(ctx, r.queue.done(), 0)
	if err != nil {
		return err
	}
	r.publishAhead.Store(int64(writeCost(r.combined)))
	r.emit(sadi.Event{Kind: sadi.EventBest, Stage: "ensemble", Data: r.scorer.Shown(r.combined.score)})
	return nil
}

// progressRows bounds the rows on which the ensemble so far is computed while the search still runs.
const progressRows = 4000

// progress combines what there is, to tell the score so far and to know what the stages after the search will cost.
// Only one worker does so at a time; the others skip it, for nothing depends on it but the clock and the display.
func (r *run) progress() {
	if !r.combining.TryLock() {
		return
	}
	defer r.combining.Unlock()
	done := r.queue.done()
	c, err := r.selectEnsemble(context.Background(), done, progressRows)
	if err != nil {
		return
	}
	r.refitAhead.Store(int64(r.refitCost(c)))
	r.judgeAhead.Store(int64(r.judgeCost(c)))
	r.publishAhead.Store(int64(writeCost(c)))
	r.emit(sadi.Event{Kind: sadi.EventBest, Stage: "search", Data: r.scorer.Shown(c.score)})
}

// refitCost is the time that fitting the members again on all rows would take.
func (r *run) refitCost(c *combination) time.Duration {
	if !r.wantsRefit() {
		return 0
	}
	var seconds float64
	for _, s := range c.slots {
		for _, spent := range s.costs {
			seconds += spent.learn
		}
	}
	more := float64(max(r.refitRepeats(), 1)) * float64(len(r.usable)) / float64(len(r.train)) // rows of a refit by rows of the search
	if len(r.trial.Folds) == 1 {
		more = float64(len(r.usable)) / float64(len(r.trial.Folds[0].Fit))
	}
	return r.spread(seconds * more * 1.1)
}

// judgeCost is the time that the members take to predict the test rows twice: for the verdict, and at the least once
// for the importances.
func (r *run) judgeCost(c *combination) time.Duration {
	var seconds float64
	for _, s := range c.slots {
		for fold, spent := range s.costs {
			seconds += spent.predict * float64(len(r.test)) / float64(max(len(r.trial.Folds[fold].Valid), 1))
		}
	}
	return r.spread(2 * seconds)
}

// writeRate is the bytes in a second that the delivered model is written at, disk and digest included, by a slow disk.
const writeRate = 50e6

// writeCost is the time that writing the members takes.
func writeCost(c *combination) time.Duration {
	var bytes int
	for _, s := range c.slots {
		for _, spent := range s.costs {
			bytes += spent.bytes
		}
	}
	return time.Duration(float64(bytes) / writeRate * float64(time.Second))
}

// spread is the time that seconds of one worker take on all of them.
func (r *run) spread(seconds float64) time.Duration {
	return time.Duration(seconds / float64(r.pool.Width()) * float64(time.Second))
}

// tail is the time that the stages after the search need: a fixed part of the budget, the verdict, and the refit where
// it is not too dear. The ensemble at the end of the search may be larger than the last one seen, hence the margin.
func (r *run) tail() time.Duration {
	fixed := max(r.clock.wall*6/100, 500*time.Millisecond)
	refit := time.Duration(r.refitAhead.Load()) * 13 / 10
	if refit > r.clock.wall*3/10 {
		refit = 0
	}
	return fixed + time.Duration(r.judgeAhead.Load())*13/10 + refit + time.Duration(r.publishAhead.Load())
}

// trialRecord is a trial as it stands in the manifest.
func (r *run) trialRecord(s *slot) manifest.Trial {
	t := manifest.Trial{Index: s.index, Model: s.config.Model.Name(), Name: s.name, Source: s.source,
		Params: s.config.Values, Status: s.state, Error: s.reason, StreamPath: s.config.Path()}
	if s.state != sadi.TrialOK {
		return t
	}
	for _, f := range s.folds {
		if !math.IsNaN(f.Score) {
			t.FoldScores = append(t.FoldScores, r.scorer.Shown(f.Score))
		}
		if s.config.Model.Caps().Iterative {
			t.Rounds = append(t.Rounds, f.Rounds)
		}
	}
	shown := r.scorer.Shown(s.score)
	t.Score = &shown
	t.PredictionsSHA256 = predictionsHash(s.outOfFold())
	return t
}
