// Package bundle is the model that a job delivers: preparation, the weighted fitted models and the labels in one file.
//
// docs/FORMATS/model.md describes the file. It carries no code: reading one can not run anything.
package bundle

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/ensemble"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/prep/pipeline"
	"sadi/internal/table"
)

// Bundle predicts from a table as it was read. It is safe for concurrent use.
type Bundle struct {
	Fields  table.Schema // the columns that a table must have, features only
	Target  string       // name of the predicted column
	Problem sadi.Problem
	Labels  []string // class labels in index order; nil for regression
	Metric  string   // the scorer by which it was chosen

	Pipelines []*pipeline.Pipeline
	Members   []Member
}

// Member is a configuration's part in the ensemble: the mean of its parts, one for each fold or one in all.
type Member struct {
	Weight float64 // > 0; the weights add up to 1
	Name   string  // for people: "xgb_classifier #4"
	Parts  []Part
}

// Part is a fitted model and the preparation that it expects.
type Part struct {
	Pipeline int // index into Bundle.Pipelines
	Model    string
	Fitted   model.Fitted
}

// Outputs is the number of predictions for a row: K for multiclass, else 1.
func (b *Bundle) Outputs() int {
	return dataset.Target{Problem: b.Problem, Classes: len(b.Labels)}.Outputs()
}

// blockRows is the number of rows that one worker prepares and predicts at a time, which bounds the prepared copies of a
// table that exist. Of fewRows, sharing the work would take longer than doing it.
const (
	blockRows = 1 << 12
	fewRows   = 8
)

// Predict returns rows × Outputs numbers, row-major (see dataset.Target.Outputs), for the given rows of t, nil = all.
// Columns are found by name; a missing one is an error with code SchemaMismatch.
func (b *Bundle) Predict(ctx context.Context, t *table.Table, rows []int, pool *par.Pool) ([]float64, error) {
	if rows == nil {
		rows = make([]int, t.Rows)
		for i := range rows {
			rows[i] = i
		}
	}
	k := b.Outputs()
	dst := make([]float64, len(rows)*k)
	if len(rows) <= fewRows {
		pool = nil
	}
	blocks := (len(rows) + blockRows - 1) / blockRows
	errs := make([]error, blocks)
	err := pool.For(ctx, blocks, func(i int) {
		lo, hi := i*blockRows, min((i+1)*blockRows, len(rows))
		errs[i] = b.predictBlock(ctx, dst[lo*k:hi*k], t, rows[lo:hi], pool)
	})
	if err != nil {
		return nil, err
	}
	if err := first(errs); err != nil {
		return nil, err
	}
	return dst, nil
}

func (b *Bundle) predictBlock(ctx context.Context, dst []float64, t *table.Table, rows []int, pool *par.Pool) error {
	matrices := make([]*dataset.Matrix, len(b.Pipelines))
	errs := make([]error, max(len(b.Pipelines), b.parts()))
	if err := pool.For(ctx, len(matrices), func(i int) {
		matrices[i], errs[i] = b.Pipelines[i].Transform(ctx, t, rows)
	}); err != nil {
		return err
	}
	if err := first(errs); err != nil {
		return err
	}
	preds := make([][]float64, b.parts())
	parts, weights := make([]Part, 0, len(preds)), make([]float64, 0, len(preds))
	for _, m := range b.Members {
		for _, p := range m.Parts {
			parts = append(parts, p)
			weights = append(weights, m.Weight/float64(len(m.Parts)))
		}
	}
	if err := pool.For(ctx, len(parts), func(i int) {
		preds[i] = make([]float64, len(dst))
		errs[i] = model.Predict(ctx, parts[i].Fitted, preds[i], matrices[parts[i].Pipeline], pool)
	}); err != nil {
		return err
	}
	if err := first(errs); err != nil {
		return err
	}
	ensemble.Blend(dst, preds, weights)
	for i, v := range dst {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return sadi.Errorf(sadi.Internal, "the model's prediction is not finite").At("row %d", rows[i/b.Outputs()]+1)
		}
	}
	return nil
}

// Compact drops the pipelines that no part refers to.
func (b *Bundle) Compact() {
	place := make([]int, len(b.Pipelines))
	for i := range place {
		place[i] = -1
	}
	var kept []*pipeline.Pipeline
	for _, m := range b.Members {
		for i := range m.Parts {
			p := &m.Parts[i].Pipeline
			if place[*p] < 0 {
				place[*p] = len(kept)
				kept = append(kept, b.Pipelines[*p])
			}
			*p = place[*p]
		}
	}
	b.Pipelines = kept
}

func (b *Bundle) parts() int {
	var n int
	for _, m := range b.Members {
		n += len(m.Parts)
	}
	return n
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Class is the decided class of one row's prediction: the likeliest, ties to the smaller index.
func (b *Bundle) Class(pred []float64) int {
	if b.Problem == sadi.Binary {
		if pred[0] >= 0.5 {
			return 1
		}
		return 0
	}
	best := 0
	for k, p := range pred {
		if p > pred[best] {
			best = k
		}
	}
	return best
}
