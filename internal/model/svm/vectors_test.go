package svm

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"sadi"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/rng"
)

// vectors are the beginnings of the hashes of models and their predictions. They are the same on every architecture, for which
// .ci/arm64 runs this test; a change of them is a change of every record made so far.
var vectors = map[string]string{
	"svc rbf":     "4e10eaaa823e713c",
	"svc linear":  "5ad5167ec1545c9d",
	"svc poly":    "bff8edc3f007594c",
	"svc sigmoid": "fd7dae6728b9bd77",
	"svr rbf":     "f9033c8b7509ef67",
	"svr linear":  "630186f32602f354",
	"svr poly":    "2fb492622d488292",
	"svr sigmoid": "a585312f2ccfce10",
}

func TestVectors(t *testing.T) {
	for _, m := range []model.Model{Classifier{}, Regressor{}} {
		for _, kernel := range kernelNames {
			tr := model.Train{Set: noisy(400, m.Caps().Problems[0]), Stream: rng.New(1)}
			if tr.Y.Problem == sadi.Binary {
				tr.Y.Problem, tr.Y.Classes = sadi.Multiclass, 3
				for i := range tr.Y.Y {
					tr.Y.Y[i] += float64(i % 2)
				}
			}
			f := fitted(t, m, tr, map[string]any{"kernel": kernel})
			p := modeltest.Predict(t, f, tr.X)
			name := m.Name() + " " + kernel
			if got := fmt.Sprintf("%x", sha256.Sum256(fmt.Append(modeltest.Encode(f), p)))[:16]; got != vectors[name] {
				t.Errorf("%q: %q,", name, got)
			}
		}
	}
}
