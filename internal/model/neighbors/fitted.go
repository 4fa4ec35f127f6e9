package neighbors

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/num"
)

// rule is how neighbours vote.
type rule struct {
	Neighbors  int
	ByDistance bool
	Power      int
	Smoothing  float64
}

// Fitted are rows that are known, and how they vote.
type Fitted struct {
	rule
	kind     sadi.Problem
	outputs  int
	features int
	rows     []float32 // n × features, row-major
	y        []float64
	weights  []float64 // in (0, 1]; nil = all 1

	tree   *tree
	shares []float64 // of the classes in all rows
}

var (
	_ model.Fitted    = (*Fitted)(nil)
	_ model.Laborious = (*Fitted)(nil)
)

// Outputs is 1, or the number of classes.
func (f *Fitted) Outputs() int { return f.outputs }

// Features is the number of features of a row.
func (f *Fitted) Features() int { return f.features }

// Work is the size of all rows: in many columns the tree leaves few out.
func (f *Fitted) Work() int { return len(f.rows) }

// prepare makes what follows from the rows.
func (f *Fitted) prepare(ctx context.Context) error {
	if f.kind.IsClassification() {
		f.shares = make([]float64, max(f.outputs, 2))
		total := 0.0
		for i, y := range f.y {
			f.shares[int(y)] += f.weight(int32(i))
			total += f.weight(int32(i))
		}
		num.Scale(f.shares, 1/total)
	}
	var err error
	f.tree, err = grow(ctx, f.rows, len(f.y), f.features)
	return err
}

func (f *Fitted) weight(row int32) float64 {
	if f.weights == nil {
		return 1
	}
	return f.weights[row]
}

// Predict writes the predictions; a missing or infinite feature is an error.
func (f *Fitted) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	if err := model.CheckFeatures(x, dataset.Distances); err != nil {
		return err
	}
	s := search{tree: f.tree, power: f.Power, at: make([]float64, f.features), side: make([]float64, f.features)}
	class := make([]float64, len(f.shares))
	for i := range x.Rows {
		for v, j := range f.tree.columns {
			s.at[v] = float64(x.Cols[j][i])
		}
		s.found.reset(min(f.Neighbors, len(f.y)))
		s.visit(0, 0, len(f.y), 0)
		f.vote(dst[i*f.outputs:(i+1)*f.outputs], class, s.found.sorted())
	}
	return nil
}

// vote turns the neighbours into a prediction; class is scratch.
func (f *Fitted) vote(dst, class []float64, found []neighbor) {
	total := 0.0
	voters := f.votes(found)
	for _, n := range voters {
		total += n.distance
	}
	if !f.kind.IsClassification() {
		dst[0] = f.mean(voters, total)
		return
	}
	clear(class)
	for _, n := range voters {
		class[int(f.y[n.row])] += n.distance / total
	}
	m := float64(len(voters))
	for c, share := range class {
		class[c] = (float64(m*share) + float64(f.Smoothing*f.shares[c])) / (m + f.Smoothing)
	}
	if f.kind == sadi.Binary {
		dst[0] = min(class[1], 1)
		return
	}
	copy(dst, class)
	num.Scale(dst, 1/num.Sum(dst)) // of rounding only
}

// votes replaces the distances by votes. Those by distance are relative to the nearest row's, which are never too large.
func (f *Fitted) votes(found []neighbor) []neighbor {
	least := found[0].distance
	if f.ByDistance && least == 0 {
		k := 1
		for k < len(found) && found[k].distance == 0 {
			k++
		}
		found = found[:k]
	}
	for i, n := range found {
		vote := 1.0
		if f.ByDistance && least > 0 {
			if vote = least / n.distance; f.Power == 2 {
				vote = math.Sqrt(vote)
			}
		}
		found[i].distance = float64(vote * f.weight(n.row))
	}
	return found
}

// mean is the weighted mean of the targets, which lies between them.
func (f *Fitted) mean(voters []neighbor, total float64) float64 {
	sum := 0.0
	least, most := math.Inf(1), math.Inf(-1)
	for _, n := range voters {
		y := f.y[n.row]
		sum += float64(n.distance / total * y)
		least, most = min(least, y), max(most, y)
	}
	return max(least, min(most, sum))
}

const version = 1

// Encode writes the rows and the rule.
func (f *Fitted) Encode(w *codec.Writer) {
	w.U8(version)
	model.EncodeProblem(w, f.kind)
	w.Int(f.outputs)
	w.Int(f.features)
	w.Int(f.Neighbors)
	w.U8(uint8(f.Power))
	w.Bool(f.ByDistance)
	w.F64(f.Smoothing)
	w.F64s(f.y)
	w.F64s(f.weights)
	w.F32s(f.rows)
}

func decode(r *codec.Reader) (model.Fitted, error) {
	r.Version("k_neighbors", version)
	f := &Fitted{kind: model.DecodeProblem(r, "k_neighbors")}
	f.outputs, f.features = r.Int(), r.Int()
	f.Neighbors, f.Power, f.ByDistance, f.Smoothing = r.Int(), int(r.U8()), r.Bool(), r.F64()
	f.y, f.weights, f.rows = r.F64s(), r.F64s(), r.F32s()
	if len(f.weights) == 0 {
		f.weights = nil
	}
	f.check(r)
	if r.Err() != nil {
		return nil, r.Err()
	}
	if err := f.prepare(context.Background()); err != nil {
		return nil, err
	}
	return f, nil
}

// check records what is wrong with what was read.
func (f *Fitted) check(r *codec.Reader) {
	n := len(f.y)
	if r.Err() != nil {
		return
	}
	switch {
	case n == 0 || n > math.MaxInt32 || f.features < 1 || f.features > math.MaxInt32 || n*f.features != len(f.rows):
		r.Fail("%d values stand for %d rows of %d features", len(f.rows), n, f.features)
	case f.weights != nil && len(f.weights) != n:
		r.Fail("%d rows have %d weights", n, len(f.weights))
	case f.outputs < 1 || f.outputs > 1<<20 || f.outputs > 1 && f.kind != sadi.Multiclass:
		r.Fail("neighbours predict %d numbers", f.outputs)
	case f.Neighbors < 1 || f.Power < 1 || f.Power > 2 || !(f.Smoothing >= 0 && f.Smoothing <= math.MaxFloat32):
		r.Fail("%d neighbours vote by the power %d with the smoothing %v", f.Neighbors, f.Power, f.Smoothing)
	}
	for _, v := range f.rows {
		if v-v != 0 {
			r.Fail("a row has the value %v", v)
		}
	}
	for _, w := range f.weights {
		if !(w > 0 && w <= 1) {
			r.Fail("a row has the weight %v", w)
		}
	}
	classes := float64(max(f.outputs, 2))
	if f.kind == sadi.Multiclass {
		classes = float64(f.outputs)
	}
	for _, y := range f.y {
		if y-y != 0 || f.kind.IsClassification() && (y != math.Trunc(y) || y < 0 || y >= classes) {
			r.Fail("a row has the target %v", y)
		}
	}
}
