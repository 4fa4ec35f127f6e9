package pipeline

import (
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/prep"
	"sadi/internal/prep/boolean"
	"sadi/internal/prep/dateparts"
	"sadi/internal/prep/impute"
	"sadi/internal/prep/missing"
	"sadi/internal/prep/number"
	"sadi/internal/prep/onehot"
	"sadi/internal/prep/ordinal"
	"sadi/internal/prep/power"
	"sadi/internal/prep/scale"
	"sadi/internal/prep/targetencode"
	"sadi/internal/prep/textcount"
	"sadi/internal/prep/textngram"
	"sadi/internal/table"
)

// decoders lists every kind of transformer; add new ones in the order of the alphabet.
var decoders = []struct {
	kind   string
	decode prep.Decoder
}{
	{"boolean", boolean.Decode},
	{"dateparts", dateparts.Decode},
	{"impute", impute.Decode},
	{"missing", missing.Decode},
	{"number", number.Decode},
	{"onehot", onehot.Decode},
	{"ordinal", ordinal.Decode},
	{"power", power.Decode},
	{"scale", scale.Decode},
	{"targetencode", targetencode.Decode},
	{"textcount", textcount.Decode},
	{"textngram", textngram.Decode},
}

// version is the version of the form that Encode writes.
const version = 1

// Encode writes the pipeline.
func (p *Pipeline) Encode(w *codec.Writer) {
	w.U8(version)
	w.U8(uint8(p.input))
	w.Int(len(p.sources))
	for _, s := range p.sources {
		w.String(s.name)
		w.U8(uint8(s.kind))
	}
	w.Int(len(p.features))
	for _, f := range p.features {
		w.String(f.Name)
		w.String(f.Source)
		w.Int(f.Levels)
	}
	w.Int(len(p.chains))
	for _, c := range p.chains {
		w.Int(c.source)
		w.Int(len(c.steps))
		for _, f := range c.steps {
			w.String(f.Kind())
			f.Encode(w)
		}
		w.Ints(c.places)
	}
	w.Int(len(p.steps))
	for _, s := range p.steps {
		w.String(s.Column)
		w.U8(uint8(s.Kind))
		w.Strings(s.Done)
		w.Strings(s.Features)
		w.Strings(s.Dropped)
	}
}

// Decode reads what Encode wrote. Foreign bytes are an error with code Corrupt.
func Decode(r *codec.Reader) (*Pipeline, error) {
	r.Version("a preparation", version)
	p := &Pipeline{input: dataset.Input(r.U8())}
	if p.input >= dataset.Inputs {
		r.Fail("a preparation has the form %d", p.input)
		return nil, r.Err()
	}
	p.sources = make([]source, r.Len(9))
	for i := range p.sources {
		p.sources[i] = source{r.String(), readKind(r)}
	}
	p.features = make([]dataset.Feature, r.Len(24))
	for i := range p.features {
		f := dataset.Feature{Name: r.String(), Source: r.String(), Levels: r.Int()}
		if f.Levels < 0 {
			r.Fail("a feature has %d levels", f.Levels)
		}
		p.features[i] = f
	}
	p.chains = make([]chain, r.Len(24))
	for i := range p.chains {
		p.chains[i] = readChain(r)
	}
	p.steps = make([]Step, r.Len(33))
	for i := range p.steps {
		s := Step{Column: r.String(), Kind: readKind(r)}
		s.Done, s.Features, s.Dropped = some(r.Strings()), some(r.Strings()), some(r.Strings())
		p.steps[i] = s
	}
	p.check(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

func readKind(r *codec.Reader) table.Kind {
	k := table.Kind(r.U8())
	if k > table.Text {
		r.Fail("a column has the kind %d", k)
	}
	return k
}

func readChain(r *codec.Reader) chain {
	c := chain{source: r.Int(), steps: make([]prep.Fitted, 0, 3)}
	for range r.Len(8) {
		kind := r.String()
		var f prep.Fitted
		for _, d := range decoders {
			if d.kind == kind {
				f = d.decode(r)
			}
		}
		if f == nil {
			r.Fail("a preparation has a step of the unknown kind %q", kind)
		}
		if r.Err() != nil {
			return chain{}
		}
		c.steps = append(c.steps, f)
	}
	c.places = r.Ints()
	return c
}

// some is the list, nil if it is empty, as Fit leaves it.
func some(v []string) []string {
	if len(v) == 0 {
		return nil
	}
	return v
}

// check records a fault if the parts do not fit each other: Transform relies on it.
func (p *Pipeline) check(r *codec.Reader) {
	if r.Err() != nil {
		return
	}
	made := make([]bool, len(p.features))
	for _, c := range p.chains {
		if c.source < 0 || c.source >= len(p.sources) || len(c.steps) == 0 {
			r.Fail("a chain of a preparation has no source or no step")
			return
		}
		width := 0 // words
		if p.sources[c.source].kind.Numeric() {
			width = 1
		}
		for _, f := range c.steps {
			if f.Takes() != width || f.Width() < 1 || f.Width() > prep.MaxWidth {
				r.Fail("a step %s of a preparation takes %d columns and is given %d", f.Kind(), f.Takes(), width)
				return
			}
			width = f.Width()
		}
		if len(c.places) != width {
			r.Fail("a chain of a preparation makes %d columns for %d places", width, len(c.places))
			return
		}
		for _, place := range c.places {
			if place < -1 || place >= len(made) || place >= 0 && made[place] {
				r.Fail("a chain of a preparation makes feature %d", place)
				return
			}
			if place >= 0 {
				made[place] = true
			}
		}
	}
	for i, ok := range made {
		if !ok && !(len(made) == 1 && len(p.chains) == 0) {
			r.Fail("nothing makes feature %d of a preparation", i)
			return
		}
	}
	if len(made) == 0 {
		r.Fail("a preparation makes no feature")
	}
}
