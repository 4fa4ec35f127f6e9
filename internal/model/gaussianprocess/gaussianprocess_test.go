package gaussianprocess

import (
	"context"
	"fmt"
	"math"
	"testing"

	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
)

func TestConformance(t *testing.T) {
	t.Run("regressor", func(t *testing.T) {
		small := map[string]any{"tuning_rows": 80, "max_rows": 200, "max_iter": 15}
		modeltest.Run(t, Regressor{}, modeltest.Opts{Values: small, Equivariant: true, Tolerance: 1e-4, XFail: map[string]string{
			"weights_double": "a weight divides the noise of its row, while two equal rows tell something about the noise",
		}})
	})
	t.Run("classifier", func(t *testing.T) {
		small := map[string]any{"tuning_rows": 180, "max_rows": 180, "max_iter": 3} // samples count equal rows; of 180 there are none
		modeltest.Run(t, Classifier{}, modeltest.Opts{Values: small, Tolerance: 1e-4})
	})
}

// fixture is what scikit-learn finds.
type fixture struct {
	X, New    [][]float32
	Y, Labels []float64
	Cases     []struct {
		Kernel          string
		Constant, Noise float64
		Scales          []float64
		Value           float64
		Gradient        []float64
	}
	Found []struct {
		Kernel     string
		ARD        bool
		Classes    int
		Theta      []float64
		Prediction []float64
	}
}

func read(t *testing.T) (f fixture) {
	t.Helper()
	modeltest.Read(t, "testdata/gaussianprocess.json", &f)
	return f
}

func near(got, want []float64, tolerance float64) bool {
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance*(1+math.Abs(want[i]))) {
			return false
		}
	}
	return len(got) == len(want)
}

func TestLikelihoods(t *testing.T) {
	f := read(t)
	if len(f.Cases) != 36 {
		t.Fatalf("%d cases", len(f.Cases))
	}
	_, y, _, _ := standardised(dataset.Set{Y: dataset.Target{Y: f.Y}})
	for _, c := range f.Cases {
		k := kernel{shape: shapeOf(c.Kernel), Constant: c.Constant, Scales: c.Scales}
		gradient := make([]float64, len(c.Gradient))
		var value float64
		if c.Noise > 0 {
			s := response{cols: f.X, y: y}
			value = s.likelihood(&k, c.Noise, gradient)
			if plain := s.likelihood(&k, c.Noise, nil); math.Abs(plain-value) > 1e-9 {
				t.Errorf("%+v: %v without the gradient, %v with it", k, plain, value)
			}
		} else {
			s := labels{cols: f.X, t: f.Labels}
			var err error
			if value, _, err = s.likelihood(context.Background(), &k, gradient); err != nil {
				t.Fatal(err)
			}
		}
		if !near([]float64{value}, []float64{c.Value}, 1e-7) || !near(gradient, c.Gradient, 1e-5) {
			t.Errorf("%+v with the noise %v: got %v and %v, want %v and %v", k, c.Noise, value, gradient, c.Value, c.Gradient)
		}
	}
}

// The likeliest value is the mean of the function, whose sign the average has too.
func TestMode(t *testing.T) {
	f := read(t)
	set := dataset.Set{X: modeltest.Matrix(f.X), Y: modeltest.Classes(f.Labels, 2)}
	var p [2][]float64
	for i, kind := range []string{"averaged", "mode"} {
		g := modeltest.Fit(t, Classifier{}, model.Train{Set: set}, map[string]any{"probability": kind})
		p[i] = modeltest.Predict(t, g, modeltest.Matrix(f.New))
	}
	for i, a := range p[0] {
		if m := p[1][i]; (a > 0.5) != (m > 0.5) || math.Abs(m-0.5) < math.Abs(a-0.5) {
			t.Errorf("averaged %v, mode %v: want the same side of a half, and the mode surer", a, m)
		}
	}
}

// Where the climb begins does not show in where it ends.
func TestModeFromElsewhere(t *testing.T) {
	f := read(t)
	k := kernel{shape: rbf, Constant: 300, Scales: []float64{1.5}}
	fresh := labels{cols: f.X, t: f.Labels}
	far := fresh
	far.near = make([]float64, len(f.Labels))
	for i, y := range f.Labels {
		far.near[i] = 40 * (0.3 - y)
	}
	var g, h [2]float64
	a, _, err := fresh.likelihood(context.Background(), &k, g[:])
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := far.likelihood(context.Background(), &k, h[:])
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a-b) > 1e-8*math.Abs(a) || !near(h[:], g[:], 1e-6) {
		t.Errorf("from 0 to %v and %v, from elsewhere to %v and %v", a, g, b, h)
	}
}

// Weights in the likelihoods: the gradients are those of differences.
func TestGradientsOfWeights(t *testing.T) {
	f := read(t)
	w := make([]float64, len(f.Y))
	for i := range w {
		w[i] = 0.4 + float64(i%3)
	}
	at, y, _, _ := standardised(dataset.Set{Y: dataset.Target{Y: f.Y}, Weights: w})
	r, l := response{cols: f.X, y: y, w: at}, labels{cols: f.X, t: f.Labels, w: w}
	k := kernel{shape: matern32}
	for name, value := range map[string]objective{
		"response": func(theta, g []float64) (float64, error) {
			k := k.at(theta[:4])
			return r.likelihood(&k, elementary.Exp(theta[4]), g), nil
		},
		"labels": func(theta, g []float64) (float64, error) {
			k := k.at(theta[:4])
			value, _, err := l.likelihood(context.Background(), &k, g[:4])
			return value, err
		},
	} {
		theta := []float64{0.3, 0.5, 0.2, 0.8, -1.5}
		g, other := make([]float64, 5), make([]float64, 5)
		if _, err := value(theta, g); err != nil {
			t.Fatal(err)
		}
		for i := range theta {
			const h = 1e-5
			theta[i] += h
			up, _ := value(theta, other)
			theta[i] -= 2 * h
			down, _ := value(theta, other)
			theta[i] += h
			if want := (up - down) / (2 * h); math.Abs(g[i]-want) > 1e-4*(1+math.Abs(want)) {
				t.Errorf("%s: the derivative by θ[%d] is %v, want %v", name, i, g[i], want)
			}
		}
	}
}

// The parameters and the predictions that scikit-learn's search ends with, which is some 1e-4 from the maximum.
func TestReference(t *testing.T) {
	f := read(t)
	if len(f.Found) != 6 {
		t.Fatalf("%d fits", len(f.Found))
	}
	for _, c := range f.Found {
		t.Run(fmt.Sprintf("%s ard=%v classes=%d", c.Kernel, c.ARD, c.Classes), func(t *testing.T) {
			var m model.Model = Regressor{}
			set := dataset.Set{X: modeltest.Matrix(f.X), Y: modeltest.Numbers(f.Y)}
			if c.Classes > 0 {
				m, set.Y = Classifier{}, modeltest.Classes(f.Labels, 2)
			}
			g := modeltest.Fit(t, m, model.Train{Set: set}, map[string]any{"kernel": c.Kernel, "ard": c.ARD, "max_iter": 200, "tol": 1e-9})
			p := modeltest.Predict(t, g, modeltest.Matrix(f.New))
			if !near(p, c.Prediction, 2e-4) {
				k := g.(*Fitted).processes[0].kernel
				t.Errorf("got %v, want %v; θ is %v, want %v", p, c.Prediction, k.theta(), c.Theta)
			}
		})
	}
}

// The quadrature against a closed form: by symmetry, and where the variance is small by the second derivative.
func TestAveraged(t *testing.T) {
	for _, v := range []float64{0, 0.01, 1, 9, 100} {
		if got := averaged(0, v); math.Abs(got-0.5) > 1e-12 {
			t.Errorf("mean 0, variance %v: %v", v, got)
		}
		if a, b := averaged(1.3, v), averaged(-1.3, v); math.Abs(a+b-1) > 1e-12 {
			t.Errorf("variance %v: %v and %v", v, a, b)
		}
	}
	p := 1 / (1 + math.Exp(-0.7))
	if got, want := averaged(0.7, 1e-4), p+0.5e-4*p*(1-p)*(1-2*p); math.Abs(got-want) > 1e-8 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	x := modeltest.Matrix([][]float32{{0, 1, 3, 7}, {1, 0, 0, 1}})
	y := []float64{1, 0, 2, 1}
	huge := modeltest.Fit(f, Regressor{}, model.Train{Set: dataset.Set{X: x, Y: modeltest.Numbers(y)}}, nil)
	huge.(*Fitted).processes[0].Constant = 1e5
	copy(huge.(*Fitted).processes[0].alpha, []float64{1e308, -1e308, 1e308, -1e308})
	modeltest.FuzzDecode(f, []model.Model{Regressor{}}, huge, // which decodes as the classifier does
		modeltest.Fit(f, Regressor{}, model.Train{Set: dataset.Set{X: x, Y: modeltest.Numbers(y)}}, nil),
		modeltest.Fit(f, Classifier{}, model.Train{Set: dataset.Set{X: x, Y: modeltest.Classes(y, 3)}}, nil))
}
