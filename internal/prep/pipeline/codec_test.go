package pipeline

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/prep/preptest"
	"sadi/internal/rng"
	"sadi/internal/table"
)

func TestRoundTrip(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		tab, y, columns := preptest.Mixed(tableRows)
		p, _, _ := fitted(t, tab, y, columns, in, nil)
		want := encode(p)
		r := codec.NewReader(want)
		q, err := Decode(r)
		if err != nil || r.Done() != nil {
			t.Fatal(err, r.Done())
		}
		if !bytes.Equal(encode(q), want) {
			t.Error("the bytes differ after a round trip")
		}
		if q.Input() != in || !reflect.DeepEqual(q.Describe(), p.Describe()) || !slices.Equal(q.Features(), p.Features()) {
			t.Error("the description differs after a round trip")
		}
		sameMatrix(t, "decoded", transform(t, q, tab, nil), transform(t, p, tab, nil))
	})
}

// The names stand in model files: one may be added, none changed.
func TestKindsArePinned(t *testing.T) {
	want := []string{"boolean", "dateparts", "impute", "missing", "number", "onehot", "ordinal", "power", "scale", "targetencode",
		"textcount", "textngram"}
	for i, d := range decoders {
		if i >= len(want) || d.kind != want[i] {
			t.Errorf("kind %d is %q", i, d.kind)
		}
	}
	if len(decoders) != len(want) {
		t.Errorf("%d kinds, want %d", len(decoders), len(want))
	}
}

// What stands in a model file is described.
func TestKindsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/FORMATS/model.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range decoders {
		if !strings.Contains(string(page), "\n| `"+d.kind+"` | ") {
			t.Errorf("docs/FORMATS/model.md does not say what a step %q holds", d.kind)
		}
	}
}

// Every kind of step is made by some pipeline and can be read again.
func TestEveryKindIsUsed(t *testing.T) {
	used := map[string]bool{}
	tab, y, columns := preptest.Mixed(tableRows)
	forms(t, func(t *testing.T, in dataset.Input) {
		p, _, _ := fitted(t, tab, y, columns, in, nil)
		for _, c := range p.chains {
			for _, f := range c.steps {
				used[f.Kind()] = true
			}
		}
	})
	var want []string
	for _, d := range decoders {
		want = append(want, d.kind)
		if !used[d.kind] {
			t.Errorf("no chain uses %q", d.kind)
		}
	}
	if len(used) != len(want) || !slices.IsSorted(want) {
		t.Errorf("used %v, listed %v", used, want)
	}
}

// Whole fields that do not fit each other are as corrupt as damaged bytes.
func TestPartsMustFit(t *testing.T) {
	whole, tab := small(t, dataset.Dense)
	for _, c := range []struct {
		what   string
		change func(p *Pipeline)
	}{
		{"a source too many", func(p *Pipeline) { p.chains[0].source = len(p.sources) }},
		{"no step", func(p *Pipeline) { p.chains[0].steps = nil }},
		{"a place too many", func(p *Pipeline) { p.chains[0].places = append(p.chains[0].places, -1) }},
		{"a place too few", func(p *Pipeline) { p.chains[0].places = nil }},
		{"a feature made twice", func(p *Pipeline) { p.chains[1].places = slices.Clone(p.chains[0].places) }},
		{"a feature not made", func(p *Pipeline) { p.chains[0].places[0] = -1 }},
		{"a feature too many", func(p *Pipeline) { p.chains[0].places[0] = len(p.features) }},
		{"no feature", func(p *Pipeline) { p.features, p.chains = nil, nil }},
		{"numbers for words", func(p *Pipeline) { p.sources[0].kind = table.Category }},
		{"an unknown kind of column", func(p *Pipeline) { p.sources[0].kind = table.Text + 1 }},
		{"negative levels", func(p *Pipeline) { p.features[0].Levels = -1 }},
		{"an unknown form", func(p *Pipeline) { p.input = dataset.Inputs }},
	} {
		p, err := Decode(codec.NewReader(encode(whole))) // a copy
		if err != nil {
			t.Fatal(err)
		}
		c.change(p)
		if probe(t, encode(p), tab) == nil {
			t.Errorf("%s is accepted", c.what)
		}
	}
}

// small is a pipeline with every kind of step, and its table.
func small(tb testing.TB, in dataset.Input) (*Pipeline, *table.Table) {
	tb.Helper()
	tab, y, columns := preptest.Mixed(120)
	rows := preptest.Every(120, 3)
	p, _, err := Fit(ctx, tab, rows, y.Take(rows), nil, Options{Input: in, Columns: columns, Stream: rng.New(1)})
	if err != nil {
		tb.Fatal(err)
	}
	return p, tab
}

// probe decodes and, if that works, transforms: nothing may panic.
func probe(t *testing.T, data []byte, tab *table.Table) error {
	r := codec.NewReader(data)
	p, err := Decode(r)
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		if sadi.CodeOf(err) != sadi.Corrupt {
			t.Fatalf("code %q of %v, want corrupt", sadi.CodeOf(err), err)
		}
		return err
	}
	if _, err := p.Transform(ctx, tab, []int{0, 5, 119}); err != nil && sadi.CodeOf(err) != sadi.SchemaMismatch {
		t.Fatal(err)
	}
	return nil
}

func TestDamagedBytes(t *testing.T) {
	forms(t, func(t *testing.T, in dataset.Input) {
		p, tab := small(t, in)
		whole := encode(p)
		step := len(whole)/250 + 1
		for n := 0; n < len(whole); n += step {
			if probe(t, whole[:n], tab) == nil {
				t.Fatalf("%d of %d bytes are taken for the whole", n, len(whole))
			}
			bent := slices.Clone(whole)
			bent[n] ^= 1 << (n % 8)
			_ = probe(t, bent, tab) // may be a pipeline with another number in it
		}
	})
}

func FuzzDecode(f *testing.F) {
	var tab *table.Table
	for in := range dataset.Input(dataset.Inputs) {
		var p *Pipeline
		p, tab = small(f, in)
		f.Add(encode(p))
	}
	f.Add([]byte{})
	f.Add([]byte{version, 0})
	f.Fuzz(func(t *testing.T, data []byte) { _ = probe(t, data, tab) })
}
