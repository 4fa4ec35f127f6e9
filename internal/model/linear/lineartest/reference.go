// Package lineartest compares the linear algorithms with the coefficients that scikit-learn finds.
package lineartest

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/linear"
)

// File is a fixture: data, column by column, and what scikit-learn makes of them.
type File struct {
	X       [][]float32 `json:"x"`
	Y       []float64   `json:"y"`
	Weights []float64   `json:"weights"`
	Cases   []Case      `json:"cases"`
}

// Case is one fit.
type Case struct {
	Model      string         `json:"model"`
	Values     map[string]any `json:"values"`
	Weighted   bool           `json:"weighted"`
	Classes    int            `json:"classes"`    // 0 for regression
	Coef       []float64      `json:"coef"`       // outputs × d
	Intercept  []float64      `json:"intercept"`  // outputs
	Prediction []float64      `json:"prediction"` // n × outputs
}

// Read reads a fixture; one that is not there fails the test.
func Read(t *testing.T, path string) File {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f File
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return f
}

// Matrix is the fixture's features.
func (f File) Matrix() *dataset.Matrix {
	x := &dataset.Matrix{Rows: len(f.X[0]), Cols: f.X}
	for j := range f.X {
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprintf("x%d", j)})
	}
	return x
}

// Train is the training data of a case.
func (f File) Train(c Case) model.Train {
	tr := model.Train{Set: dataset.Set{X: f.Matrix(), Y: dataset.Target{Problem: sadi.RegressionValue, Y: f.Y}}}
	if c.Weighted {
		tr.Weights = f.Weights
	}
	if c.Classes > 0 {
		tr.Y = dataset.Target{Problem: sadi.Multiclass, Classes: c.Classes, Y: make([]float64, len(f.Y))}
		if c.Classes == 2 {
			tr.Y.Problem = sadi.Binary
		}
		for i, y := range f.Y {
			tr.Y.Y[i] = min(y, float64(c.Classes-1))
		}
	}
	return tr
}

// Compare fits every case of the fixture that is of algorithm m. Coefficients of columns that repeat one another are
// compared by their sum, for their shares are not determined: twins are two such columns.
func Compare(t *testing.T, m model.Model, path string, twins [2]int, tolerance float64) {
	t.Helper()
	f := Read(t, path)
	seen := 0
	for _, c := range f.Cases {
		if c.Model != m.Name() {
			continue
		}
		seen++
		t.Run(fmt.Sprintf("%v weighted=%v classes=%d", c.Values, c.Weighted, c.Classes), func(t *testing.T) {
			values, err := m.Params().Complete(c.Values)
			if err != nil {
				t.Fatal(err)
			}
			tr := f.Train(c)
			fitted, err := m.Fit(context.Background(), tr, values)
			if err != nil {
				t.Fatal(err)
			}
			got := fitted.(*linear.Fitted)
			near(t, "coefficients", join(got.Coef, len(f.X), twins), join(c.Coef, len(f.X), twins), tolerance)
			near(t, "intercept", got.Intercept, c.Intercept, tolerance)
			p := make([]float64, len(c.Prediction))
			if err := fitted.Predict(p, tr.X); err != nil {
				t.Fatal(err)
			}
			near(t, "predictions", p, c.Prediction, tolerance)
		})
	}
	if seen == 0 {
		t.Fatalf("%s has no case of %s", path, m.Name())
	}
}

// join is a copy of coefficients with those of twins added up.
func join(coef []float64, d int, twins [2]int) []float64 {
	joined := append([]float64(nil), coef...)
	for o := 0; o < len(joined); o += d {
		joined[o+twins[0]] += joined[o+twins[1]]
		joined[o+twins[1]] = 0
	}
	return joined
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d %s, want %d", len(got), what, len(want))
		return
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*(1+math.Abs(want[i]))) {
			t.Errorf("%s: got %.9g, want %.9g", what, got, want)
			return
		}
	}
}
