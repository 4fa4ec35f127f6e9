package modeltest

import (
	"bytes"
	"fmt"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/model"
)

// FuzzDecode gives Decode bytes that no Encode may have written, beginning with those of the seeds: each model makes an error of
// them, or something that predicts finite numbers, of classes within [0, 1], and is read again as it is written.
func FuzzDecode(f *testing.F, models []model.Model, seeds ...model.Fitted) {
	for _, s := range seeds {
		f.Add(Encode(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, m := range models {
			if err := decodeForeign(m, payload); err != nil {
				t.Errorf("%s: %v", m.Name(), err)
			}
		}
	})
}

// decodeWhole decodes a payload that must end where the model ends.
func decodeWhole(m model.Model, payload []byte) (model.Fitted, error) {
	r := codec.NewReader(payload)
	g, err := m.Decode(r)
	if err == nil {
		err = r.Done()
	}
	return g, err
}

// decodeForeign says what a model does wrong with bytes.
func decodeForeign(m model.Model, payload []byte) error {
	g, err := decodeWhole(m, payload)
	if err != nil {
		if code := sadi.CodeOf(err); code != sadi.Corrupt {
			return fmt.Errorf("the error has the code %s, want %s: %w", code, sadi.Corrupt, err)
		}
		return nil
	}
	written := Encode(g)
	again, err := decodeWhole(m, written)
	if err != nil {
		return fmt.Errorf("what was read can not be written and read: %w", err)
	}
	if !bytes.Equal(Encode(again), written) {
		return fmt.Errorf("writing and reading changes a model")
	}
	const most = 1000
	if len(payload) > 1<<16 || g.Features() > most || g.Outputs() > most {
		return nil
	}
	cols := make([][]float32, g.Features())
	for j := range cols {
		cols[j] = []float32{0, 1, -2.5, float32(j), -1e30}
	}
	x := Matrix(append(cols, make([]float32, 5))) // also of no features there are rows
	x.Cols, x.Features = x.Cols[:len(cols)], x.Features[:len(cols)]
	p, err := predicted(g, x)
	if err != nil {
		return err
	}
	for i, v := range p {
		if m.Caps().Problems[0].IsClassification() && !(v >= 0 && v <= 1) {
			return fmt.Errorf("row %d, output %d is predicted as %v", i/g.Outputs(), i%g.Outputs(), v)
		}
	}
	return nil
}
