package engine

import (
	"context"
	"errors"
	"time"

	"sadi/internal/explain"
	"sadi/internal/manifest"
	"sadi/internal/metric"
	"sadi/internal/trial"
)

const (
	explainShare   = 12 // the importances may take one part in so many of the budget
	explainRows    = 2000
	explainRepeats = 5
	fewestExplain  = 20              // rows below which importances would be noise
	stopGrace      = 2 * time.Second // that the importances still have when a person asks for the end
)

// explain measures what each column is worth to the judged model, on the test rows, as well as there is time for.
// asked is the context by which a person asks for the end.
func (r *run) explain(ctx, asked context.Context) error {
	if len(r.test) == 0 {
		return nil // a fold's model would be explained on rows that another fold's model learned from
	}
	rows, repeats, why := r.explainScope()
	if rows < fewestExplain {
		if why != "" {
			r.clock.decide(manifest.ExplainReduced, -1, -1, 0, why)
		}
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(asked, func() { time.AfterFunc(stopGrace, func() { cancel(context.Cause(asked)) }) })()
	if r.clock.bounded() {
		timer := time.AfterFunc(r.clock.left(r.publishCost()), func() { cancel(errBudget) })
		defer timer.Stop()
	}
	importances, err := r.permute(ctx, rows, repeats)
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errBudget):
		r.clock.decide(manifest.ExplainReduced, -1, -1, 0, "the importances were not done when their time was up")
		return nil
	case errors.Is(cause, ErrInterrupted):
		r.clock.decide(manifest.ExplainReduced, -1, -1, 0, "the job was asked to stop")
		return nil
	case errors.Is(err, metric.ErrUndefined):
		r.note("the importances are not known: %v", err)
		return nil
	case err != nil:
		return err
	}
	if why != "" {
		r.clock.decide(manifest.ExplainReduced, -1, -1, rows, why)
	}
	r.importances = importances
	return nil
}

// explainScope is on how many rows, and how often, each column is shuffled; why is not empty where the clock decided it.
func (r *run) explainScope() (rows, repeats int, why string) {
	rows, repeats = min(len(r.test), explainRows), explainRepeats
	if d, ok := r.clock.recall(manifest.ExplainReduced, -1, -1); ok {
		return d.Value, 1, ""
	}
	if !r.clock.bounded() {
		return rows, repeats, ""
	}
	spare := r.spareToExplain()
	once := time.Duration(float64(r.predictTime) * float64(rows) / float64(len(r.test)) * float64(len(r.features)))
	if once*time.Duration(repeats) <= spare {
		return rows, repeats, ""
	}
	rows = int(float64(rows) * min(1, float64(spare)/float64(once+1)))
	return max(rows, 0), 1, "the importances had to fit into the time that was left"
}

// spareToExplain is the time that a bounded job has for it: what the refit and the record leave, and a share of the budget
// at most.
func (r *run) spareToExplain() time.Duration {
	spare := r.clock.left(r.publishCost())
	if refit := r.refitCost(r.combined); refit < spare {
		spare -= refit
	}
	return min(spare*8/10, r.clock.wall/explainShare)
}

func (r *run) permute(ctx context.Context, rows, repeats int) ([]explain.Importance, error) {
	probe := sampleOf(r.test, rows)
	t := r.table.Take(r.features, probe)
	return explain.Permutation(ctx, explain.Input{
		Rows: len(probe), Columns: r.features, Scorer: r.scorer, Repeats: repeats, Pool: r.pool,
		Stream: r.stream.Child("explain"), Data: trial.MetricData(r.target.Take(probe), r.weightsOf(probe), nil),
		Predict: func(ctx context.Context, column string, perm []int, dst []float64) error {
			shuffled := t
			if column != "" {
				shuffled = t.Permuted(column, perm)
			}
			pred, err := r.judged.Predict(ctx, shuffled, nil, r.pool)
			copy(dst, pred)
			return err
		},
	})
}

// sampleOf are at most the given number of rows, evenly spread.
func sampleOf(rows []int, most int) []int {
	var sample []int
	for _, i := range explain.Sample(len(rows), most) {
		sample = append(sample, rows[i])
	}
	return sample
}
