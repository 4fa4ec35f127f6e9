package tree

import (
	"cmp"
	"math"
	"slices"

	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
)

// compact drops the projections and statistics that no tree asks, and puts the statistics in the order of their
// projections.
func (o *Oblivious) compact() {
	d := int32(len(o.levels))
	used := make([]bool, len(o.Statistics))
	for k := range o.Trees {
		for _, q := range o.Trees[k].Splits {
			if q.Column >= d {
				used[q.Column-d] = true
			}
		}
	}
	var order []int32
	for k := range o.Statistics {
		if used[k] {
			order = append(order, int32(k))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Compare(o.Statistics[a].Projection, o.Statistics[b].Projection)
	})
	moved := make([]int32, len(o.Statistics))
	var statistics []Statistic
	var projections []Projection
	last := int32(-1)
	for i, k := range order {
		moved[k] = int32(i)
		st := o.Statistics[k]
		if st.Projection != last {
			last = st.Projection
			projections = append(projections, o.Projections[last])
		}
		st.Projection = int32(len(projections) - 1)
		statistics = append(statistics, st)
	}
	o.Statistics, o.Projections = statistics, projections
	for k := range o.Trees {
		for l := range o.Trees[k].Splits {
			if q := &o.Trees[k].Splits[l]; q.Column >= d {
				q.Column = d + moved[q.Column-d]
			}
		}
	}
}

// codesOf is a statistic of all rows of a matrix.
func (o *Oblivious) codesOf(x *dataset.Matrix, k int) []float32 {
	st := &o.Statistics[k]
	codes := make([]float32, x.Rows)
	var slots [obliviousBlock]int32
	for lo := 0; lo < x.Rows; lo += len(slots) {
		part := slots[:min(len(slots), x.Rows-lo)]
		o.Projections[st.Projection].slots(part, x.Cols, o.levels, lo)
		for i, s := range part {
			codes[lo+i] = st.code(s)
		}
	}
	return codes
}

// code is the statistic of a slot.
func (s *Statistic) code(slot int32) float32 {
	if slot < 0 {
		return float32(s.Unseen)
	}
	return float32(s.Codes[slot])
}

const obliviousVersion = 1

// Encode writes the model.
func (o *Oblivious) Encode(w *codec.Writer) {
	w.U8(obliviousVersion)
	w.String(o.loss.Name())
	w.I32s(o.levels)
	w.F64s(o.base)
	w.Int(len(o.Projections))
	for i := range o.Projections {
		p := &o.Projections[i]
		w.I32s(p.Categories)
		encodeSplits(w, p.Tests)
		keys := make([]int, len(p.keys.keys))
		for i, k := range p.keys.keys {
			keys[i] = int(k)
		}
		w.Ints(keys)
	}
	w.Int(len(o.Statistics))
	for i := range o.Statistics {
		s := &o.Statistics[i]
		w.Int(int(s.Projection))
		w.Int(int(s.Target))
		w.F32s([]float32{s.Prior})
		w.Raw(s.Codes)
		w.U8(s.Unseen)
	}
	w.Int(len(o.Trees))
	for i := range o.Trees {
		t := &o.Trees[i]
		encodeSplits(w, t.Splits)
		w.F32s(t.Values)
		w.F32s(t.Gains)
		w.F32s(t.Covers)
	}
}

// encodeSplits writes the columns, a one asking for equality by its complement, and the thresholds.
func encodeSplits(w *codec.Writer, splits []ObliviousSplit) {
	columns, thresholds := make([]int32, len(splits)), make([]float32, len(splits))
	for i, q := range splits {
		columns[i], thresholds[i] = q.Column, q.Threshold
		if q.Equal {
			columns[i] = ^q.Column
		}
	}
	w.I32s(columns)
	w.F32s(thresholds)
}

// decodeSplits reads what encodeSplits wrote. A split for equality asks a category, another one does not.
func (o *Oblivious) decodeSplits(r *codec.Reader, columns int) []ObliviousSplit {
	asked, thresholds := r.I32s(), r.F32s()
	if r.Err() != nil {
		return nil
	}
	if len(asked) != len(thresholds) || len(asked) > 32 {
		r.Fail("%d questions of a tree have %d thresholds", len(asked), len(thresholds))
		return nil
	}
	splits := make([]ObliviousSplit, len(asked))
	for i, c := range asked {
		q := ObliviousSplit{Column: c, Threshold: thresholds[i], Equal: c < 0}
		if q.Equal {
			q.Column = ^c
		}
		if int(q.Column) >= columns || q.Equal != (o.levelsOf(q.Column) > 0) {
			r.Fail("a tree asks column %d of %d", q.Column, columns)
			return nil
		}
		splits[i] = q
	}
	return splits
}

// DecodeOblivious reads what Encode of an Oblivious wrote.
func DecodeOblivious(r *codec.Reader) (model.Fitted, error) {
	r.Version("a sum of oblivious trees", obliviousVersion)
	name := r.String()
	o := &Oblivious{levels: r.I32s(), base: r.F64s()}
	o.outputs = len(o.base)
	if r.Err() != nil {
		return nil, r.Err()
	}
	for _, l := range o.levels {
		if l < 0 {
			r.Fail("a feature has %d levels", l)
		}
	}
	var err error
	if o.loss, err = loss.Named(name, o.outputs, 0); err != nil || o.outputs < 1 || o.loss.Outputs() != o.outputs {
		r.Fail("a model on the loss %q has %d outputs", name, o.outputs)
		return nil, r.Err()
	}
	o.decodeProjections(r)
	o.decodeStatistics(r)
	for range r.Len(32) {
		t := ObliviousTree{Splits: o.decodeSplits(r, len(o.levels)+len(o.Statistics))}
		t.Values, t.Gains, t.Covers = r.F32s(), r.F32s(), r.F32s()
		if r.Err() != nil {
			break
		}
		leaves := 1 << min(len(t.Splits), 31)
		if len(t.Covers) != leaves || len(t.Values) != leaves*o.outputs || len(t.Gains) != len(t.Splits) {
			r.Fail("a tree of %d levels has %d values", len(t.Splits), len(t.Values))
			break
		}
		o.Trees = append(o.Trees, t)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	return o, nil
}

func (o *Oblivious) decodeProjections(r *codec.Reader) {
	for range r.Len(32) {
		p := Projection{Categories: r.I32s()}
		p.Tests = o.decodeSplits(r, len(o.levels))
		keys := r.Ints()
		if r.Err() != nil {
			return
		}
		for i, j := range p.Categories {
			if j < 0 || int(j) >= len(o.levels) || o.levels[j] == 0 || i > 0 && j <= p.Categories[i-1] {
				r.Fail("a combination has feature %d", j)
				return
			}
		}
		room := p.room(o.levels)
		for i, k := range keys {
			if k < 0 || uint64(k) >= room || int(p.keys.add(uint64(k))) != i {
				r.Fail("value %d of a combination is out of range or comes twice", i)
				return
			}
		}
		if len(keys) == 0 || len(p.Categories) == 0 {
			r.Fail("a combination has %d categories and %d values", len(p.Categories), len(keys))
			return
		}
		o.Projections = append(o.Projections, p)
	}
}

func (o *Oblivious) decodeStatistics(r *codec.Reader) {
	for range r.Len(25) {
		at, target, prior := r.Int(), r.Int(), r.F32s()
		codes, unseen := r.Raw(), r.U8()
		if r.Err() != nil {
			return
		}
		if at < 0 || at >= len(o.Projections) || target < -1 || target > math.MaxInt32 || len(prior) != 1 ||
			len(codes) != len(o.Projections[at].keys.keys) {
			r.Fail("a statistic of combination %d has %d values", at, len(codes))
			return
		}
		o.Statistics = append(o.Statistics, Statistic{Projection: int32(at), Target: int32(target), Prior: prior[0],
			Codes: slices.Clone(codes), Unseen: unseen})
	}
}
