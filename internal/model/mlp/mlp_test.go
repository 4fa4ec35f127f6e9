package mlp

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/isa"
	"sadi/internal/model"
	"sadi/internal/model/modeltest"
	"sadi/internal/par"
	"sadi/internal/rng"
)

func TestConformance(t *testing.T) {
	placed := map[string]string{"weights_double": "batches are of rows, whatever their weight"}
	for _, c := range []struct {
		name   string
		values map[string]any
	}{
		{"plain", nil},
		{"two networks", map[string]any{"n_ens": 2, "dropout": 0.0, "lr_schedule": "cosine", "early_stopping_rounds": 3}},
		{"no embedding", map[string]any{"num_embedding": "none", "hidden_layers": 1, "batch_size": 16}},
	} {
		for _, m := range []model.Model{Classifier{}, Regressor{}} {
			t.Run(c.name+" "+m.Name(), func(t *testing.T) {
				values := map[string]any{"n_epochs": 12, "hidden_width": 16, "hidden_layers": 2}
				maps.Copy(values, c.values)
				modeltest.Run(t, m, modeltest.Opts{Values: values, XFail: placed, ConstantColumn: true})
			})
		}
	}
}

// sample are rows of noise, of a smooth effect and of a binary column.
func sample(problem sadi.Problem, n int, seed uint64) dataset.Set {
	r := rand.New(rand.NewPCG(seed, 1))
	x := &dataset.Matrix{Rows: n}
	for j := range 4 {
		col := make([]float32, n)
		for i := range col {
			col[i] = float32(r.NormFloat64())
			if j == 3 {
				col[i] = float32(r.IntN(2))
			}
		}
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprint("x", j)})
		x.Cols = append(x.Cols, col)
	}
	y := dataset.Target{Problem: problem, Y: make([]float64, n)}
	for i := range n {
		v := math.Sin(2*float64(x.Cols[0][i])) + float64(x.Cols[1][i]*x.Cols[3][i]) + 0.1*r.NormFloat64()
		switch problem {
		case sadi.Binary:
			y.Classes = 2
			y.Y[i] = math.Round(1 / (1 + math.Exp(-4*v)))
		case sadi.Multiclass:
			y.Classes = 3
			y.Y[i] = min(max(math.Round(v+1), 0), 2)
		default:
			y.Y[i] = 1000 + 50*v
		}
	}
	return dataset.Set{X: x, Y: y}
}

func modelOf(problem sadi.Problem) model.Model {
	if problem.IsClassification() {
		return Classifier{}
	}
	return Regressor{}
}

func fitSample(t testing.TB, train model.Train, given map[string]any) *Fitted {
	t.Helper()
	return modeltest.Fit(t, modelOf(train.Y.Problem), train, given).(*Fitted)
}

var allProblems = []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue}

// The bytes of a model depend neither on the instructions nor on the threads.
func TestSameBitsAtEveryLevel(t *testing.T) {
	for _, problem := range allProblems {
		var want []byte
		atEveryLevel(func(level isa.Level) {
			valid := sample(problem, 70, 2)
			f := fitSample(t, model.Train{Set: sample(problem, 150, 1), Valid: &valid, Stream: rng.New(1), Pool: par.New(3)},
				map[string]any{"n_epochs": 20, "hidden_width": 19, "n_ens": 2})
			if got := modeltest.Encode(f); want == nil {
				want = got
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s: %v gives other bytes", problem, level)
			}
		})
	}
}

// A smooth function is learned: 0.1 · 50 is the noise.
func TestLearnsWhatIsSmooth(t *testing.T) {
	valid := sample(sadi.RegressionValue, 200, 3)
	f := fitSample(t, model.Train{Set: sample(sadi.RegressionValue, 800, 1), Valid: &valid, Stream: rng.New(1)}, map[string]any{"hidden_width": 48, "n_epochs": 60})
	fresh := sample(sadi.RegressionValue, 1000, 4)
	sum := 0.0
	for i, v := range modeltest.Predict(t, f, fresh.X) {
		sum += (v - fresh.Y.Y[i]) * (v - fresh.Y.Y[i])
	}
	if rmse := math.Sqrt(sum / 1000); rmse > 11 {
		t.Errorf("the root mean squared error is %.2f, of which 5 are noise", rmse)
	}
}

// With the largest learning rate and many layers the predictions are numbers and the rounds are counted.
func TestLargestRate(t *testing.T) {
	for _, problem := range allProblems {
		for _, activation := range []string{"selu", "mish", "relu"} {
			valid := sample(problem, 60, 2)
			f := fitSample(t, model.Train{Set: sample(problem, 120, 1), Valid: &valid, Stream: rng.New(1)}, map[string]any{"learning_rate": 10.0,
				"hidden_layers": 16, "hidden_width": 30, "n_epochs": 12, "lr_schedule": "constant", "activation": activation, "early_stopping_rounds": 0})
			modeltest.Predict(t, f, valid.X)
			if f.Rounds() < 1 || f.Rounds() > 12 {
				t.Errorf("%s, %s: %d rounds, want 1 to 12", problem, activation, f.Rounds())
			}
		}
	}
}

// A network whose numbers overflow goes back to those before the epoch and stays there.
func TestDivergence(t *testing.T) {
	for _, r := range references(t) {
		n := r.network()
		n.Batch = 4
		want := slices.Clone(n.w)
		at := n.fitted.layout.weights[0]
		for i := range 20 {
			n.w[at+i] = 3e38
		}
		for epoch := range 2 {
			n.epoch(context.Background(), epoch)
		}
		if !n.diverged || !slices.Equal(n.w, want) {
			t.Errorf("%s: diverged %v, or other parameters are left", r.Activation, n.diverged)
		}
	}
}

// Learning ends where a wave of the learning rate has stayed behind those before it, and goes on where chance can explain it.
func TestWaves(t *testing.T) {
	for _, c := range []struct {
		name   string
		epochs int
		losses [4]float64 // the best in each wave
		want   int
	}{
		{"better in every wave", 150, [4]float64{4, 3, 2, 1}, 150},
		{"about as good", 150, [4]float64{4, 4.1, 4.1, 5}, 150},
		{"worse in the second", 150, [4]float64{4, 4.3, 2, 1}, 30},
		{"worse in the third", 150, [4]float64{4, 3, 3.2, 1}, 70},
		{"worse in the last", 150, [4]float64{4, 3, 2, 9}, 150},
		{"two waves in an epoch", 4, [4]float64{4, 4, 3, 1}, 4},
	} {
		o := options{Epochs: c.epochs, Schedule: "coslog4", Patience: adaptivePatience}
		best, bestLoss, waveBest, ended := 0, math.Inf(1), math.Inf(1), o.Epochs
		for done := 1; done <= o.Epochs; done++ {
			wave := 0
			for wave < len(waveEnds) && done > int(math.Ceil(waveEnds[wave]*float64(o.Epochs))) {
				wave++
			}
			l := c.losses[wave]
			waveBest = min(waveBest, l)
			if l < bestLoss {
				best, bestLoss = done, l
			}
			if o.exhausted(done, best, bestLoss, &waveBest) {
				ended = done
				break
			}
		}
		if ended != c.want {
			t.Errorf("%s: ended after %d epochs, want %d", c.name, ended, c.want)
		}
	}
}

// The courses of the learning rate at a few places, by their formulas.
func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		name    string
		t, want float64
	}{
		{"coslog4", 0, 0}, {"coslog4", 1.0 / 15, 0}, {"coslog4", 7.0 / 15, 0}, {"coslog4", 1, 0}, {"coslog4", (math.Sqrt2 - 1) / 15, 1},
		{"coslog4", (8*math.Sqrt2 - 1) / 15, 1}, {"cosine", 0, 1}, {"cosine", 0.5, 0.5}, {"cosine", 1, 0}, {"flat_cos", 0.49, 1}, {"flat_cos", 0.75, 0.5},
		{"flat_cos", 1, 0}, {"constant", 0.9, 1},
	} {
		if got := schedules[c.name](c.t); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s at %v is %v, want %v", c.name, c.t, got, c.want)
		}
	}
	for _, p := range classifierParams {
		for _, name := range p.Choices {
			if p.Name == "lr_schedule" && schedules[name] == nil {
				t.Errorf("there is no schedule %q", name)
			}
		}
	}
	if got := schedules["cosine"].at(30, 10); got != schedules["cosine"](1) {
		t.Errorf("beyond the end the factor is %v", got)
	}
}

// Quartiles are those of numpy.percentile; a column of two values is not embedded, a constant one is left out.
func TestScaler(t *testing.T) {
	x := &dataset.Matrix{Rows: 6, Features: make([]dataset.Feature, 4), Cols: [][]float32{
		{0, 1, 0, 0, 0, 0}, {5, 5, 5, 5, 5, 5}, {1, 2, 3, 4, 10, 100}, {0, 0, 0, 0, 0, 1}}}
	s := newScaler(x, nil, 10)
	if !slices.Equal(s.Columns, []int{2, 0, 3}) || s.Embedded != 1 {
		t.Fatalf("columns %v, of which %d are embedded", s.Columns, s.Embedded)
	}
	// numpy.percentile([1, 2, 3, 4, 10, 100], [25, 50, 75]) is [2.25, 3.5, 8.5]
	if s.Center[0] != 3.5 || s.Factor[0] != 1/6.25 || s.Factor[1] != 2 {
		t.Errorf("center %v, factor %v", s.Center, s.Factor)
	}
	rows := make([]float32, 18)
	s.rows(rows, x, nil, 0, 6)
	z := (100 - 3.5) / 6.25
	if want := float32(z / math.Sqrt(1+z*z/9)); math.Abs(float64(rows[15]-want)) > 1e-6 || rows[15] > bound {
		t.Errorf("the outlier becomes %v, want %v", rows[15], want)
	}
	if s := newScaler(x, nil, 0); s.Embedded != 0 {
		t.Errorf("%d columns are embedded where none may be", s.Embedded)
	}
	if s := newScaler(x, []int{2, 3, 4}, 10); !slices.Equal(s.Columns, []int{2}) {
		t.Errorf("of three rows the columns %v are used", s.Columns)
	}
}

// The dropped share is what was asked for, the others are scaled up so that the mean stays, and slopes go with values.
func TestDropOut(t *testing.T) {
	n := 200_000
	values, slopes := make([]float32, n), make([]float32, n)
	for i := range values {
		values[i], slopes[i] = 1, 2
	}
	dropOut(values, slopes, 0.3, rand.New(rand.NewPCG(1, 2)))
	dropped, sum := 0, 0.0
	for i, v := range values {
		if v == 0 {
			dropped++
		}
		if slopes[i] != 2*v {
			t.Fatalf("value %v has the slope %v", v, slopes[i])
		}
		sum += float64(v)
	}
	if share := float64(dropped) / float64(n); math.Abs(share-0.3) > 0.005 || math.Abs(sum/float64(n)-1) > 0.01 {
		t.Errorf("a share of %.3f is dropped, and the mean is %.3f", share, sum/float64(n))
	}
}

// What Need says is not far below what a fit holds: parameters with their moments and copies, rows, activations.
func TestNeed(t *testing.T) {
	small := Classifier{}.Need(model.Shape{Rows: 1000, Columns: 10, Outputs: 1, ValidRows: 200, Threads: 1}, classifierParams.Defaults())
	large := Classifier{}.Need(model.Shape{Rows: 100_000, Columns: 10, Outputs: 1, ValidRows: 200, Threads: 1}, classifierParams.Defaults())
	if small.Rounds != 256 || large.Rounds >= small.Rounds || large.Rounds < 1 {
		t.Errorf("%d and %d rounds", small.Rounds, large.Rounds)
	}
	if grown := large.Memory - small.Memory; grown < 99_000*10*4 || grown > 99_000*10*4*3 {
		t.Errorf("99,000 rows more need %d bytes more", grown)
	}
	parameters := int64(4 * 6 * (40*128 + 2*128*128))
	if small.Memory < parameters || small.Memory > 10*parameters {
		t.Errorf("%d bytes for %d of parameters", small.Memory, parameters)
	}
}

func FuzzDecode(f *testing.F) {
	small := map[string]any{"n_epochs": 1, "hidden_width": 4, "hidden_layers": 1}
	var seeds []model.Fitted
	for _, problem := range allProblems {
		seeds = append(seeds, fitSample(f, model.Train{Set: sample(problem, 40, 1), Stream: rng.New(1)}, small))
	}
	endless := fitSample(f, model.Train{Set: sample(sadi.RegressionValue, 40, 1), Stream: rng.New(1)}, small)
	endless.hi, endless.lo = math.NaN(), math.Inf(-1)
	modeltest.FuzzDecode(f, []model.Model{Regressor{}}, append(seeds, endless)...) // which decodes as the classifier does
}
