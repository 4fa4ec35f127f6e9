package tree

import (
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
)

// ObliviousSplit is the question that all nodes of a level of an oblivious tree ask.
type ObliviousSplit struct {
	Column    int32   // a feature, or the count of features + the place of a statistic
	Equal     bool    // of a category: right when the code is Threshold, −1 standing for missing
	Threshold float32 // of any other column: right when the value is Threshold or more, so a missing one goes left
}

// ObliviousTree asks one question a level, so that a row's leaf is the number whose bit l is the answer of level l.
type ObliviousTree struct {
	Splits []ObliviousSplit
	Values []float32 // leaf k has Values[k·w : (k+1)·w], w = the ensemble's Outputs
	Gains  []float32 // what each level's split adds to the score
	Covers []float32 // the weight of the training rows in each leaf
}

// Oblivious is a fitted sum of oblivious trees on features and statistics of categories.
type Oblivious struct {
	levels      []int32 // of each feature; 0 = a number
	outputs     int
	base        []float64
	Projections []Projection
	Statistics  []Statistic
	Trees       []ObliviousTree

	loss  loss.Loss
	trace model.Trace // of a model that was just learned
	pool  sync.Pool   // of *obliviousScratch
}

var (
	_ model.Fitted     = (*Oblivious)(nil)
	_ model.Iterated   = (*Oblivious)(nil)
	_ model.Importance = (*Oblivious)(nil)
	_ model.Traced     = (*Oblivious)(nil)
)

// Outputs is the number of predictions a row.
func (o *Oblivious) Outputs() int { return o.outputs }

// Features is d.
func (o *Oblivious) Features() int { return len(o.levels) }

// Rounds is the number of trees.
func (o *Oblivious) Rounds() int { return len(o.Trees) }

// Trace is how it was learned; see model.Traced.
func (o *Oblivious) Trace() model.Trace { return o.trace }

// Predict writes probabilities or values; see model.Fitted.
func (o *Oblivious) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(o, dst, x); err != nil {
		return err
	}
	for i := range dst {
		dst[i] = o.base[i%o.outputs]
	}
	o.add(dst, x, 0, x.Rows, o.Trees)
	o.loss.Link(dst, dst)
	return nil
}

// obliviousBlock is the number of rows that walk a tree side by side: their columns and leaves stay in a first-level
// cache.
const obliviousBlock = 512

// fewRows is the number of rows below which they walk the trees one by one.
const fewRows = 8

type obliviousScratch struct {
	leaf   [obliviousBlock]uint32
	slots  [obliviousBlock]int32
	codes  []float32 // statistics × obliviousBlock
	values []float32 // features and statistics of one row
}

// row is the values of a row of x, which is row i of the block whose statistics are computed.
func (s *obliviousScratch) row(o *Oblivious, x *dataset.Matrix, row, i int) []float32 {
	s.values = s.values[:0]
	for _, col := range x.Cols {
		s.values = append(s.values, col[row])
	}
	for k := range o.Statistics {
		s.values = append(s.values, s.codes[k*obliviousBlock+i])
	}
	return s.values
}

// addRow adds trees to the outputs of one row.
func (o *Oblivious) addRow(dst []float64, row []float32, trees []ObliviousTree) {
	for k := range trees {
		t := &trees[k]
		leaf := uint32(0)
		for l := range t.Splits {
			q := &t.Splits[l]
			v := row[q.Column]
			var right uint32
			if q.Equal {
				if categoryIs(v, o.levelsOf(q.Column), q.Threshold) {
					right = 1
				}
			} else if v >= q.Threshold {
				right = 1
			}
			leaf |= right << l
		}
		for c, v := range t.Values[int(leaf)*o.outputs:][:o.outputs] {
			dst[c] += float64(v)
		}
	}
}

// add adds trees to the outputs of rows lo to hi of x; dst holds the outputs of all rows.
func (o *Oblivious) add(dst []float64, x *dataset.Matrix, lo, hi int, trees []ObliviousTree) {
	s, _ := o.pool.Get().(*obliviousScratch)
	if s == nil {
		s = new(obliviousScratch)
	}
	if need := len(o.Statistics) * obliviousBlock; cap(s.codes) < need {
		s.codes = make([]float32, need)
	}
	for ; lo < hi; lo += obliviousBlock {
		n := min(obliviousBlock, hi-lo)
		o.statistics(s, x, lo, n)
		if n < fewRows {
			for i := range n {
				o.addRow(dst[(lo+i)*o.outputs:], s.row(o, x, lo+i, i), trees)
			}
			continue
		}
		column := func(c int32) []float32 {
			if f := int(c) - len(o.levels); f >= 0 {
				return s.codes[f*obliviousBlock:][:n]
			}
			return x.Cols[c][lo : lo+n]
		}
		for k := range trees {
			t := &trees[k]
			o.leaves(s.leaf[:n], t.Splits, column)
			t.addLeaves(dst[lo*o.outputs:], s.leaf[:n], o.outputs)
		}
	}
	o.pool.Put(s)
}

// statistics computes every statistic of rows lo to lo+n.
func (o *Oblivious) statistics(s *obliviousScratch, x *dataset.Matrix, lo, n int) {
	last := int32(-1)
	for k := range o.Statistics {
		st := &o.Statistics[k]
		if st.Projection != last {
			last = st.Projection
			o.Projections[last].slots(s.slots[:n], x.Cols, o.levels, lo)
		}
		codes := s.codes[k*obliviousBlock:][:n]
		for i, slot := range s.slots[:n] {
			codes[i] = st.code(slot)
		}
	}
}

// leaves finds the leaves of rows whose columns are given.
func (o *Oblivious) leaves(leaf []uint32, splits []ObliviousSplit, column func(int32) []float32) {
	clear(leaf)
	for l := range splits {
		q := &splits[l]
		q.answer(leaf, column(q.Column), o.levelsOf(q.Column), 1<<l)
	}
}

// levelsOf is the count of levels of a column, 0 for a number and for a statistic.
func (o *Oblivious) levelsOf(column int32) int {
	if int(column) < len(o.levels) {
		return int(o.levels[column])
	}
	return 0
}

// answer sets a bit of the leaves of rows whose value goes right.
func (q *ObliviousSplit) answer(leaf []uint32, column []float32, levels int, bit uint32) {
	if q.Equal {
		for i, v := range column[:len(leaf)] {
			if categoryIs(v, levels, q.Threshold) {
				leaf[i] |= bit
			}
		}
		return
	}
	t := q.Threshold
	for i, v := range column[:len(leaf)] {
		var right uint32
		if v >= t {
			right = bit
		}
		leaf[i] |= right
	}
}

// categoryIs reports whether a value is a code, or is no code and want is −1.
func categoryIs(v float32, levels int, want float32) bool {
	code, ok := codeOf(v, levels)
	if !ok {
		code = -1
	}
	return float32(code) == want
}

// addLeaves adds the values of leaves to the outputs of their rows.
func (t *ObliviousTree) addLeaves(dst []float64, leaf []uint32, outputs int) {
	if outputs == 1 {
		for i, n := range leaf {
			dst[i] += float64(t.Values[n])
		}
		return
	}
	for i, n := range leaf {
		out := dst[i*outputs:][:outputs]
		for k, v := range t.Values[int(n)*outputs:][:outputs] {
			out[k] += float64(v)
		}
	}
}

// Importance is each feature's share of the gains of all splits. The features of a statistic share its gain evenly.
func (o *Oblivious) Importance() []float64 {
	gains := make([]float64, len(o.levels))
	for j, u := range o.Uses() {
		gains[j] = u.Gain
	}
	return normalised(gains)
}
