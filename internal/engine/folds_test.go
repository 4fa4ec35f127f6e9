package engine

import (
	"reflect"
	"testing"

	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/trial"
)

func TestAFoldIsReadAsItWasWritten(t *testing.T) {
	for _, c := range []computed{
		{res: trial.FoldResult{Pred: []float64{0.1, 0.9}, Score: -0.5, Rounds: 7, Stopped: true, Model: []byte("model"),
			Trace: model.Trace{Rounds: []int{1, 2, 3}, Losses: []float64{0.7, 0.5, 0.25}}}, spent: cost{learn: 1.5, predict: 0.25, bytes: 5}},
		{res: trial.FoldResult{Pred: []float64{1}, Model: []byte{0}}, spent: cost{bytes: 1}},
	} {
		file := c.encode("model/xgb/{}")
		got, err := decodeFold(file, "model/xgb/{}")
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("got %+v, %v; want %+v", got, err, c)
		}
		if _, err := decodeFold(file, "model/xgb/{\"eta\":1}"); err == nil {
			t.Error("the result of another configuration is taken")
		}
	}
	var w codec.Writer
	w.U8(foldVersion)
	w.String("p")
	w.Int(0)
	w.Bool(false)
	w.F64(0)
	w.F64s(nil)
	w.Raw(nil)
	w.Int(1 << 40) // points of a trace that are not there
	if _, err := decodeFold(codec.Seal(foldKind, w.Bytes()), "p"); err == nil {
		t.Error("a trace that is cut off is taken")
	}
}
