package pipeline

import (
	"context"
	"math"
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/prep"
	"sadi/internal/rng"
	"sadi/internal/split"
	"sadi/internal/table"
)

// Fit learns from rows of t, and from y and w (nil = all weights 1), which hold exactly these rows in the same order. It
// returns the pipeline with the matrix of these rows, in which target statistics are out-of-fold. It reads no other row.
//
// Columns without a value, with one value only, and features that equal another one in every row are dropped.
func Fit(ctx context.Context, t *table.Table, rows []int, y dataset.Target, w []float64, opt Options) (*Pipeline, *dataset.Matrix, error) {
	if rows == nil {
		rows = []int{}
	}
	if len(y.Y) != len(rows) || w != nil && len(w) != len(rows) {
		return nil, nil, sadi.Errorf(sadi.Internal, "%d rows are prepared with %d targets and %d weights", len(rows), len(y.Y), len(w))
	}
	columns := make([]*table.Column, len(opt.Columns))
	for i, name := range opt.Columns {
		if columns[i] = t.Column(name); columns[i] == nil {
			return nil, nil, sadi.Errorf(sadi.NotFound, "there is no column %q", name).At("column %q", name)
		}
	}
	f := fitter{rows: rows, target: y, weights: w, input: opt.Input, stream: opt.Stream, pool: opt.Pool}
	if slices.ContainsFunc(columns, func(c *table.Column) bool { return len(c.Levels) > maxIndicators }) {
		f.parts = parts(y, opt.Stream) // else no column gets target statistics
	}
	made := make([]result, len(columns))
	errs := make([]error, len(columns))
	if err := opt.Pool.For(ctx, len(columns), func(i int) { made[i], errs[i] = f.column(ctx, columns[i]) }); err != nil {
		return nil, nil, err
	}
	for _, err := range errs {
		if err != nil {
			return nil, nil, err
		}
	}
	p, m := assemble(made, len(rows), opt)
	return p, m, nil
}

// parts deals the rows into the parts for out-of-fold statistics, stratified by the target.
func parts(y dataset.Target, s rng.Stream) []uint8 {
	n := len(y.Y)
	if n < 2 {
		return nil
	}
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	k := min(prep.Folds, n)
	s = s.Child("out of fold")
	folds, err := split.KFold(rows, k, split.By{Y: y.Y, Classes: y.Classes}, s)
	if err != nil { // every class has a single row: there is nothing to stratify
		if folds, err = split.KFold(rows, k, split.By{}, s); err != nil {
			return nil
		}
	}
	part := make([]uint8, n)
	for i := range part {
		part[i] = prep.Folds
	}
	for f, fold := range folds {
		for _, r := range fold.Valid {
			part[r] = uint8(f)
		}
	}
	return part
}

// fitter fits the chains of columns on the same rows.
type fitter struct {
	rows    []int
	target  dataset.Target
	weights []float64
	parts   []uint8
	input   dataset.Input
	stream  rng.Stream
	pool    *par.Pool
}

// result is what was made of a column of the table.
type result struct {
	source source
	drop   string // why nothing was made of it
	chains []fittedChain
}

// fittedChain is a chain with its columns for the fitted rows.
type fittedChain struct {
	steps   []prep.Fitted
	words   []string // what each step learned
	columns []prep.Column
	values  [][]float32
}

func (f *fitter) column(ctx context.Context, c *table.Column) (result, error) {
	r := result{source: source{c.Name, c.Kind}}
	block := take(c, c.Kind, f.rows, 0, len(f.rows))
	if r.drop = useless(block); r.drop != "" {
		return r, nil
	}
	facts := facts{kind: c.Kind, rows: len(f.rows), target: f.target}
	if block.Words != nil {
		facts.counts, _ = block.Words.Count()
		facts.boolean = block.Words.Boolean
	}
	for i, recipe := range plan(f.input, facts) {
		ch, err := f.chain(ctx, c.Name, block, recipe, f.stream.Child("column/"+c.Name).At(i))
		if err != nil {
			return r, err
		}
		r.chains = append(r.chains, ch)
	}
	return r, nil
}

// useless says why nothing can be learned from a column, "" if something can.
func useless(b prep.Block) string {
	missing, different := 0, false
	if b.Words != nil {
		first := int32(prep.Missing)
		for _, code := range b.Words.Codes {
			switch {
			case code < 0:
				missing++
			case first < 0:
				first = code
			default:
				different = different || code != first
			}
		}
	} else {
		first := math.NaN()
		for _, v := range b.Nums[0] {
			switch {
			case math.IsNaN(v):
				missing++
			case math.IsNaN(first):
				first = v
			default:
				different = different || v != first
			}
		}
	}
	switch {
	case missing == b.Rows:
		return "it has no value in the rows learned from"
	case missing == 0 && !different:
		return "it has one value only in the rows learned from"
	}
	return ""
}

// chain fits the transformers of a recipe one after the other.
func (f *fitter) chain(ctx context.Context, name string, block prep.Block, r recipe, s rng.Stream) (fittedChain, error) {
	var ch fittedChain
	columns := []prep.Column{prep.Number(name, name)}
	for i, tr := range r {
		if err := context.Cause(ctx); err != nil {
			return ch, err
		}
		learned, err := tr.Fit(ctx, &prep.Sample{Block: block, Columns: columns, Target: f.target, Weights: f.weights,
			Parts: f.parts, Stream: s.At(i)})
		if err != nil {
			return ch, err
		}
		if len(learned.Columns) == 0 {
			return fittedChain{}, nil
		}
		ch.steps = append(ch.steps, learned.Fitted)
		ch.words = append(ch.words, learned.Words)
		columns = learned.Columns
		switch {
		case i == len(r)-1:
			ch.values = f.final(learned, block)
		case learned.Values != nil:
			block = prep.Block{Rows: block.Rows, Nums: learned.Values}
		default:
			block = apply(learned.Fitted, block)
		}
	}
	ch.columns = columns
	return ch, nil
}

// final is the last step's columns as float32, made block by block so that they never stand in float64 as a whole.
func (f *fitter) final(l prep.Learned, in prep.Block) [][]float32 {
	values := make([][]float32, len(l.Columns))
	for j := range values {
		values[j] = make([]float32, in.Rows)
	}
	made := l.Values
	if made == nil {
		made = prep.Columns(len(l.Columns), min(blockRows, in.Rows))
	}
	for lo := 0; lo < in.Rows; lo += blockRows {
		hi := min(lo+blockRows, in.Rows)
		at := lo
		if l.Values == nil {
			at = 0
			l.Fitted.Transform(slice(prep.Block{Nums: made}, 0, hi-lo).Nums, slice(in, lo, hi))
		}
		for j, col := range made {
			store(values[j][lo:hi], col[at:at+hi-lo])
		}
	}
	return values
}

// slice is the rows lo to hi of a block.
func slice(b prep.Block, lo, hi int) prep.Block {
	out := prep.Block{Rows: hi - lo}
	if b.Words != nil {
		w := *b.Words
		w.Codes = w.Codes[lo:hi]
		out.Words = &w
	}
	for _, col := range b.Nums {
		out.Nums = append(out.Nums, col[lo:hi])
	}
	return out
}
