package tree

import "math"

// asked are the features that the answer to a question depends on, ascending.
func (o *Oblivious) asked(q *ObliviousSplit) []int32 {
	if k := int(q.Column) - len(o.levels); k >= 0 {
		return o.Projections[o.Statistics[k].Projection].features()
	}
	return []int32{q.Column}
}

// rightCodes are the answers to a question that depends on one category alone: bit c of the set says that code c goes
// right, and missing that a missing value does, with which any value counts that is no code.
func (o *Oblivious) rightCodes(q *ObliviousSplit) (set []uint32, missing bool) {
	feature := o.asked(q)[0]
	levels := int(o.levels[feature])
	codes := make([]float32, levels+1)
	for c := range codes {
		codes[c] = float32(c)
	}
	codes[levels] = float32(math.NaN())
	column, asked := codes, *q
	if k := int(q.Column) - len(o.levels); k >= 0 {
		st := &o.Statistics[k]
		cols := make([][]float32, len(o.levels))
		cols[feature] = codes
		slots := make([]int32, len(codes))
		o.Projections[st.Projection].slots(slots, cols, o.levels, 0)
		column = make([]float32, len(codes))
		for i, slot := range slots {
			column[i] = st.code(slot)
		}
	}
	right := make([]uint32, len(codes))
	asked.answer(right, column, o.levelsOf(q.Column), 1)
	set = make([]uint32, (levels+31)/32)
	for c, r := range right[:levels] {
		set[c>>5] |= r << (c & 31)
	}
	return set, right[levels] == 1
}
