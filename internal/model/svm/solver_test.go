package svm

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/par"
	"sadi/internal/rng"
)

func bytesOf(f model.Fitted) string {
	return string(modeltest.Encode(f))
}

// The memory for similarities changes nothing: all of them, those of the rows asked for last, or of the fewest rows.
func TestCacheChangesNothing(t *testing.T) {
	for _, m := range []model.Model{Classifier{}, Regressor{}} {
		tr := model.Train{Set: noisy(900, m.Caps().Problems[0]), Stream: rng.New(1)}
		want := bytesOf(fitted(t, m, tr, nil))
		for _, size := range []float64{1, 2} { // of 3.2 megabytes
			tr.Pool = par.New(2)
			if bytesOf(fitted(t, m, tr, map[string]any{"cache_size": size})) != want {
				t.Errorf("%s: with %v megabytes for similarities the model differs", m.Name(), size)
			}
		}
	}
	// Of several classes each two have a gram of their own, which may be whole.
	tr := model.Train{Set: noisy(900, sadi.Binary), Stream: rng.New(1)}
	tr.Y.Problem, tr.Y.Classes = sadi.Multiclass, 3
	for i := range tr.Y.Y {
		tr.Y.Y[i] += float64(i % 2)
	}
	if want := bytesOf(fitted(t, Classifier{}, tr, nil)); bytesOf(fitted(t, Classifier{}, tr, map[string]any{"cache_size": 2.0})) != want {
		t.Error("three classes: with 2 megabytes for similarities the model differs")
	}
}

// A row of a gram that keeps few is that of one that keeps all, in whatever order rows are asked for.
func TestGram(t *testing.T) {
	d := noisy(333, sadi.Binary)
	for kind := range kernelNames {
		k := kernel{kind: kernelKind(kind), degree: 3, gamma: 0.1, coef0: 0.5}
		p := newPoints(d.X.Cols, nil, d.X.Rows, nil)
		whole, err := newGram(context.Background(), nil, p, k, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		few, err := newGram(context.Background(), par.New(2), p, k, 1)
		if err != nil || few.whole || !whole.whole {
			t.Fatalf("%v: whole %v and %v", err, whole.whole, few.whole)
		}
		r := rng.New(1).Rand()
		for range 2000 {
			i := int32(r.IntN(333))
			if r.IntN(3) == 0 {
				i %= 20
			}
			if row := whole.row(context.Background(), i); !slices.Equal(few.row(context.Background(), i), row) {
				t.Fatalf("%s: row %d differs", kernelNames[kind], i)
			}
		}
		// The kernels by their definitions.
		for i := range int32(20) {
			row := whole.row(context.Background(), i)
			for j, got := range row {
				dot, distance := 0.0, 0.0
				for _, col := range d.X.Cols {
					x, z := float64(col[i]), float64(col[j])
					dot += x * z
					distance += (x - z) * (x - z)
				}
				want := []float64{math.Exp(-0.1 * distance), dot, math.Pow(0.1*dot+0.5, 3), math.Tanh(0.1*dot + 0.5)}[kind]
				if math.Abs(float64(got)-want) > 1e-6*(1+math.Abs(want)) || got != whole.row(context.Background(), int32(j))[i] {
					t.Fatalf("%s of rows %d and %d is %v, want %v", kernelNames[kind], i, j, got, want)
				}
			}
		}
	}
}

// The optimum does not depend on whether variables rest, and holds to its conditions: a row within the margin counts nothing,
// one beyond it counts fully, one on it something between.
func TestOptimum(t *testing.T) {
	d := noisy(1500, sadi.Binary)
	p := newPoints(d.X.Cols, nil, d.X.Rows, nil)
	for _, c := range []float64{0.1, 10, 1000} {
		g, err := newGram(context.Background(), nil, p, kernel{kind: rbf, gamma: 0.05}, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		var value [2]float64
		var steps [2]int
		for k, shrinking := range []bool{false, true} {
			q := &problem{gram: g}
			for i, y := range d.Y.Y {
				sign := 2*y - 1
				q.rows, q.q = append(q.rows, int32(i)), append(q.q, -sign)
				q.lo, q.hi = append(q.lo, min(0, sign*c)), append(q.hi, max(0, sign*c))
			}
			const tol = 1e-4
			beta, bias, err := q.solve(context.Background(), solverOptions{tol: tol, maxIter: -1, shrinking: shrinking})
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for i, b := range beta {
				sum += b
				f := bias
				for j, v := range g.row(context.Background(), int32(i)) {
					f += beta[j] * float64(v)
				}
				value[k] += b*(f-bias)/2 + b*q.q[i]
				gap := f + q.q[i] // f − y: at most 0 where β may rise no more, at least 0 where it may fall no more
				if b < q.hi[i] && gap < -tol || b > q.lo[i] && gap > tol {
					t.Fatalf("C=%v shrinking=%v: row %d has β = %v between %v and %v with the gradient %v", c, shrinking, i, b, q.lo[i], q.hi[i], gap)
				}
			}
			if math.Abs(sum) > 1e-9*c {
				t.Errorf("the coefficients add up to %v", sum)
			}
			steps[k] = q.iterations
		}
		if math.Abs(value[0]-value[1]) > 1e-5*math.Abs(value[0]) {
			t.Errorf("C=%v: %v with all variables, %v where they rest (%v steps)", c, value[0], value[1], steps)
		}
	}
}

// max_iter ends a fit with a model that is less good.
func TestMaxIter(t *testing.T) {
	tr := model.Train{Set: noisy(300, sadi.Binary), Stream: rng.New(1)}
	if n := fitted(t, Classifier{}, tr, map[string]any{"max_iter": 3}).points.n; n > 6 {
		t.Errorf("after 3 steps there are %d support vectors", n)
	}
}

// A sample has a share of each class, even of a rare one, and a fit of it is the fit of these rows alone.
func TestSample(t *testing.T) {
	tr := model.Train{Set: noisy(1000, sadi.Binary), Stream: rng.New(1)}
	for i := range tr.Y.Y {
		tr.Y.Y[i] = 0
		if i%300 == 7 {
			tr.Y.Y[i] = 1
		}
	}
	tr.Weights = make([]float64, 1000)
	for i := range tr.Weights {
		tr.Weights[i] = float64(i % 5)
	}
	s := newSample(tr, 100)
	rare := 0.0
	for i, y := range s.target.Y {
		rare += y
		r := slices.Index(tr.X.Cols[0], s.cols[0][i])
		if s.weight[i] != tr.Weights[r] || s.weight[i] == 0 || y != tr.Y.Y[r] {
			t.Fatalf("row %d has the weight %v", r, s.weight[i])
		}
	}
	if s.rows() != 100 || rare == 0 {
		t.Errorf("%d rows, %v of them of the rare class", s.rows(), rare)
	}
	f := fitted(t, Regressor{}, model.Train{Set: noisy(1000, sadi.RegressionValue), Stream: rng.New(1)}, map[string]any{"max_rows": 50})
	if f.points.n > 50 {
		t.Errorf("%d support vectors of 50 rows", f.points.n)
	}
}

// Equal rows are left out together, classes evenly, and a class of one row never.
func TestDeal(t *testing.T) {
	tr := model.Train{Set: noisy(400, sadi.Binary), Stream: rng.New(1)}
	tr.Y.Problem, tr.Y.Classes = sadi.Multiclass, 3
	tr.Y.Y[17] = 2
	for _, col := range tr.X.Cols {
		copy(col[200:300], col[100:200])
	}
	copy(tr.Y.Y[200:300], tr.Y.Y[100:200])
	s := newSample(tr, 0)
	part := s.deal(rng.New(1))
	if !slices.Equal(part[100:200], part[200:300]) {
		t.Error("equal rows are in different folds")
	}
	var count [2][folds]int
	for i, p := range part {
		switch {
		case i == 17 && p == never:
		case p < 0 || p >= folds:
			t.Fatalf("row %d is in fold %d", i, p)
		case i < 200 || i >= 300:
			count[int(tr.Y.Y[i])][p]++
		}
	}
	for c, n := range count {
		if slices.Max(n[:])-slices.Min(n[:]) > 1 {
			t.Errorf("class %d is divided into %v", c, n)
		}
	}
	if slices.Equal(part, s.deal(rng.New(2))) {
		t.Error("another seed deals the same")
	}
}

func TestKernelRefusesWhatOverflows(t *testing.T) {
	tr := model.Train{Set: noisy(50, sadi.Binary), Stream: rng.New(1)}
	tr.X.Cols[3][5] = 3e38
	for _, kernel := range []string{"linear", "poly"} {
		values, err := Classifier{}.Params().Complete(map[string]any{"kernel": kernel, "gamma": "number"})
		if err != nil {
			t.Fatal(err)
		}
		if f, err := (Classifier{}).Fit(context.Background(), tr, values); f != nil || sadi.CodeOf(err) != sadi.BadData {
			t.Errorf("%s: got a model: %v, error %v", kernel, f != nil, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	x := modeltest.Matrix([][]float32{{0, 1, 3, 7, 2, 2}, {1, 0, 0, 1, 5, 5}})
	y := []float64{0, 1, 0, 3, 1, 1}
	models := []model.Model{Classifier{}, Regressor{}}
	var seeds []model.Fitted
	for _, kernel := range []string{"rbf", "poly"} {
		for _, t := range []dataset.Target{modeltest.Classes(y, 2), modeltest.Classes(y, 4), modeltest.Numbers(y)} {
			m := models[0]
			if t.Problem == sadi.RegressionValue {
				m = models[1]
			}
			seeds = append(seeds, modeltest.Fit(f, m, model.Train{Set: dataset.Set{X: x, Y: t}, Stream: rng.New(1)}, map[string]any{"kernel": kernel}))
		}
	}
	modeltest.FuzzDecode(f, models, seeds...)
}

// Coupled probabilities are those that minimise what Wu, Lin and Weng minimise: at the optimum Q·p is the same for every class.
func TestCouple(t *testing.T) {
	r := rng.New(1).Rand()
	for _, k := range []int{2, 3, 7} {
		pair := make([]float64, k*k)
		for i := range k {
			for j := range i {
				v := 0.05 + 0.9*r.Float64()
				pair[i*k+j], pair[j*k+i] = v, 1-v
			}
		}
		p := make([]float64, k)
		couple(p, pair, make([]float64, k*k), make([]float64, k))
		sum := 0.0
		var level []float64
		for i := range k {
			sum += p[i]
			v := 0.0
			for j := range k {
				if j != i {
					v += pair[j*k+i] * (pair[j*k+i]*p[i] - pair[i*k+j]*p[j])
				}
			}
			level = append(level, v)
		}
		if what := fmt.Sprintf("%d classes: %v, levels %v", k, p, level); math.Abs(sum-1) > 1e-12 || slices.Max(level)-slices.Min(level) > 1e-7 {
			t.Error(what)
		}
	}
}
