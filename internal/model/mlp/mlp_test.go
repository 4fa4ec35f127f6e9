package mlp

import (
	"testing"

	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	placed := map[string]string{"weights_double": "batches are of rows, whatever their weight"}
	for _, m := range []model.Model{Classifier{}, Regressor{}} {
		t.Run(m.Name(), func(t *testing.T) {
			values := map[string]any{"n_epochs": 12, "hidden_width": 16, "hidden_layers": 2}
			modeltest.Run(t, m, modeltest.Opts{Values: values, XFail: placed})
		})
	}
}
