package tree

import (
	"context"
	"math"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// mixed are rows of two numbers and a category of many levels, with missing values, for three classes.
func mixed(n int) dataset.Set {
	r := rng.New(11).Rand()
	x := &dataset.Matrix{Rows: n, Features: []dataset.Feature{{Name: "a"}, {Name: "b"}, {Name: "c", Levels: 40}}}
	x.Cols = [][]float32{make([]float32, n), make([]float32, n), make([]float32, n)}
	y := make([]float64, n)
	for i := range n {
		x.Cols[0][i], x.Cols[1][i], x.Cols[2][i] = float32(r.NormFloat64()), float32(r.IntN(5)), float32(r.IntN(40))
		y[i] = float64((int(x.Cols[2][i])*7 + int(x.Cols[1][i])) % 3)
		if r.IntN(10) == 0 {
			y[i] = float64(r.IntN(3))
		}
		if j := r.IntN(9); j < 3 {
			x.Cols[j][i] = float32(math.NaN())
		}
	}
	return dataset.Set{X: x, Y: dataset.Target{Problem: sadi.Multiclass, Y: y, Classes: 3}}
}

// encoded are a booster, a forest and a tree as they are written.
func encoded(t testing.TB) (booster, forest, single []byte) {
	t.Helper()
	train := model.Train{Set: mixed(200), Stream: rng.New(1)}
	b, err := Boost(context.Background(), train, BoostOptions{Rounds: 2, LearningRate: 0.3, MaxBin: 255, GrowOptions: GrowOptions{MaxDepth: 3, Lambda: 1, MaxCatToOneHot: 4}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := GrowForest(context.Background(), train, ForestOptions{Trees: 3, Bootstrap: true, CartOptions: CartOptions{Criterion: Gini, MaxDepth: 4}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := GrowSingle(context.Background(), train, CartOptions{Criterion: Entropy, MaxDepth: 4})
	if err != nil {
		t.Fatal(err)
	}
	var wb, wf, ws codec.Writer
	b.Encode(&wb)
	f.Encode(&wf)
	s.Encode(&ws)
	return wb.Bytes(), wf.Bytes(), ws.Bytes()
}

// FuzzDecode: foreign bytes give an error or a model that predicts without a panic or a loop, and that is written the
// same as it was read.
func FuzzDecode(f *testing.F) {
	booster, forest, single := encoded(f)
	f.Add(uint8(0), booster)
	f.Add(uint8(1), forest)
	f.Add(uint8(2), single)
	f.Add(uint8(1), []byte{})
	nan := float32(math.NaN())
	inf := float32(math.Inf(1))
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		decode := []func(*codec.Reader) (model.Fitted, error){DecodeBooster, DecodeForest, DecodeSingle}[kind%3]
		r := codec.NewReader(b)
		m, err := decode(r)
		if err == nil {
			err = r.Done()
		}
		if err != nil {
			if sadi.CodeOf(err) != sadi.Corrupt {
				t.Fatalf("got the code %s, want %s: %v", sadi.CodeOf(err), sadi.Corrupt, err)
			}
			return
		}
		if m.Features() > 1000 || m.Outputs() > 1000 {
			return
		}
		x := &dataset.Matrix{Rows: 10}
		for j := range m.Features() {
			x.Features = append(x.Features, dataset.Feature{})
			x.Cols = append(x.Cols, []float32{nan, 0, 1, 2.5, -7, inf, -inf, 39, float32(j), 1e30})
		}
		if err := m.Predict(make([]float64, x.Rows*m.Outputs()), x); err != nil {
			t.Fatal(err)
		}
		var w codec.Writer
		m.Encode(&w)
		again, err := decode(codec.NewReader(w.Bytes()))
		if err != nil {
			t.Fatalf("what was read can not be written and read: %v", err)
		}
		var w2 codec.Writer
		again.Encode(&w2)
		if string(w.Bytes()) != string(w2.Bytes()) {
			t.Fatal("writing and reading changes a model")
		}
	})
}

// Every single changed byte gives an error or a model that works: the fuzz target on a small scale, in every test run.
func TestDecodeOfDamagedBytes(t *testing.T) {
	_, forest, _ := encoded(t)
	x := mixed(20).X
	refused := 0
	for at := range forest {
		for _, flip := range []byte{1, 0x80, 0xff} {
			bad := append([]byte(nil), forest...)
			bad[at] ^= flip
			r := codec.NewReader(bad)
			m, err := DecodeForest(r)
			if err != nil || r.Done() != nil {
				refused++
				continue
			}
			if m.Features() == len(x.Cols) {
				if err := m.Predict(make([]float64, x.Rows*m.Outputs()), x); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if refused == 0 {
		t.Error("no damage was found")
	}
}
