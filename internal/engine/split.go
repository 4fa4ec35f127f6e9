package engine

import (
	"context"
	"fmt"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/split"
	"sadi/internal/table"
	"sadi/internal/trial"
)

// split sets the test rows aside before anything else and divides the others into folds.
func (r *run) split(context.Context) error {
	p := r.job.Spec.Params
	size := split.HoldoutSize(len(r.usable))
	if p.TestSize != nil {
		size = *p.TestSize
	}
	if len(r.usable) < minRows {
		return sadi.Errorf(sadi.BadData, "%d rows with a target are too few to learn from and to judge", len(r.usable)).
			Advise("at least %d are needed", minRows)
	}
	by := r.by()
	r.train = r.usable
	if size > 0 {
		f, err := split.Holdout(r.usable, size, by, r.stream.Child("test"))
		if err != nil {
			return err
		}
		r.train, r.test = f.Fit, f.Valid
	}
	if err := r.fitMemory(by); err != nil {
		return err
	}
	k, why := r.foldCount()
	var folds []split.Fold
	var err error
	if k > 1 {
		folds, err = split.KFold(r.train, k, by, r.stream.Child("folds"))
	} else {
		var f split.Fold
		f, err = split.Holdout(r.train, split.HoldoutSize(len(r.train)), by, r.stream.Child("folds"))
		folds = []split.Fold{f}
	}
	if err != nil {
		return err
	}
	r.trial = &trial.Job{Table: r.table, Columns: r.features, Target: r.target, Weights: r.weights, Folds: folds,
		Scorer: r.scorer, Stream: r.stream, Pool: r.pool}
	r.splitInfo = manifest.Split{Kind: r.splitKind(), Why: why, TestSize: size, TestRows: len(r.test),
		TrainRows: len(r.train), TrainHash: split.Hash(r.train), Folds: len(folds)}
	if len(r.test) > 0 {
		r.splitInfo.TestHash = split.Hash(r.test)
	}
	for _, f := range folds {
		r.splitInfo.FoldHashes = append(r.splitInfo.FoldHashes, split.Hash(f.Valid))
	}
	r.emit(sadi.Event{Kind: sadi.EventFacts, Stage: "split", Data: sadi.Facts{Target: r.targetInfo.Column,
		Problem: r.target.Problem, Why: r.targetInfo.Why, Rows: len(r.usable), Features: len(r.features), TestRows: len(r.test),
		Folds: len(folds), Metric: r.scorer.Name, GreaterIsBetter: !r.scorer.Less}})
	return nil
}

// minRows is the fewest rows from which anything can be learned and judged.
const minRows = 10

// by is how rows are divided.
func (r *run) by() split.By {
	p := r.job.Spec.Params
	by := split.By{Y: r.target.Y, Classes: r.target.Classes}
	if p.Group != "" {
		by.Group = groupCodes(r.table.Column(p.Group))
	}
	if p.Time != "" {
		by.Time = timeOf(r.table.Column(p.Time))
	}
	return by
}

// groupCodes numbers the groups of a column; rows without a group are each a group of their own.
func groupCodes(c *table.Column) []int32 {
	codes := make([]int32, c.Len())
	seen := map[float64]int32{}
	next := int32(len(c.Levels))
	for i := range codes {
		switch {
		case c.Missing(i):
			codes[i] = next
			next++
		case c.Kind.Numeric():
			k, ok := seen[c.Nums[i]]
			if !ok {
				k = next
				seen[c.Nums[i]] = k
				next++
			}
			codes[i] = k
		default:
			codes[i] = c.Codes[i]
		}
	}
	return codes
}

// timeOf is a column as an order of rows: numbers and dates as they are, words by their sorted place.
func timeOf(c *table.Column) []float64 {
	if c.Kind.Numeric() {
		return c.Nums
	}
	when := make([]float64, c.Len())
	for i, k := range c.Codes {
		when[i] = float64(k)
	}
	return when
}

func (r *run) splitKind() string {
	p := r.job.Spec.Params
	switch {
	case p.Time != "":
		return "by time"
	case p.Group != "":
		return "grouped"
	}
	return "stratified"
}

// cellBytes is the memory that a prepared cell of a fold takes while several algorithms are at work: the float32 of three
// forms of input, bins by row and by column, and room for the collector.
const cellBytes = 24

// foldCount is the number of folds, 1 = one hold-out.
func (r *run) foldCount() (k int, why string) {
	p := r.job.Spec.Params
	if p.Folds > 0 {
		return p.Folds, fmt.Sprintf("%d folds were asked for", p.Folds)
	}
	k, why = split.Folds(split.Facts{Rows: len(r.train), Columns: len(r.features), Outputs: r.target.Outputs(), Wall: p.Budget.Wall, By: r.by(), Usable: r.train})
	if k == 1 {
		return k, why
	}
	_, recalled := r.clock.recall(manifest.FoldsReduced, -1, -1)
	need := int64(len(r.train)) * int64(len(r.features)) * cellBytes * int64(k)
	if !recalled && (r.clock.replaying || r.memory() == 0 || need < r.memory()/2) {
		return k, why
	}
	if !recalled {
		r.clock.decide(manifest.FoldsReduced, -1, -1, 1, "the prepared folds would not fit into the memory")
	}
	r.degrade("one hold-out takes the place of %d folds, which would not fit into the memory", k)
	return 1, "one hold-out: more folds would not fit into the memory"
}

// fitMemory leaves out rows where even one prepared fold would not fit into the memory.
func (r *run) fitMemory(by split.By) error {
	keep := len(r.train)
	if d, ok := r.clock.recall(manifest.RowsReduced, -1, -1); ok {
		keep = d.Value
	} else if limit := r.memory(); limit > 0 && !r.clock.replaying {
		most := int(limit / 2 / (cellBytes * int64(len(r.features))))
		if keep > most {
			keep = max(most, minRows)
			r.clock.decide(manifest.RowsReduced, -1, -1, keep, "the prepared rows would not fit into the memory")
		}
	}
	if keep >= len(r.train) {
		return nil
	}
	r.degrade("%d of %d rows teach: more would not fit into the memory", keep, len(r.train))
	f, err := split.Holdout(r.train, float64(keep)/float64(len(r.train)), by, r.stream.Child("memory"))
	if err != nil {
		return err
	}
	r.train = f.Valid
	r.sampled = true
	return nil
}

// memory is the bytes that are left for learning; 0 = not known.
func (r *run) memory() int64 {
	limit := r.job.Spec.Params.Memory
	if limit == 0 {
		return 0
	}
	return max(limit-int64(r.table.Rows)*int64(len(r.table.Cols))*8, limit/4)
}

// degrade writes down what is given up to stay within bounds.
func (r *run) degrade(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.degraded = append(r.degraded, text)
	r.note("%s", text)
}
