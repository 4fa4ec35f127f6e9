package svm

import (
	"fmt"
	"math"
	"testing"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/rng"
)

// reference is testdata/reference.json; reference.py makes it.
type reference struct {
	X, New         [][]float32 // columns
	Y              []float64   // one of four classes
	Value, Weights []float64
	Cases          []struct {
		Model    string
		Values   map[string]any
		Classes  int
		Weighted bool
		Dual     [][]float64 // of each row against each other class
		Support  []int       // support vectors of each class
		Decision [][]float64 // of each new row by each machine; of a regressor the prediction
	}
	Real []struct {
		Name string
		X    [][]float32
		Y    []float64
		Fit  int     // rows to learn from, the first ones
		Loss float64 // log loss of the others by scikit-learn
	}
}

func readReference(t *testing.T) reference {
	t.Helper()
	var r reference
	modeltest.Read(t, "testdata/reference.json", &r)
	return r
}

func fitted(t *testing.T, m model.Model, tr model.Train, given map[string]any) *Fitted {
	t.Helper()
	return modeltest.Fit(t, m, tr, given).(*Fitted)
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*(1+math.Abs(want))) {
		t.Errorf("%s is %.9g, want %.9g", what, got, want)
	}
}

// decisions are those of every machine for a matrix, of a regressor the predictions.
func (f *Fitted) decisions(x *dataset.Matrix) [][]float64 {
	w := f.newWork(1)
	all := make([][]float64, x.Rows)
	for i := range all {
		w.load(x, i, 1)
		w.compare(1)
		if f.counts == nil {
			all[i] = make([]float64, 1)
			w.answer(all[i], w.similar[:f.points.n])
			continue
		}
		w.decide(w.similar[:f.points.n])
		all[i] = append(all[i], w.decision...)
	}
	return all
}

// Machines are those of scikit-learn: as many support vectors, their coefficients and the decisions of new rows. Both keep
// similarities as float32, so that they agree to about 1e-6; where C is large, coefficients are less determined than decisions.
func TestReference(t *testing.T) {
	r := readReference(t)
	for _, c := range r.Cases {
		t.Run(fmt.Sprintf("%s %v classes=%d weighted=%v", c.Model, c.Values, c.Classes, c.Weighted), func(t *testing.T) {
			tr := model.Train{Set: dataset.Set{X: modeltest.Matrix(r.X)}, Stream: rng.New(1)}
			var m model.Model = Regressor{}
			if tr.Y = (modeltest.Numbers(r.Value)); c.Classes > 0 {
				m, tr.Y = Classifier{}, modeltest.Classes(r.Y, c.Classes)
			}
			if c.Weighted {
				tr.Weights = r.Weights
			}
			f := fitted(t, m, tr, c.Values)
			for i, row := range f.decisions(modeltest.Matrix(r.New)) {
				for k, got := range row {
					near(t, fmt.Sprintf("decision %d of row %d", k, i), got, c.Decision[i][k], 2e-5)
				}
			}
			classes := max(c.Classes, 1)
			vectors := 0
			for class := range classes {
				begin := vectors
				for i, dual := range c.Dual {
					if c.Classes > 0 && int(tr.Y.Y[i]) != class || !anyNonzero(dual) {
						continue
					}
					if vectors < f.points.n {
						for k, want := range dual {
							near(t, fmt.Sprintf("coefficient %d of row %d", k, i), f.coef[k*f.points.n+vectors], want, 2e-3)
						}
					}
					vectors++
				}
				if c.Classes > 0 && (f.counts[class] != vectors-begin || c.Support[class] != vectors-begin) {
					t.Errorf("class %d has %d support vectors, want %d", class, f.counts[class], vectors-begin)
				}
			}
			if f.points.n != vectors {
				t.Errorf("%d support vectors, want %d", f.points.n, vectors)
			}
		})
	}
}

func anyNonzero(v []float64) bool {
	for _, x := range v {
		if x != 0 {
			return true
		}
	}
	return false
}

// Probabilities of real data are as good as scikit-learn's. Chance decides how rows are divided for calibration, there as here.
func TestProbabilities(t *testing.T) {
	for _, c := range readReference(t).Real {
		classes := 0
		for _, y := range c.Y {
			classes = max(classes, int(y)+1)
		}
		part := func(lo, hi int) dataset.Set {
			cols := make([][]float32, len(c.X))
			for j, col := range c.X {
				cols[j] = col[lo:hi]
			}
			return dataset.Set{X: modeltest.Matrix(cols), Y: modeltest.Classes(c.Y[lo:hi], classes)}
		}
		mean := 0.0
		const times = 10
		for seed := range uint64(times) {
			f := fitted(t, Classifier{}, model.Train{Set: part(0, c.Fit), Stream: rng.New(seed)}, nil)
			rest := part(c.Fit, len(c.Y))
			p := modeltest.Predict(t, f, rest.X)
			for i, y := range rest.Y.Y {
				q := p[i*f.Outputs()+min(int(y), f.Outputs()-1)]
				if classes == 2 && y == 0 {
					q = 1 - q
				}
				mean -= math.Log(q) / float64(len(rest.Y.Y)*times)
			}
		}
		t.Logf("%s: log loss %.4f, scikit-learn's is %.4f", c.Name, mean, c.Loss)
		if mean > 1.01*c.Loss {
			t.Errorf("%s: the log loss is %.4f, scikit-learn's %.4f", c.Name, mean, c.Loss)
		}
	}
}
