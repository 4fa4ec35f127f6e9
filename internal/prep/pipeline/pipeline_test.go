package pipeline

import (
	"context"
	"testing"

	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/prep/preptest"
	"sadi/internal/rng"
)

func TestRoundTrip(t *testing.T) {
	for in := range dataset.Input(3) {
		tab, y, cols := preptest.Mixed(500)
		rows := preptest.Every(tab.Rows, 3)
		p, m, err := Fit(context.Background(), tab, rows, y.Take(rows), nil, Options{Input: in, Columns: cols, Stream: rng.New(1), Pool: par.New(2)})
		if err != nil {
			t.Fatal(err)
		}
		if in == dataset.Dense {
			for _, s := range p.Describe() {
				t.Logf("%+v", s)
			}
		}
		var w codec.Writer
		p.Encode(&w)
		r := codec.NewReader(w.Bytes())
		q, err := Decode(r)
		if err != nil || r.Done() != nil {
			t.Fatal(err, r.Done())
		}
		a, err := p.Transform(context.Background(), tab, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := q.Transform(context.Background(), tab, nil)
		if err != nil {
			t.Fatal(err)
		}
		for j := range a.Cols {
			if !equal(a.Cols[j], b.Cols[j]) {
				t.Errorf("%s: feature %s differs after decoding", in, a.Features[j].Name)
			}
		}
		if len(m.Cols) != len(a.Cols) {
			t.Errorf("%s: %d features and %d", in, len(m.Cols), len(a.Cols))
		}
	}
}
