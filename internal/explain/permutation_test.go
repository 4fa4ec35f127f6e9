package explain

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// linear is a linear model, with a logistic link for a binary problem.
type linear struct {
	x         [][]float64 // by column
	coef      []float64
	intercept float64
	logistic  bool
}

var names = []string{"a", "b", "c", "d"}

func (l linear) predict(_ context.Context, column string, perm []int, dst []float64) error {
	for i := range dst {
		z := l.intercept
		for j, b := range l.coef {
			row := i
			if names[j] == column {
				row = perm[i]
			}
			z += b * l.x[j][row]
		}
		if l.logistic {
			z = 1 / (1 + math.Exp(-z))
		}
		dst[i] = z
	}
	return nil
}

// With 200 repeats on both sides the means of scikit-learn and ours differ by a standard error of std·√(2/200) = 0.1 std;
// five of these are allowed. The deviations themselves have a relative error of 5 %; 30 % is allowed.
func TestAgreesWithScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/permutation.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		X     [][]float64
		Cases []struct {
			Scorer    string
			Problem   sadi.Problem
			Y, Coef   []float64
			Intercept float64
			Mean, Std []float64
		}
	}
	if err := json.Unmarshal(b, &f); err != nil || len(f.Cases) != 6 {
		t.Fatalf("%d cases, %v", len(f.Cases), err)
	}
	for _, c := range f.Cases {
		l := linear{f.X, c.Coef, c.Intercept, c.Problem == sadi.Binary}
		s, err := metric.Lookup(c.Scorer, c.Problem)
		if err != nil {
			t.Fatal(err)
		}
		d := metric.Data{Y: c.Y, Problem: c.Problem}
		if l.logistic {
			d.Classes = 2
		}
		got, err := Permutation(t.Context(), Input{Rows: len(c.Y), Columns: names, Predict: l.predict, Scorer: s, Data: d, Repeats: 200, Stream: rng.New(1)})
		if err != nil {
			t.Fatal(err)
		}
		for rank, im := range got {
			j := slices.Index(names, im.Column)
			if math.Abs(im.Mean-c.Mean[j]) > 0.5*c.Std[j]+1e-12 {
				t.Errorf("%s, column %s: got a mean of %.5f, want %.5f ± %.5f", c.Scorer, im.Column, im.Mean, c.Mean[j], 0.5*c.Std[j])
			}
			if math.Abs(im.Std-c.Std[j]) > 0.3*c.Std[j] {
				t.Errorf("%s, column %s: got a deviation of %.5f, want %.5f within 30 %%", c.Scorer, im.Column, im.Std, c.Std[j])
			}
			if im.Rank != rank+1 || rank > 0 && im.Mean > got[rank-1].Mean || len(im.Falls) != 200 {
				t.Errorf("%s: place %d has %+v", c.Scorer, rank, im)
			}
		}
	}
}

// exact is the model z = 2a - b of data without noise; the mean squared error of a permuted column with coefficient β
// has the expectation 2β²s², where s² is the column's sample variance.
func exact(n int) (linear, metric.Data) {
	l := linear{coef: []float64{2, -1, 0, 0}}
	r := rng.New(5).Rand()
	for range names {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		l.x = append(l.x, x)
	}
	d := metric.Data{Problem: sadi.RegressionValue, Y: make([]float64, n)}
	for i := range d.Y {
		d.Y[i] = 2*l.x[0][i] - l.x[1][i]
	}
	return l, d
}

func mse(t *testing.T) metric.Scorer {
	t.Helper()
	s, err := metric.Lookup("neg_mean_squared_error", sadi.RegressionValue)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestClosedForm(t *testing.T) {
	const n, repeats = 500, 400
	l, d := exact(n)
	got, err := Permutation(t.Context(), Input{Rows: n, Columns: names, Predict: l.predict, Scorer: mse(t), Data: d, Repeats: repeats, Stream: rng.New(2)})
	if err != nil {
		t.Fatal(err)
	}
	for _, im := range got {
		j := slices.Index(names, im.Column)
		_, s := moments(l.x[j])
		want := 2 * l.coef[j] * l.coef[j] * s * s
		if math.Abs(im.Mean-want) > 5*im.Std/math.Sqrt(repeats)+1e-12 {
			t.Errorf("%s: got %.5f, want %.5f", im.Column, im.Mean, want)
		}
	}
	if order := []string{got[0].Column, got[1].Column, got[2].Column, got[3].Column}; !slices.Equal(order, names) {
		t.Errorf("got order %v, want %v: equal ones stay in the order of the columns", order, names)
	}
}

// The pool, other columns and their order change nothing; another stream does.
func TestRepeatable(t *testing.T) {
	l, d := exact(60)
	ask := func(columns []string, pool *par.Pool, seed uint64) map[string]Importance {
		got, err := Permutation(t.Context(), Input{Rows: 60, Columns: columns, Predict: l.predict, Scorer: mse(t), Data: d, Stream: rng.New(seed), Pool: pool})
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]Importance{}
		for _, im := range got {
			im.Rank = 0
			m[im.Column] = im
		}
		return m
	}
	want := ask(names, nil, 1)
	if n := len(want["a"].Falls); n != 5 {
		t.Errorf("got %d repeats, want 5", n)
	}
	if got := ask(names, par.New(8), 1); !reflect.DeepEqual(got, want) {
		t.Errorf("with 8 workers: got %v, want %v", got, want)
	}
	if got := ask([]string{"b", "a"}, nil, 1); !reflect.DeepEqual(got["a"], want["a"]) || !reflect.DeepEqual(got["b"], want["b"]) {
		t.Errorf("other columns: got %v, want %v", got, want)
	}
	if got := ask(names, nil, 2); reflect.DeepEqual(got["a"], want["a"]) {
		t.Error("another stream gave the same permutations")
	}
}

// A column that misleads the model has a negative importance, which is kept.
func TestNegativeFallsAreKept(t *testing.T) {
	l, d := exact(200)
	l.coef = []float64{2, 1, 0, 0} // the wrong sign for b
	got, err := Permutation(t.Context(), Input{Rows: 200, Columns: names, Predict: l.predict, Scorer: mse(t), Data: d, Stream: rng.New(1)})
	if err != nil {
		t.Fatal(err)
	}
	if last := got[3]; last.Column != "b" || last.Mean >= 0 {
		t.Errorf("got %+v at the end, want b with a mean below 0", last)
	}
}

func TestErrors(t *testing.T) {
	l, d := exact(50)
	fault, cause := errors.New("fault"), errors.New("cause")
	in := Input{Rows: 50, Columns: names, Predict: l.predict, Scorer: mse(t), Data: d}
	in.Predict = func(ctx context.Context, column string, perm []int, dst []float64) error {
		if column == "c" {
			return fault
		}
		return l.predict(ctx, column, perm, dst)
	}
	if _, err := Permutation(t.Context(), in); !errors.Is(err, fault) {
		t.Errorf("got %v, want the fault of Predict", err)
	}
	in.Predict = l.predict
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := Permutation(ctx, in); !errors.Is(err, cause) {
		t.Errorf("got %v, want the cause of ctx", err)
	}
	in.Rows = 49
	if _, err := Permutation(t.Context(), in); err == nil {
		t.Error("a wrong number of rows gave no error")
	}
	one := Input{Rows: 2, Columns: names[:1], Predict: l.predict, Scorer: metric.Default(sadi.Binary),
		Data: metric.Data{Y: []float64{1, 1}, Problem: sadi.Binary, Classes: 2}}
	if _, err := Permutation(t.Context(), one); !errors.Is(err, metric.ErrUndefined) {
		t.Errorf("one class only: got %v, want ErrUndefined", err)
	}
}

func TestSample(t *testing.T) {
	for _, c := range []struct {
		n, limit int
		want     []int
	}{{0, 5, []int{}}, {3, 5, []int{0, 1, 2}}, {10, 5, []int{1, 3, 5, 7, 9}}, {10, 0, []int{}}} {
		if got := Sample(c.n, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("%d of %d: got %v, want %v", c.limit, c.n, got, c.want)
		}
	}
}
