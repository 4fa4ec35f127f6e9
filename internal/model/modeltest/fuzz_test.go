package modeltest

import (
	"math"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/ridge"
)

// What is held against a model that reads foreign bytes wrongly.
func TestDecodeForeign(t *testing.T) {
	x := Matrix([][]float32{{1, 2, 3, 4}, {0, 1, 0, 1}})
	payload := Encode(Fit(t, ridge.Model{}, model.Train{Set: dataset.Set{X: x, Y: Numbers([]float64{1, 2, 3, 5})}}, nil))
	damaged := append([]byte{0xee}, payload[1:]...)
	predict := func(v float64) broken {
		return broken{Model: ridge.Model{}, predict: func(dst []float64, _ *dataset.Matrix, _ model.Train) { dst[3] = v }}
	}
	probabilities := predict(1.5)
	probabilities.caps = func(c *model.Caps) { c.Problems = []sadi.Problem{sadi.Binary} }
	for _, c := range []struct {
		what    string
		m       model.Model
		payload []byte
		wrong   bool
	}{
		{"as it was written", ridge.Model{}, payload, false},
		{"another version", ridge.Model{}, damaged, false},
		{"cut off", ridge.Model{}, payload[:9], false},
		{"an infinite prediction", predict(math.Inf(1)), payload, true},
		{"a prediction that is no number", predict(math.NaN()), payload, true},
		{"a probability above 1", probabilities, payload, true},
		{"one byte more", broken{Model: ridge.Model{}, encode: func(w *codec.Writer) { w.U8(0) }}, payload, true},
	} {
		if err := decodeForeign(c.m, c.payload); (err != nil) != c.wrong {
			t.Errorf("%s: got the error %v", c.what, err)
		}
	}
}
