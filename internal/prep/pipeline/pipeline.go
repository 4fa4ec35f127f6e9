// Package pipeline prepares a table for algorithms: it gives every column its chains of transformers, fits them and
// applies them.
package pipeline

import (
	"context"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/prep"
	"sadi/internal/rng"
	"sadi/internal/table"
)

// Options say what to prepare. The zero value prepares no column for dense models.
type Options struct {
	Input   dataset.Input
	Columns []string   // feature columns of the table to use, in order
	Stream  rng.Stream // for out-of-fold parts and the axes of texts
	Pool    *par.Pool  // nil = the caller alone
}

// Pipeline is a fitted preparation. It is safe for concurrent use.
type Pipeline struct {
	input    dataset.Input
	sources  []source // the columns that are used
	chains   []chain
	features []dataset.Feature
	steps    []Step
	pool     *par.Pool
}

// source is a column that a table must have.
type source struct {
	name string
	kind table.Kind
}

// chain makes features of one source.
type chain struct {
	source int
	steps  []prep.Fitted // at least one
	// places says for each column of the last step which feature it is; -1 = none, it was dropped.
	places []int
}

// Step says what became of a column of the table, for people and for the record.
type Step struct {
	Column   string     `json:"column"`
	Kind     table.Kind `json:"kind"`
	Done     []string   `json:"done,omitempty"`     // for each chain, what was learned, in words
	Features []string   `json:"features,omitempty"` // what was made
	Dropped  []string   `json:"dropped,omitempty"`  // what was not kept and why
}

// Input is the form of the features.
func (p *Pipeline) Input() dataset.Input { return p.input }

// Features are the columns of the matrices that Transform makes. The caller must not write to them.
func (p *Pipeline) Features() []dataset.Feature { return p.features }

// Describe says for each column of Options.Columns what was done with it.
func (p *Pipeline) Describe() []Step { return p.steps }

// With is the same pipeline working with pool; a fitted one keeps the pool it was fitted with, a decoded one has none.
func (p *Pipeline) With(pool *par.Pool) *Pipeline {
	q := *p
	q.pool = pool
	return &q
}

// constantFeature is the only feature of a pipeline that found nothing to tell rows apart by: algorithms need a column,
// and from this one they learn no more than the mean.
const constantFeature = "constant"

// blockRows is the number of rows that are prepared at a time: small enough for the caches, and the bound of what is
// held in float64.
const blockRows = 1 << 14

// Transform prepares rows of t, nil = all, in their order. Columns are found by name; their order and further columns
// do not matter. A column that is missing or of another kind is an error with code SchemaMismatch. Words are told apart
// by their text.
func (p *Pipeline) Transform(ctx context.Context, t *table.Table, rows []int) (*dataset.Matrix, error) {
	columns := make([]*table.Column, len(p.sources))
	for i, s := range p.sources {
		c, err := s.find(t)
		if err != nil {
			return nil, err
		}
		columns[i] = c
	}
	n := len(rows)
	if rows == nil {
		n = t.Rows
	}
	m := newMatrix(p.features, n)
	blocks := (n + blockRows - 1) / blockRows
	pool := p.pool
	if n*len(p.chains) <= blockRows/8 {
		pool = nil // handing out the work would take longer than doing it
	}
	err := pool.For(ctx, blocks*len(p.chains), func(task int) {
		c := p.chains[task/blocks]
		lo := task % blocks * blockRows
		hi := min(lo+blockRows, n)
		block := take(columns[c.source], p.sources[c.source].kind, rows, lo, hi)
		for _, f := range c.steps {
			block = apply(f, block)
		}
		for j, place := range c.places {
			if place >= 0 {
				store(m.Cols[place][lo:hi], block.Nums[j])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// apply is the block that f makes of in.
func apply(f prep.Fitted, in prep.Block) prep.Block {
	out := prep.Block{Rows: in.Rows, Nums: prep.Columns(f.Width(), in.Rows)}
	f.Transform(out.Nums, in)
	return out
}

// smallMatrix is the count of rows below which the columns are made in one piece.
const smallMatrix = 64

func newMatrix(features []dataset.Feature, n int) *dataset.Matrix {
	m := &dataset.Matrix{Rows: n, Features: slices.Clip(features), Cols: make([][]float32, len(features))}
	if n < smallMatrix {
		flat := make([]float32, n*len(features))
		for j := range m.Cols {
			m.Cols[j] = flat[j*n : (j+1)*n : (j+1)*n]
		}
		return m
	}
	for j := range m.Cols {
		m.Cols[j] = make([]float32, n)
	}
	return m
}
