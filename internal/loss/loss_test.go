package loss_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/loss"
	"sadi/internal/loss/losstest"
	"sadi/internal/rng"
)

func same(y float64) []float64      { return []float64{y} }
func logarithm(y float64) []float64 { return []float64{math.Log(y)} }

func TestContract(t *testing.T) {
	logit := func(y float64) []float64 { return []float64{math.Log(y / (1 - y))} }
	sides := func(y float64) []float64 {
		if y == 0 || y == 1 { // the best is at infinity
			return []float64{40 * (2*y - 1)}
		}
		return logit(y)
	}
	corner := func(k int) func(y float64) []float64 {
		return func(y float64) []float64 {
			f := make([]float64, k)
			f[int(y)] = 50
			return f
		}
	}
	positive := []float64{0.02, 0.7, 1, 3, 250}
	for _, c := range []struct {
		loss   loss.Loss
		truths []float64
		at     func(float64) []float64
	}{
		{loss.Logistic{}, []float64{0, 1, 0.3}, sides},
		{loss.Softmax{Classes: 2}, []float64{0, 1}, corner(2)},
		{loss.Softmax{Classes: 5}, []float64{0, 1, 2, 3, 4}, corner(5)},
		{loss.Squared{}, []float64{-2.5, 0, 1, 30}, same},
		{loss.Absolute{}, []float64{-2.5, 0, 1, 30}, same},
		{loss.Huber{}, []float64{-2.5, 0, 1, 30}, same},
		{loss.Huber{Delta: 4}, []float64{-2.5, 0, 1, 30}, same},
		{loss.PseudoHuber{}, []float64{-2.5, 0, 1, 30}, same},
		{loss.PseudoHuber{Delta: 4}, []float64{-2.5, 0, 1, 30}, same},
		{loss.Quantile{}, []float64{-2.5, 0, 1, 30}, same},
		{loss.Quantile{Alpha: 0.9}, []float64{-2.5, 0, 1, 30}, same},
		{loss.Poisson{}, positive, logarithm},
		{loss.Gamma{}, positive, logarithm},
		{loss.Tweedie{}, positive, logarithm},
		{loss.Tweedie{Power: 1.1}, positive, logarithm},
	} {
		t.Run(c.loss.Name(), func(t *testing.T) { losstest.Run(t, c.loss, c.truths, c.at) })
	}
}

func TestReference(t *testing.T) {
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name                                                  string
		Shape                                                 float64
		Classes                                               int
		Y, Raw, Weights, Value, Gradient, Hessian, Link, Init []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cases {
		seen[c.Name] = true
		l, err := loss.Named(c.Name, c.Classes, c.Shape)
		if err != nil {
			t.Fatal(err)
		}
		compare := func(what string, got, want []float64, tolerance float64) {
			t.Helper()
			if len(got) != len(want) || len(want) == 0 {
				t.Errorf("%s: %d numbers for %s, want %d", c.Name, len(got), what, len(want))
				return
			}
			for i := range want {
				if math.Abs(got[i]-want[i]) > tolerance*max(1e-3, math.Abs(want[i])) {
					t.Errorf("%s: %s %d is %v, want %v", c.Name, what, i, got[i], want[i])
				}
			}
		}
		k, n := l.Outputs(), len(c.Y)
		values := make([]float64, n)
		for i, y := range c.Y {
			values[i] = l.Value(y, c.Raw[i*k:(i+1)*k])
		}
		g, h, p := make([]float32, n*k), make([]float32, n*k), make([]float64, n*k)
		l.GradHess(g, h, c.Y, c.Raw, c.Weights)
		l.Link(p, c.Raw)
		compare("value", values, c.Value, 1e-12)
		compare("gradient", wide(g), c.Gradient, 2e-7) // float32
		compare("hessian", wide(h), c.Hessian, 2e-7)
		compare("link", p, c.Link, 1e-12)
		compare("init", l.Init(c.Y, c.Weights), c.Init, map[bool]float64{true: 1e-7, false: 1e-12}[strings.HasSuffix(c.Name, "huber")]) // a minimiser's answer
	}
	for _, name := range loss.Names() {
		if !seen[name] {
			t.Errorf("%s has no reference", name)
		}
	}
}

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// The names stand in model files: none may change or go.
func TestNamesArePinned(t *testing.T) {
	want := []string{"logistic", "softmax", "squared", "absolute", "huber", "quantile", "poisson", "gamma", "tweedie", "pseudo_huber"}
	if got := loss.Names(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, name := range want {
		l, err := loss.Named(name, 3, 0)
		if err != nil || l.Name() != name {
			t.Errorf("%s: got %v, %v", name, l, err)
		}
	}
	for _, c := range []struct {
		name    string
		classes int
		shape   float64
	}{
		{"hinge", 2, 0}, {"", 0, 0}, {"softmax", 1, 0}, {"squared", 0, 1}, {"huber", 0, -1}, {"huber", 0, math.NaN()},
		{"huber", 0, math.Inf(1)}, {"pseudo_huber", 0, -1}, {"poisson", 0, -1}, {"poisson", 0, math.NaN()},
		{"quantile", 0, 1}, {"quantile", 0, math.NaN()}, {"tweedie", 0, 1}, {"tweedie", 0, 2}, {"tweedie", 0, math.NaN()},
	} {
		if l, err := loss.Named(c.name, c.classes, c.shape); sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%q, %d classes, shape %v: got %v, %v, want %s", c.name, c.classes, c.shape, l, err, sadi.BadUsage)
		}
	}
}

// Name and shape give the same loss again.
func TestShape(t *testing.T) {
	for _, want := range []loss.Loss{loss.Squared{}, loss.Logistic{}, loss.Softmax{Classes: 3}, loss.Huber{Delta: 2}, loss.PseudoHuber{Delta: 3},
		loss.Quantile{Alpha: 0.7}, loss.Poisson{Step: 0.7}, loss.Tweedie{Power: 1.2}, loss.Tweedie{}} {
		if got, err := loss.Named(want.Name(), 3, loss.Shape(want)); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
}

func TestDefault(t *testing.T) {
	for p, want := range map[sadi.Problem]loss.Loss{sadi.Binary: loss.Logistic{}, sadi.Multiclass: loss.Softmax{Classes: 4},
		sadi.RegressionValue: loss.Squared{}} {
		if got := loss.Default(p, 4); got != want {
			t.Errorf("%s: got %v, want %v", p, got, want)
		}
	}
}

// ln Σ e^f of equal inputs is f + ln K, so the loss of a row that says nothing is ln K.
func TestSoftmaxOfEqualInputs(t *testing.T) {
	for _, f := range []float64{0, 1, -1e3, 1e3} {
		for _, k := range []int{2, 7} {
			raw := slices.Repeat([]float64{f}, k)
			if got, want := (loss.Softmax{Classes: k}).Value(1, raw), math.Log(float64(k)); math.Abs(got-want) > 1e-12 {
				t.Errorf("%d times %v: got %v, want %v", k, f, got, want)
			}
		}
	}
}

// Closed forms: the middle is between two values only where the share of the weight is met exactly.
func TestWeightedQuantile(t *testing.T) {
	for _, c := range []struct {
		y, w  []float64
		alpha float64
		want  float64
	}{
		{[]float64{3, 1, 2}, nil, 0.5, 2},
		{[]float64{4, 1, 2, 3}, nil, 0.5, 2.5},
		{[]float64{4, 1, 2, 3}, []float64{1, 5, 1, 1}, 0.5, 1},
		{[]float64{4, 1, 2, 3}, []float64{1, 0, 0, 1}, 0.5, 3.5},
		{[]float64{1, 2, 3, 4, 5}, nil, 0.9, 5},
		{[]float64{1, 2, 3, 4, 5}, nil, 0.1, 1},
		{nil, nil, 0.5, 0},
		{[]float64{7}, []float64{0}, 0.5, 0},
	} {
		if got := loss.WeightedQuantile(c.y, c.w, c.alpha); got != c.want {
			t.Errorf("%v weights %v at %v: got %v, want %v", c.y, c.w, c.alpha, got, c.want)
		}
	}
}

// Selection finds what sorting finds, with ties and weights.
func TestWeightedQuantileBySorting(t *testing.T) {
	r := rng.New(3).Rand()
	for trial := range 2000 {
		n := 1 + r.IntN(40)
		y, w := make([]float64, n), make([]float64, n)
		for i := range y {
			y[i], w[i] = float64(r.IntN(1+trial%30)), float64(r.IntN(4))
		}
		if trial%2 == 0 {
			w = nil
		}
		alpha := []float64{0.5, 0.25, 0.9, 0.1}[trial%4]
		var sorted []float64 // each value as often as it weighs
		for i := range y {
			times := 1
			if w != nil {
				times = int(w[i])
			}
			sorted = append(sorted, slices.Repeat([]float64{y[i]}, times)...)
		}
		slices.Sort(sorted)
		want := 0.0
		if m := float64(len(sorted)); m > 0 {
			k := int(math.Ceil(alpha*m)) - 1
			want = sorted[k]
			if float64(k+1) == alpha*m && k+1 < len(sorted) {
				want += (sorted[k+1] - want) / 2
			}
		}
		if got := loss.WeightedQuantile(y, w, alpha); got != want {
			t.Fatalf("%v weights %v at %v: got %v, want %v", y, w, alpha, got, want)
		}
	}
}

func BenchmarkLogistic(b *testing.B) {
	const n = 100_000
	y, raw := make([]float64, n), make([]float64, n)
	for i := range raw {
		raw[i] = float64(i%17) - 8
		y[i] = float64(i & 1)
	}
	g, h := make([]float32, n), make([]float32, n)
	for b.Loop() {
		loss.Logistic{}.GradHess(g, h, y, raw, nil)
	}
}
