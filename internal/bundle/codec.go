package bundle

import (
	"math"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/prep/pipeline"
	"sadi/internal/table"
)

// kind names the sealed file; version is that of the payload.
const (
	kind    = "bundle"
	version = 1
)

// Encode is the file of the bundle.
func (b *Bundle) Encode() []byte {
	var w codec.Writer
	w.U8(version)
	w.Int(len(b.Fields))
	for _, f := range b.Fields {
		w.String(f.Name)
		w.String(f.Kind.String())
		w.String(f.Format)
	}
	w.String(b.Target)
	w.String(string(b.Problem))
	w.Strings(b.Labels)
	w.String(b.Metric)
	w.Int(len(b.Pipelines))
	for _, p := range b.Pipelines {
		p.Encode(&w)
	}
	w.Int(len(b.Members))
	for _, m := range b.Members {
		w.F64(m.Weight)
		w.String(m.Name)
		w.Int(len(m.Parts))
		for _, p := range m.Parts {
			w.Int(p.Pipeline)
			w.String(p.Model)
			p.Fitted.Encode(&w)
		}
	}
	return codec.Seal(kind, w.Bytes())
}

// Decode reads the file of a bundle; lookup finds an algorithm by its name.
func Decode(file []byte, lookup func(name string) (model.Model, error)) (*Bundle, error) {
	k, payload, err := codec.Open(file)
	if err != nil {
		return nil, err
	}
	if k != kind {
		return nil, sadi.Errorf(sadi.Corrupt, "the file holds a %q, not a model bundle", k)
	}
	r := codec.NewReader(payload)
	r.Version(kind, version)
	b := new(Bundle)
	for range r.Len(24) {
		f := table.Field{Name: r.String()}
		if f.Kind, err = table.ParseKind(r.String()); err != nil {
			r.Fail("column %q: %v", f.Name, err)
		}
		f.Format = r.String()
		b.Fields = append(b.Fields, f)
	}
	b.Target, b.Problem, b.Labels, b.Metric = r.String(), sadi.Problem(r.String()), r.Strings(), r.String()
	for range r.Len(1) {
		p, err := pipeline.Decode(r)
		if err != nil {
			return nil, err
		}
		b.Pipelines = append(b.Pipelines, p)
	}
	for range r.Len(24) {
		b.Members = append(b.Members, b.decodeMember(r, lookup))
	}
	if err := r.Done(); err != nil {
		return nil, err
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Bundle) decodeMember(r *codec.Reader, lookup func(name string) (model.Model, error)) Member {
	m := Member{Weight: r.F64(), Name: r.String()}
	for range r.Len(17) {
		p := Part{Pipeline: r.Int(), Model: r.String()}
		if r.Err() != nil {
			break
		}
		algorithm, err := lookup(p.Model)
		if err != nil {
			r.Fail("the bundle holds a %q, which this program does not know", p.Model)
			break
		}
		if p.Fitted, err = algorithm.Decode(r); err != nil {
			r.Fail("%s: %w", p.Model, err)
			break
		}
		m.Parts = append(m.Parts, p)
	}
	return m
}

// check finds what is readable but makes no sense together.
func (b *Bundle) check() error {
	bad := func(what string) error {
		return sadi.Errorf(sadi.Corrupt, "the model bundle is inconsistent: %s", what)
	}
	switch b.Problem {
	case sadi.Binary, sadi.Multiclass, sadi.RegressionValue:
	default:
		return bad("unknown problem")
	}
	if b.Problem.IsClassification() != (len(b.Labels) > 1) || b.Problem == sadi.Binary && len(b.Labels) != 2 {
		return bad("labels and problem disagree")
	}
	var sum float64
	for _, m := range b.Members {
		if !(m.Weight > 0) || len(m.Parts) == 0 {
			return bad("a member without weight or model")
		}
		sum += m.Weight
		for _, p := range m.Parts {
			if p.Pipeline < 0 || p.Pipeline >= len(b.Pipelines) || p.Fitted.Outputs() != b.Outputs() ||
				p.Fitted.Features() != len(b.Pipelines[p.Pipeline].Features()) {
				return bad("a model does not fit its preparation")
			}
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		return bad("the weights do not add up to 1")
	}
	return nil
}
