package linear

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/num"
	"sadi/internal/par"
	"sadi/internal/rng"
)

func design(t *testing.T, x *dataset.Matrix, weights []float64, center bool) *Design {
	t.Helper()
	d, err := NewDesign(context.Background(), par.New(3), x, weights, center)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func weightsFor(n int) []float64 {
	r := rng.New(10).Child("weights").Rand()
	w := make([]float64, n)
	for i := range w {
		w[i] = float64(r.IntN(4))
	}
	return w
}

func close(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if len(got) != len(want) || !(math.Abs(got[i]-want[i]) <= tolerance*(1+math.Abs(want[i]))) {
			t.Fatalf("%s[%d]: got %v, want %v", what, i, got[i], want[i])
		}
	}
}

// TestGram compares R with its definition, over sizes below, at and above the tiles and chunks.
func TestGram(t *testing.T) {
	for _, s := range []struct{ n, d int }{{1, 1}, {5, 3}, {300, 35}, {gramRows, gramTile}, {2*gramChunk + 17, 6}} {
		for _, weighted := range []bool{false, true} {
			x, _ := made(s.n, s.d, 0)
			var w []float64
			if weighted {
				w = weightsFor(s.n)
				w[0] = 1
			}
			d := design(t, x, w, true)
			got, err := d.Gram(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			want := make([]float64, s.d*s.d)
			for i := range s.n {
				for a := range s.d {
					for b := range s.d {
						if d.Spread[a] > 0 && d.Spread[b] > 0 {
							want[a*s.d+b] += d.share(i) * (float64(x.Cols[a][i]) - d.Mean[a]) / d.Spread[a] * (float64(x.Cols[b][i]) - d.Mean[b]) / d.Spread[b]
						}
					}
				}
			}
			close(t, fmt.Sprintf("R of %d × %d", s.n, s.d), got, want, 1e-11)
		}
	}
}

// TestConstantColumns: exactly deviation 0, whatever the value, also where only rows of weight 0 differ.
func TestConstantColumns(t *testing.T) {
	x := &dataset.Matrix{Rows: 7}
	for _, v := range []float32{0, 0.1, -1e6, 3e38, 1e-45} {
		col := slices.Repeat([]float32{v}, 7)
		col[2] = 5
		x.Cols = append(x.Cols, col)
	}
	d := design(t, x, []float64{0.1, 0.7, 0, 0.3, 0.9, 1e-3, 2}, true)
	if got := num.MaxAbs(d.Spread); got != 0 {
		t.Errorf("deviations %v, want 0", d.Spread)
	}
}

// TestPasses: solvers that pass over the matrix find what those with R find.
func TestPasses(t *testing.T) {
	ctx := context.Background()
	x, target := made(400, 12, 0)
	for _, w := range [][]float64{nil, weightsFor(400)} {
		d := design(t, x, w, true)
		r := d.NewResponse(target.Y)
		for _, solve := range []func() ([]float64, error){
			func() ([]float64, error) { return d.LeastSquares(ctx, r, 0) },
			func() ([]float64, error) { return d.LeastSquares(ctx, r, 50) },
			func() ([]float64, error) {
				return ElasticNet{Alpha: 0.05, Ratio: 1, Tol: 1e-12, MaxIter: 9999}.Solve(ctx, d, r)
			},
			func() ([]float64, error) {
				return ElasticNet{Alpha: 0.05, Ratio: 0.3, Tol: 1e-12, MaxIter: 9999}.Solve(ctx, d, r)
			},
		} {
			d.passes = false
			want, err := solve()
			if err != nil {
				t.Fatal(err)
			}
			d.passes = true
			got, err := solve()
			if err != nil {
				t.Fatal(err)
			}
			close(t, "γ", got, want, 1e-6)
		}
	}
}

// TestSmallest: of all solutions the one of smallest length. For columns a, a and the target a that is ½, ½; for one
// row x and more columns than rows it is x·y/|x|².
func TestSmallest(t *testing.T) {
	a := []float32{-1, 1, -1, 1}
	b := []float32{-1, -1, 1, 1}
	x := &dataset.Matrix{Rows: 4, Cols: [][]float32{a, b, a}}
	for _, passes := range []bool{false, true} {
		d := design(t, x, nil, true)
		d.passes = passes
		got, err := d.LeastSquares(context.Background(), d.NewResponse([]float64{-1, 1, -1, 1}), 0)
		if err != nil {
			t.Fatal(err)
		}
		close(t, "γ", got, []float64{0.5, 0, 0.5}, 1e-7)
	}
}

// TestOptimality holds solutions of Logistic to the conditions of a minimum: of the derivatives of C·Σw·loss, computed
// here in the plain way, no entry differs from the penalty's subgradient.
func TestOptimality(t *testing.T) {
	for _, k := range []int{2, 4} {
		for _, c := range []Logistic{{C: 0.1}, {C: 0.05, Ratio: 1}, {C: 0.05, Ratio: 0.5}, {C: 30, Ratio: 1}} {
			for _, passes := range []bool{false, true} { // with a dense and with a diagonal curvature
				x, target := made(350, 9, k)
				w := weightsFor(350)
				c.Intercept, c.Tol, c.MaxIter = true, 1e-8, 5000
				d := design(t, x, w, true)
				d.passes = passes
				f, err := c.Solve(context.Background(), d, target)
				if err != nil {
					t.Fatal(err)
				}
				worst := optimality(f, x, target, w, c)
				if total := num.Sum(w); worst > 1e-6*c.C*total {
					t.Errorf("%d classes, passes %v, %+v: the derivative is off by %v", k, passes, c, worst)
				}
			}
		}
	}
}

// TestRareClasses: most of twelve classes are rare, and the minimum is reached in the usual number of steps.
func TestRareClasses(t *testing.T) {
	x, target := made(2000, 12, 12)
	for _, c := range []Logistic{{C: 0.01}, {C: 1}, {C: 1, Ratio: 1}, {C: 1, Ratio: 0.5}} {
		c.Intercept, c.Tol, c.MaxIter = true, 1e-6, 150
		f, err := c.Solve(context.Background(), design(t, x, nil, true), target)
		if err != nil {
			t.Fatal(err)
		}
		if worst := optimality(f, x, target, slices.Repeat([]float64{1}, 2000), c) / (2000 * c.C); worst > 2e-6 {
			t.Errorf("%+v: the derivative is off by %v", c, worst)
		}
	}
}

func optimality(f *Fitted, x *dataset.Matrix, t dataset.Target, w []float64, l Logistic) float64 {
	k, d := f.Outputs(), f.Features()
	p := make([]float64, x.Rows*k)
	if err := f.Predict(p, x); err != nil {
		panic(err)
	}
	worst := 0.0
	for o := range k {
		residual := make([]float64, x.Rows)
		for i, y := range t.Y {
			own := y
			if k > 1 {
				own = 0
				if int(y) == o {
					own = 1
				}
			}
			residual[i] = l.C * w[i] * (p[i*k+o] - own)
		}
		worst = max(worst, math.Abs(num.Sum(residual)))
		for j := range d {
			g := 0.0
			for i, r := range residual {
				g += r * float64(x.Cols[j][i])
			}
			b := f.Coef[o*d+j]
			g += (1 - l.Ratio) * b
			switch {
			case b == 0:
				g = max(math.Abs(g)-l.Ratio, 0)
			default:
				g += math.Copysign(l.Ratio, b)
			}
			worst = max(worst, math.Abs(g))
		}
	}
	return worst
}

// TestSeparable: without a penalty and with classes that a line separates the coefficients have no bound; the solver
// ends all the same.
func TestSeparable(t *testing.T) {
	x := &dataset.Matrix{Rows: 4, Cols: [][]float32{{-2, -1, 1, 2}}}
	for _, c := range []float64{1e10, math.Inf(1)} {
		l := Logistic{C: c, Intercept: true, Tol: 1e-9, MaxIter: 300}
		f, err := l.Solve(context.Background(), design(t, x, nil, true), dataset.Target{Problem: sadi.Binary, Y: []float64{0, 0, 1, 1}, Classes: 2})
		if err != nil {
			t.Fatal(err)
		}
		p := make([]float64, 4)
		if err := f.Predict(p, x); err != nil {
			t.Fatal(err)
		}
		if !num.Finite(f.Coef) || p[1] > 1e-3 || p[2] < 1-1e-3 {
			t.Errorf("C = %v: coefficients %v, probabilities %v", c, f.Coef, p)
		}
	}
}

func TestPredictExtremes(t *testing.T) {
	f := &Fitted{Link: Identity, Coef: []float64{1e300, -1e300}, Intercept: []float64{2}, Spread: []float64{1, 1}}
	x := &dataset.Matrix{Rows: 3, Features: make([]dataset.Feature, 2), Cols: [][]float32{{1e30, 1e30, 0}, {0, 1e30, 0}}}
	got := make([]float64, 3)
	if err := f.Predict(got, x); err != nil {
		t.Fatal(err)
	}
	if want := []float64{math.MaxFloat64, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	x = &dataset.Matrix{Rows: 3, Features: x.Features, Cols: [][]float32{{0, 0, float32(math.NaN())}, {0, 0, 0}}}
	if err := f.Predict(got, x); err == nil {
		t.Error("a missing value is predicted")
	}
	if got := f.Importance(); !slices.Equal(got, []float64{0.5, 0.5}) {
		t.Errorf("importance %v", got)
	}
}

func TestInvert(t *testing.T) {
	a := []float64{0, 2, 1, 1, 0, 0, 0, 1, -1}
	inv, ok := invert(slices.Clone(a), 3)
	if !ok {
		t.Fatal("not inverted")
	}
	for i := range 3 {
		for j := range 3 {
			s, want := 0.0, 0.0
			for k := range 3 {
				s += a[i*3+k] * inv[k*3+j]
			}
			if i == j {
				want = 1
			}
			if math.Abs(s-want) > 1e-14 {
				t.Errorf("a·a⁻¹ at %d, %d is %v", i, j, s)
			}
		}
	}
	if _, ok := invert([]float64{1, 2, 2, 4}, 2); ok {
		t.Error("a singular matrix is inverted")
	}
}

func TestEigen(t *testing.T) {
	pi := []float64{0.5, 0.3, 0.15, 0.04, 0.01, 0}
	k := len(pi)
	m := outer(pi)
	values, vectors := eigen(m, k)
	for e, value := range values {
		for p := range k {
			got := 0.0
			for q := range k {
				got += m[p*k+q] * vectors[q*k+e]
			}
			if want := value * vectors[p*k+e]; math.Abs(got-want) > 1e-12 {
				t.Errorf("m·u at %d is %v, want %v", p, got, want)
			}
		}
		for o := range e + 1 {
			dot, want := 0.0, 0.0
			for p := range k {
				dot += vectors[p*k+e] * vectors[p*k+o]
			}
			if o == e {
				want = 1
			}
			if math.Abs(dot-want) > 1e-14 {
				t.Errorf("vectors %d and %d have the product %v", o, e, dot)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range []*Fitted{
		{Link: Identity, Coef: []float64{1, 2}, Intercept: []float64{3}, Spread: []float64{1, 1}},
		{Link: Softmax, Coef: []float64{1, 2, 3, 4}, Intercept: []float64{3, 4}, Spread: []float64{1, 1}},
	} {
		var w codec.Writer
		m.Encode(&w)
		f.Add(w.Bytes())
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := codec.NewReader(payload)
		m, err := Decode(r, "fuzzed", Identity, Logit, Softmax)
		if err != nil || r.Done() != nil {
			return
		}
		var w codec.Writer
		m.Encode(&w)
		if !slices.Equal(w.Bytes(), payload) {
			t.Errorf("decoded from %x, encoded to %x", payload, w.Bytes())
		}
		if len(payload) > 1<<16 {
			return
		}
		x := &dataset.Matrix{Rows: 2}
		for range m.Features() {
			x.Cols = append(x.Cols, []float32{1, -1e30})
			x.Features = append(x.Features, dataset.Feature{})
		}
		dst := make([]float64, 2*m.Outputs())
		if err := m.Predict(dst, x); err != nil || !num.Finite(dst) {
			t.Errorf("predicted %v, error %v", dst, err)
		}
	})
}
