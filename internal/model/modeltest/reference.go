package modeltest

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
)

// Read reads a fixture, JSON, into a variable; one that is not there fails the test.
func Read(t testing.TB, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Matrix has the given columns, of numbers.
func Matrix(cols [][]float32) *dataset.Matrix {
	x := &dataset.Matrix{Rows: len(cols[0])}
	for j, col := range cols {
		addColumn(x, dataset.Feature{Name: fmt.Sprintf("x%d", j)}, col)
	}
	return x
}

// Gaps are columns of a fixture in which null is a missing value.
func Gaps(cols [][]*float32) [][]float32 {
	all := make([][]float32, len(cols))
	for j, col := range cols {
		all[j] = constant(len(col), nan32)
		for i, v := range col {
			if v != nil {
				all[j][i] = *v
			}
		}
	}
	return all
}

// Classes is a target of so many classes, of which the last takes all that follow.
func Classes(y []float64, classes int) dataset.Target {
	t := dataset.Target{Problem: sadi.Multiclass, Classes: classes, Y: make([]float64, len(y))}
	if classes == 2 {
		t.Problem = sadi.Binary
	}
	for i, v := range y {
		t.Y[i] = min(v, float64(classes-1))
	}
	return t
}

// Numbers is a target of numbers.
func Numbers(y []float64) dataset.Target {
	return dataset.Target{Problem: sadi.RegressionValue, Y: y}
}

// Fit fits with the given parameters and the defaults of the others; an error ends the test.
func Fit(t testing.TB, m model.Model, train model.Train, given map[string]any) model.Fitted {
	t.Helper()
	values, err := m.Params().Complete(given)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Fit(context.Background(), train, values)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Predict predicts; an error, or a prediction that is not a finite number, ends the test.
func Predict(t testing.TB, f model.Fitted, x *dataset.Matrix) []float64 {
	t.Helper()
	p, err := predicted(f, x)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func predicted(f model.Fitted, x *dataset.Matrix) ([]float64, error) {
	p := make([]float64, x.Rows*f.Outputs())
	for i := range p {
		p[i] = math.NaN() // what is not written shows
	}
	if err := f.Predict(p, x); err != nil {
		return nil, err
	}
	for i, v := range p {
		if v-v != 0 {
			return nil, fmt.Errorf("row %d, output %d is predicted as %v", i/f.Outputs(), i%f.Outputs(), v)
		}
	}
	return p, nil
}

// Encode is the form of a model in files.
func Encode(f model.Fitted) []byte {
	var w codec.Writer
	f.Encode(&w)
	return w.Bytes()
}
