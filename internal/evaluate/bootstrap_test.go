package evaluate

import (
	"cmp"
	"math"
	"testing"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/rng"
)

// coin is n rows of a binary problem that are decided rightly with probability p.
func coin(n int, p float64, s rng.Stream) metric.Data {
	r := s.Rand()
	d := metric.Data{Problem: sadi.Binary, Classes: 2, Y: make([]float64, n), Pred: make([]float64, n)}
	for i := range n {
		d.Y[i] = float64(i & 1)
		d.Pred[i] = 0.2
		if (r.Float64() < p) == (d.Y[i] == 1) {
			d.Pred[i] = 0.8
		}
	}
	return d
}

func scorer(t *testing.T, name string, p sadi.Problem) metric.Scorer {
	t.Helper()
	s, err := metric.Lookup(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The accuracy is a binomial share, so its standard error is known: √(p(1-p)/n).
func TestIntervalWidth(t *testing.T) {
	const n, p = 1500, 0.8
	d := coin(n, p, rng.New(4))
	accuracy := scorer(t, "accuracy", sadi.Binary)
	q, err := accuracy.Score(d)
	if err != nil {
		t.Fatal(err)
	}
	z := 1.959963984540054 // the 97.5 % quantile of the normal distribution
	for name, change := range map[string]func(*Input){
		"all rows":          func(in *Input) {},
		"within a part":     func(in *Input) { in.most, in.Resamples = 1000, 500 },
		"weights of one":    func(in *Input) { in.Data.Weights = ones(n) },
		"weights of twelve": func(in *Input) { in.Data.Weights = ones(n); scaleBy(in.Data.Weights, 12) },
	} {
		in := Input{Data: d, Stream: rng.New(2)}
		change(&in)
		low, high, rows := intervalOf(t, in, accuracy)
		want := 2 * z * math.Sqrt(q*(1-q)/n)
		if got := high - low; math.Abs(got/want-1) > 0.1 || low > q || high < q {
			t.Errorf("%s: the interval %v to %v around %v is %v wide, want %v", name, low, high, q, got, want)
		}
		if wanted := cmp.Or(in.most, n); rows != wanted {
			t.Errorf("%s: %d rows drawn, want %d", name, rows, wanted)
		}
	}
}

// intervalOf is the interval of one scorer and the rows of its resamples.
func intervalOf(t *testing.T, in Input, scorer metric.Scorer) (low, high float64, rows int) {
	t.Helper()
	model, err := metric.Prepare(in.Data)
	if err != nil {
		t.Fatal(err)
	}
	s, err := in.resample(t.Context(), []metric.Scorer{scorer}, model, nil)
	if err != nil {
		t.Fatal(err)
	}
	value, err := model.View().Score(scorer)
	if err != nil {
		t.Fatal(err)
	}
	low, high, ok := s.interval(s.scores[0], s.center[0], value)
	if !ok {
		t.Fatal("no interval")
	}
	return low, high, s.facts.Rows
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

func scaleBy(w []float64, by float64) {
	for i := range w {
		w[i] *= by
	}
}

// Of many samples the interval holds the true value in about 95 of a hundred. With 250 samples the share has a standard
// error of 1.4 points; a percentile interval of 100 rows is itself a little short.
func TestCoverage(t *testing.T) {
	const samples, n, p = 250, 100, 0.8
	accuracy, mse := scorer(t, "accuracy", sadi.Binary), scorer(t, "mse", sadi.RegressionValue)
	for _, c := range []struct {
		scorer metric.Scorer
		draw   func(rng.Stream) metric.Data
		truth  float64 // of the score
	}{
		{accuracy, func(s rng.Stream) metric.Data { return coin(n, p, s) }, p},
		{mse, func(s rng.Stream) metric.Data { // the squared error of a uniform number on [-1, 1] has the mean 1/3
			d := metric.Data{Problem: sadi.RegressionValue, Y: make([]float64, n), Pred: make([]float64, n)}
			r := s.Rand()
			for i := range d.Y {
				d.Y[i] = 2*r.Float64() - 1
			}
			return d
		}, -1.0 / 3},
	} {
		held := 0
		for k := range samples {
			in := Input{Data: c.draw(rng.New(77).At(k)), Stream: rng.New(78).At(k), Resamples: 150}
			low, high, _ := intervalOf(t, in, c.scorer)
			if low <= c.truth && c.truth <= high {
				held++
			}
		}
		if share := float64(held) / samples; share < 0.91 || share > 0.98 {
			t.Errorf("%s: %.3f of the intervals hold the true value, want about 0.95", c.scorer.Name, share)
		}
	}
}

// The gain is paired: two models with the same mistakes have no interval at all, however uncertain each of them is.
func TestGainIsPaired(t *testing.T) {
	in := Input{Data: coin(200, 0.7, rng.New(5)), Labels: []string{"a", "b"}, Scorer: scorer(t, "accuracy", sadi.Binary), Stream: rng.New(2)}
	in.Baseline = in.Data
	r := judge(t, in)
	if b := r.Baseline; b.Gain != 0 || b.Low != 0 || b.High != 0 || b.Outcome != NotBetter {
		t.Errorf("a model against itself: got %+v, want no gain", b)
	}
	if m := r.Metrics[0]; m.High-m.Low < 0.05 {
		t.Errorf("the accuracy itself lies between %v and %v", m.Low, m.High)
	}
}

func TestPlan(t *testing.T) {
	for _, c := range []struct{ rows, classes, asked, resamples, within int }{
		{100, 2, 0, 500, 100}, {10_000, 2, 0, 500, 10_000}, {20_000, 2, 0, 250, 20_000}, {200_000, 2, 0, 100, 200_000},
		{2_000_000, 2, 0, 100, 200_000}, {100_000, 100, 0, 100, 2_000}, {100_000, 1000, 0, 100, 1_000}, {900, 1000, 0, 100, 900},
		{100, 2, 50, 50, 100},
	} {
		d := metric.Data{Y: make([]float64, c.rows), Problem: sadi.Binary, Classes: c.classes}
		if c.classes > 2 {
			d.Problem = sadi.Multiclass
		}
		if b, rows := (Input{Data: d, Resamples: c.asked}).plan(); b != c.resamples || rows != c.within {
			t.Errorf("%d rows, %d classes: got %d resamples of %d, want %d of %d", c.rows, c.classes, b, rows, c.resamples, c.within)
		}
	}
}

// Closed form: numpy's default quantile.
func TestPercentile(t *testing.T) {
	x := []float64{1, 2, 4, 8}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 1: 8, 0.25: 1.75, 0.9: 6.8} {
		if got := percentile(x, q); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: got %v, want %v", q, got, want)
		}
	}
}

func benchmark(b *testing.B, p sadi.Problem, n, classes int) {
	r := rng.New(1).Rand()
	d := metric.Data{Problem: p, Classes: classes, Y: make([]float64, n)}
	d.Pred = make([]float64, n*d.Outputs())
	var labels []string
	for range classes {
		labels = append(labels, "x")
	}
	for i := range n {
		d.Y[i] = r.NormFloat64()
		if classes > 0 {
			d.Y[i] = float64(r.IntN(classes))
		}
		for k := range d.Outputs() {
			d.Pred[i*d.Outputs()+k] = r.Float64() / float64(d.Outputs())
		}
	}
	base := d
	base.Pred = make([]float64, len(d.Pred))
	b.ResetTimer()
	for b.Loop() {
		judge(b, Input{Data: d, Baseline: base, Labels: labels, Scorer: metric.Default(p), Stream: rng.New(1)})
	}
}

func BenchmarkBinary10k(b *testing.B)          { benchmark(b, sadi.Binary, 10_000, 2) }
func BenchmarkBinary100k(b *testing.B)         { benchmark(b, sadi.Binary, 100_000, 2) }
func BenchmarkBinary1M(b *testing.B)           { benchmark(b, sadi.Binary, 1_000_000, 2) }
func BenchmarkMulticlass10kBy10(b *testing.B)  { benchmark(b, sadi.Multiclass, 10_000, 10) }
func BenchmarkMulticlass4kBy1000(b *testing.B) { benchmark(b, sadi.Multiclass, 4_000, 1000) }
func BenchmarkRegression10k(b *testing.B)      { benchmark(b, sadi.RegressionValue, 10_000, 0) }
func BenchmarkRegression1M(b *testing.B)       { benchmark(b, sadi.RegressionValue, 1_000_000, 0) }
