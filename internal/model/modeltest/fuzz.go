package modeltest

import (
	"bytes"
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
			decodeForeign(t, m, payload)
		}
	})
}

func decodeForeign(t *testing.T, m model.Model, payload []byte) {
	t.Helper()
	r := codec.NewReader(payload)
	g, err := m.Decode(r)
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		if sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("%s: the error has the code %s, want %s: %v", m.Name(), sadi.CodeOf(err), sadi.Corrupt, err)
		}
		return
	}
	written := Encode(g)
	r = codec.NewReader(written)
	again, err := m.Decode(r)
	if err == nil {
		err = r.Done()
	}
	if err != nil || !bytes.Equal(Encode(again), written) {
		t.Fatalf("%s: what was read can not be written and read: %v", m.Name(), err)
	}
	const most = 1000
	if len(payload) > 1<<16 || g.Features() > most || g.Outputs() > most {
		return
	}
	cols := make([][]float32, g.Features())
	for j := range cols {
		cols[j] = []float32{0, 1, -2.5, float32(j), -1e30}
	}
	x := Matrix(append(cols, make([]float32, 5))) // also of no features there are rows
	x.Cols, x.Features = x.Cols[:len(cols)], x.Features[:len(cols)]
	for i, v := range Predict(t, g, x) {
		if m.Caps().Problems[0].IsClassification() && !(v >= 0 && v <= 1) {
			t.Fatalf("%s: row %d, output %d is predicted as %v", m.Name(), i/g.Outputs(), i%g.Outputs(), v)
		}
	}
}
