package mlp

import (
	"math"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/num"
)

// version is that of the form which Encode writes.
const version = 1

// Encode writes the model.
func (f *Fitted) Encode(w *codec.Writer) {
	w.U8(version)
	model.EncodeProblem(w, f.problem)
	w.Int(f.features)
	w.Int(f.rounds)
	w.F64s(f.base)
	w.F64s([]float64{f.mean, f.unit, f.lo, f.hi})
	w.Ints(f.scaler.Columns)
	w.Int(f.scaler.Embedded)
	w.F64s(f.scaler.Center)
	w.F64s(f.scaler.Factor)
	w.Ints(f.layout.Hidden)
	w.U8(uint8(f.layout.Activation))
	w.Int(len(f.networks))
	for _, n := range f.networks {
		w.F32s(n)
	}
}

// decode reads a model. What it allocates is bounded by the bytes that it reads.
func decode(r *codec.Reader) (model.Fitted, error) {
	r.Version("a neural network", version)
	f := &Fitted{scaler: &scaler{}, problem: model.DecodeProblem(r, "a neural network")}
	f.features, f.rounds, f.base = r.Int(), r.Int(), r.F64s()
	target := r.F64s()
	s := f.scaler
	s.Columns, s.Embedded, s.Center, s.Factor = r.Ints(), r.Int(), r.F64s(), r.F64s()
	hidden, a := r.Ints(), activation(r.U8())
	if r.Err() != nil {
		return nil, r.Err()
	}
	f.outputs = len(f.base)
	switch {
	case len(target) != 4 || !num.Finite(target) || !num.Finite(f.base):
		r.Fail("a neural network has the target %v from %v on", target, f.base)
	case f.features < 0 || f.rounds < 0 || f.outputs < 1 || f.problem != sadi.Multiclass && f.outputs != 1:
		r.Fail("a neural network has %d features, %d rounds and %d outputs", f.features, f.rounds, f.outputs)
	case len(s.Center) != len(s.Columns) || len(s.Factor) != len(s.Columns) || s.Embedded < 0 || s.Embedded > len(s.Columns):
		r.Fail("a neural network has inputs that do not fit together")
	case a >= activations:
		r.Fail("a neural network has the activation %d", a)
	}
	for _, j := range s.Columns {
		if j < 0 || j >= f.features {
			r.Fail("a neural network reads feature %d of %d", j, f.features)
		}
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	f.mean, f.unit, f.lo, f.hi = target[0], target[1], target[2], target[3]
	sh := shape{Inputs: len(s.Columns), Embedded: s.Embedded, Hidden: hidden, Outputs: f.outputs, Activation: a}
	networks := r.Int()
	for range networks {
		w := r.F32s()
		if r.Err() != nil {
			return nil, r.Err()
		}
		if size, ok := sh.size(); !ok || size != len(w) {
			r.Fail("a network has %d parameters", len(w))
			return nil, r.Err()
		}
		f.networks = append(f.networks, w)
	}
	if len(f.networks) == 0 {
		r.Fail("a neural network has no network")
		return nil, r.Err()
	}
	f.layout = newLayout(sh)
	return f, r.Err()
}

// size is the count of parameters; ok is false where a layer is empty or the count is beyond reason.
func (s *shape) size() (size int, ok bool) {
	const most = math.MaxInt32
	size = s.Embedded*(2*waves+waves*learned+learned) + s.embedded()
	in := s.embedded()
	for _, out := range append(append([]int{}, s.Hidden...), s.Outputs) {
		if out < 1 || out > most || in > most {
			return 0, false
		}
		if size += (in + 1) * out; size > most {
			return 0, false
		}
		in = out
	}
	return size, true
}
