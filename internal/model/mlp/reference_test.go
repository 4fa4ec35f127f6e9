package mlp

import (
	"math"
	"testing"

	"sadi"
	"sadi/internal/isa"
	"sadi/internal/loss"
	"sadi/internal/model/modeltest"
)

// reference is a case of testdata/reference.json, which reference.py has made with numpy.
type reference struct {
	Problem, Activation       string
	Inputs, Embedded, Outputs int
	Hidden                    []int
	Smoothing, Rate, Decay    float64
	Base                      []float64
	W, X                      []float32
	Y, Weights                []float64
	Output, Gradient, Next    []float64
}

func references(t *testing.T) []reference {
	t.Helper()
	var all []reference
	if modeltest.Read(t, "testdata/reference.json", &all); len(all) < 5 {
		t.Fatalf("%d cases", len(all))
	}
	return all
}

// network is the case as a network about to take its first step.
func (r *reference) network() *network {
	a := map[string]activation{"selu": selu, "mish": mish, "relu": relu}[r.Activation]
	l := newLayout(shape{Inputs: r.Inputs, Embedded: r.Embedded, Hidden: r.Hidden, Outputs: r.Outputs, Activation: a})
	n := len(r.Y)
	t := &trainer{options: options{Epochs: 1, Rate: r.Rate, Decay: r.Decay, Smoothing: r.Smoothing, Schedule: "constant"}, x: r.X, y: r.Y, weights: r.Weights,
		loss: loss.Default(sadi.Problem(r.Problem), r.Outputs), fitted: &Fitted{problem: sadi.Problem(r.Problem), layout: l, base: r.Base}}
	return t.network(append([]float32{}, r.W...), n, t.Stream)
}

func near(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= tolerance*(1+math.Abs(w))) {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], w)
		}
	}
}

// Outputs, gradients and the first step are those of numpy, with every set of instructions.
func TestReference(t *testing.T) {
	for _, r := range references(t) {
		rows := make([]int, len(r.Y))
		for i := range rows {
			rows[i] = i
		}
		atEveryLevel(func(level isa.Level) {
			name := r.Problem + " " + r.Activation + " " + level.String()
			n := r.network()
			n.learn(rows, 1<<30, nil)
			near(t, name+" output", n.pass.output(), r.Output, 1e-5)
			near(t, name+" gradient", n.gradient, r.Gradient, 2e-5)
			// Where the gradient is 0 but for rounding, the direction of the step is rounding too.
			for i, g := range r.Gradient {
				if math.Abs(g) < 1e-4 {
					n.w[i] = float32(r.Next[i])
				}
			}
			near(t, name+" step", n.w, r.Next, 1e-5)
		})
	}
}
