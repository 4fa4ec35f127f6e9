package ensemble

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

func scorer(t testing.TB, name string, p sadi.Problem) metric.Scorer {
	t.Helper()
	s, err := metric.Lookup(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The paths of testdata/caruana.py: the same algorithm in NumPy with scikit-learn's metrics.
func TestPathsAgreeWithNumPy(t *testing.T) {
	b, err := os.ReadFile("testdata/caruana.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Scorer     string
		Problem    sadi.Problem
		Classes    int
		Y, Weights []float64
		Preds      [][]float64
		Path       []int
		Scores     []float64
	}
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) != 14 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		var cand []Candidate
		for _, p := range c.Preds {
			cand = append(cand, Candidate{Pred: p})
		}
		d := metric.Data{Y: c.Y, Weights: c.Weights, Problem: c.Problem, Classes: c.Classes}
		got, err := Select(t.Context(), cand, d, Options{Steps: 25, Scorer: scorer(t, c.Scorer, c.Problem), MaxCandidates: 7, Tolerance: 1e-12})
		if err != nil {
			t.Fatal(err)
		}
		name := c.Scorer + " " + string(c.Problem)
		var path []int
		for i, s := range got.Path {
			path = append(path, s.Candidate)
			if i < len(c.Scores) && math.Abs(s.Score-c.Scores[i]) > 1e-9 {
				t.Errorf("%s: score %d: got %.12f, want %.12f", name, i, s.Score, c.Scores[i])
			}
		}
		if !slices.Equal(path, c.Path) {
			t.Errorf("%s: got path %v, want %v", name, path, c.Path)
		}
		if want := c.Scores[len(c.Scores)-1]; math.Abs(got.Score-want) > 1e-9 {
			t.Errorf("%s: got %.12f, want %.12f", name, got.Score, want)
		}
	}
}

// sampleOf makes a problem with m candidates of different quality.
func sampleOf(p sadi.Problem, n, m, classes int, weighted bool) ([]Candidate, metric.Data) {
	r := rng.New(uint64(n + m + classes)).Rand()
	d := metric.Data{Problem: p, Classes: classes}
	for range n {
		y := r.NormFloat64()
		if classes > 0 {
			y = float64(r.IntN(classes))
		}
		d.Y = append(d.Y, y)
		if weighted {
			d.Weights = append(d.Weights, float64(r.IntN(3)))
		}
	}
	k := d.Outputs()
	c := make([]Candidate, m)
	for j := range c {
		noise := 1 + 2*r.Float64()
		for _, y := range d.Y {
			switch p {
			case sadi.Binary:
				c[j].Pred = append(c[j].Pred, 1/(1+math.Exp(-(2*y-1+noise*r.NormFloat64()))))
			case sadi.RegressionValue:
				c[j].Pred = append(c[j].Pred, y+noise*r.NormFloat64())
			default:
				var sum float64
				for o := range k {
					e := math.Exp(noise * r.NormFloat64())
					if o == int(y) {
						e *= 3
					}
					c[j].Pred = append(c[j].Pred, e)
					sum += e
				}
				row := c[j].Pred[len(c[j].Pred)-k:]
				for o := range row {
					row[o] /= sum
				}
			}
		}
	}
	return c, d
}

var problems = []struct {
	problem sadi.Problem
	classes int
	scorers []string
}{
	{sadi.Binary, 2, []string{"neg_log_loss", "neg_brier_score", "roc_auc", "accuracy"}},
	{sadi.Multiclass, 4, []string{"neg_log_loss", "neg_brier_score", "roc_auc_ovr"}},
	{sadi.RegressionValue, 0, []string{"neg_root_mean_squared_error", "neg_mean_squared_error", "r2", "neg_mean_absolute_error"}},
}

// The fast objectives are the scorer's own numbers, and go the same way.
func TestFastObjectivesEqualTheGenericOne(t *testing.T) {
	for _, p := range problems {
		for _, name := range p.scorers {
			for _, weighted := range []bool{false, true} {
				c, d := sampleOf(p.problem, 300, 9, p.classes, weighted)
				c[2].Pred[0], c[2].Pred[1] = c[2].Pred[0]*0, c[2].Pred[1]*0 // certain, and sometimes wrong
				g := greedy{opt: Options{Scorer: scorer(t, name, p.problem)}, all: c}
				setDefaults(&g.opt)
				g.take(d, nil)
				fast := g.objective()
				slow := &blended{d: g.d, pred: g.pred, scorer: g.opt.Scorer, sum: make([]float64, len(c[0].Pred))}
				for step, next := range []int{3, 2, 3, 8, 0, 2, 2} {
					for j := range c {
						if got, want := fast.try(j), slow.try(j); math.Abs(got-want) > 1e-10*(1+math.Abs(want)) {
							t.Fatalf("%s of %s, weighted %t, step %d, candidate %d: got %.15g, want %.15g", name, p.problem, weighted, step, j, got, want)
						}
					}
					for _, o := range []objective{fast, slow} {
						if err := o.add(t.Context(), next); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
	}
}

func TestNeverWorseThanTheBestSingle(t *testing.T) {
	for _, p := range problems {
		for _, name := range p.scorers {
			for _, limit := range []int{0, 120} {
				c, d := sampleOf(p.problem, 1000, 12, p.classes, false)
				s := scorer(t, name, p.problem)
				sel, err := Select(t.Context(), c, d, Options{Scorer: s, MaxRows: limit})
				if err != nil {
					t.Fatal(err)
				}
				d.Pred = c[sel.Best].Pred
				single, err := s.Score(d)
				if err != nil {
					t.Fatal(err)
				}
				var sum float64
				preds := make([][]float64, len(c))
				for i, w := range sel.Weights {
					sum += w
					preds[i] = c[i].Pred
				}
				d.Pred = make([]float64, len(c[0].Pred))
				Blend(d.Pred, preds, sel.Weights)
				blend, err := s.Score(d)
				if err != nil || blend != sel.Score || sel.Score < single || math.Abs(sum-1) > 1e-12 {
					t.Errorf("%s of %s on %d rows: score %v, of the blend %v (%v), of the best single one %v, weights add up to %v",
						name, p.problem, sel.Rows, sel.Score, blend, err, single, sum)
				}
				if limit > 0 && (sel.Rows < limit || sel.Rows > limit+4) {
					t.Errorf("selected on %d rows, want about %d", sel.Rows, limit)
				}
			}
		}
	}
}

// With a guide the steps are those of the guide, and the score is that of the scorer.
func TestAGuideLeads(t *testing.T) {
	c, d := sampleOf(sadi.Binary, 700, 12, 2, true)
	area, loss := scorer(t, "roc_auc", sadi.Binary), scorer(t, "neg_log_loss", sadi.Binary)
	guided, err := Select(t.Context(), c, d, Options{Scorer: area, Guide: Guide(area, sadi.Binary, 700), MaxCandidates: 12})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Select(t.Context(), c, d, Options{Scorer: loss, MaxCandidates: 12})
	if err != nil {
		t.Fatal(err)
	}
	preds := make([][]float64, len(c))
	for i := range c {
		preds[i] = c[i].Pred
	}
	d.Pred = make([]float64, len(c[0].Pred))
	Blend(d.Pred, preds, guided.Weights)
	want, err := area.Score(d)
	if err != nil || !reflect.DeepEqual(guided.Path, plain.Path) || guided.Score != want || len(guided.Path) < 2 {
		t.Errorf("path %v, by the log loss %v; score %v, want %v (%v)", guided.Path, plain.Path, guided.Score, want, err)
	}
	for _, name := range []string{"neg_log_loss", "accuracy"} {
		if g := Guide(scorer(t, name, sadi.Binary), sadi.Binary, 700); g.Name != name {
			t.Errorf("%s is led by %s", name, g.Name)
		}
	}
	if g := Guide(area, sadi.Binary, 20_000); g.Name != "roc_auc" {
		t.Errorf("many rows are led by %s", g.Name)
	}
	for i := range c { // an order, and no probabilities
		for j := range c[i].Pred {
			c[i].Pred[j] = 3 * c[i].Pred[j]
		}
	}
	if s, err := Select(t.Context(), c, d, Options{Scorer: area, Guide: Guide(area, sadi.Binary, 700), MaxCandidates: 12}); err != nil || s.Score <= 0.5 {
		t.Errorf("scores that are no probabilities: %+v, %v", s, err)
	}
}

func TestPoolDoesNotMatter(t *testing.T) {
	for _, p := range problems {
		c, d := sampleOf(p.problem, 400, 15, p.classes, false)
		var want *Selection
		for _, pool := range []*par.Pool{nil, par.New(2), par.New(8)} {
			got, err := Select(t.Context(), c, d, Options{Scorer: metric.Default(p.problem), Pool: pool})
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s with %d workers: got %+v, want %+v", p.problem, pool.Width(), got, want)
			}
		}
	}
}

func TestTies(t *testing.T) {
	y := []float64{0, 1, 0, 1, 1, 0, 2, -1}
	off := func(e float64) []float64 {
		p := slices.Clone(y)
		for i := range p {
			p[i] += e * float64(1-2*(i%2))
		}
		return p
	}
	opt := Options{Scorer: metric.Default(sadi.RegressionValue), MaxCandidates: 10}
	d := metric.Data{Y: y, Problem: sadi.RegressionValue}
	for _, c := range []struct {
		name string
		cand []Candidate
		want []float64
	}{
		{"equal ones: the first", []Candidate{{Pred: off(1)}, {Pred: off(1)}, {Pred: off(1)}}, []float64{1, 0, 0}},
		{"equal ones: the cheapest", []Candidate{{Pred: off(1), Cost: 3}, {Pred: off(1), Cost: 2}, {Pred: off(1), Cost: 2}}, []float64{0, 1, 0}},
		{"float noise does not decide", []Candidate{{Pred: off(1 + 1e-13)}, {Pred: off(1)}}, []float64{1, 0}},
		{"opposite errors cancel", []Candidate{{Pred: off(1)}, {Pred: off(2)}, {Pred: off(-1)}}, []float64{0.5, 0, 0.5}},
		{"weights by repetition", []Candidate{{Pred: off(1)}, {Pred: off(-2)}}, []float64{2. / 3, 1. / 3}},
		{"one", []Candidate{{Pred: off(1)}}, []float64{1}},
	} {
		got, err := Select(t.Context(), c.cand, d, opt)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Weights, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got.Weights, c.want)
		}
	}
}

func TestCandidatesThatCanNotBeScored(t *testing.T) {
	c, d := sampleOf(sadi.Binary, 200, 4, 2, false)
	c[0].Pred[17] = math.NaN()
	c[2].Pred[3] = math.Inf(1)
	opt := Options{Scorer: metric.Default(sadi.Binary)}
	got, err := Select(t.Context(), c, d, opt)
	if err != nil {
		t.Fatal(err)
	}
	if got.Weights[0] != 0 || got.Weights[2] != 0 {
		t.Errorf("got weights %v, want none for candidates 0 and 2", got.Weights)
	}
	if _, err := Select(t.Context(), c[:1], d, opt); err == nil {
		t.Error("nothing can be scored, and there is no error")
	}
	for i := range d.Y {
		d.Y[i] = 1
	}
	if _, err := Select(t.Context(), c[1:2], d, opt); !errors.Is(err, metric.ErrUndefined) {
		t.Errorf("one class only: got %v, want ErrUndefined", err)
	}
	if _, err := Select(t.Context(), nil, d, opt); err == nil {
		t.Error("no candidates, and no error")
	}
	if _, err := Select(t.Context(), []Candidate{{Pred: []float64{1}}}, d, opt); err == nil {
		t.Error("a wrong length, and no error")
	}
}

func TestCancelled(t *testing.T) {
	c, d := sampleOf(sadi.Binary, 200, 4, 2, false)
	cause := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := Select(ctx, c, d, Options{Scorer: metric.Default(sadi.Binary)}); !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
}

func TestFewRowsAllowFewCandidates(t *testing.T) {
	for n, want := range map[int]int{1: 4, 100: 4, 500: 8, 2500: 15, 5000: 24, 10_000: 40, 100_000: 100, 1_000_000: 100} {
		if got := Candidates(n); got != want {
			t.Errorf("%d rows: got %d candidates, want %d", n, got, want)
		}
	}
	c, d := sampleOf(sadi.Binary, 100, 30, 2, false)
	sel, err := Select(t.Context(), c, d, Options{Scorer: metric.Default(sadi.Binary)})
	if err != nil {
		t.Fatal(err)
	}
	var members int
	for _, w := range sel.Weights {
		if w > 0 {
			members++
		}
	}
	if members > 4 {
		t.Errorf("100 rows gave %d members, want at most 4", members)
	}
}

// Ten candidates of one algorithm are better than both of the other; two of them take part.
func TestFewRowsAllowTwoOfEachAlgorithm(t *testing.T) {
	for rows, want := range map[int]int{100: 2, 1499: 2, 1500: 0, 100_000: 0} {
		if got := PerAlgorithm(rows); got != want {
			t.Errorf("%d rows: got %d, want %d", rows, got, want)
		}
	}
	g := greedy{all: make([]Candidate, 12), d: metric.Data{Y: make([]float64, 300)}}
	for i := range g.all {
		g.all[i].Algorithm = "many"
	}
	g.all[4].Algorithm, g.all[9].Algorithm = "few", "few"
	ranked := []int{11, 2, 0, 1, 3, 5, 6, 7, 8, 10, 9, 4}
	if got, want := g.admit(ranked), []int{2, 4, 9, 11}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	g.opt.MaxCandidates = 3
	if got, want := g.admit(ranked), []int{0, 2, 11}; !slices.Equal(got, want) {
		t.Errorf("three asked for: got %v, want %v", got, want)
	}
	g.opt.MaxCandidates, g.d.Y = 0, make([]float64, 2000)
	if got, want := g.admit(ranked), restrict(ranked, 12); !slices.Equal(got, want) {
		t.Errorf("many rows: got %v, want %v", got, want)
	}
}

func TestHalfAreTheBestAndHalfTheFirst(t *testing.T) {
	ranked := []int{7, 9, 2, 8, 5, 3, 1, 0, 4, 6}
	for limit, want := range map[int][]int{1: {7}, 2: {0, 7}, 5: {0, 1, 2, 7, 9}, 10: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 20: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}} {
		if got := restrict(ranked, limit); !slices.Equal(got, want) {
			t.Errorf("limit %d: got %v, want %v", limit, got, want)
		}
	}
}

func TestSampleKeepsEveryClass(t *testing.T) {
	d := metric.Data{Problem: sadi.Multiclass, Classes: 4}
	for i := range 10_000 {
		y := 0.0
		switch {
		case i == 77:
			y = 3
		case i%100 == 5:
			y = 1
		}
		d.Y = append(d.Y, y)
	}
	rows := sample(d, 500)
	count := map[float64]int{}
	for i, r := range rows {
		count[d.Y[r]]++
		if i > 0 && rows[i-1] >= r {
			t.Fatalf("rows %d and %d are not in order", rows[i-1], r)
		}
	}
	if count[0] < 490 || count[0] > 500 || count[1] != 5 || count[3] != 1 {
		t.Errorf("got %v of the classes, want 495, 5 and 1", count)
	}
	if got := sample(d, 10_000); got != nil {
		t.Error("a sample of all rows is not nil")
	}
}

// A sample of numbers has the quantiles of the whole.
func TestSampleFollowsTheTarget(t *testing.T) {
	d := metric.Data{Problem: sadi.RegressionValue}
	for i := range 10_000 {
		d.Y = append(d.Y, float64(i)*float64(i))
	}
	var y []float64
	for _, r := range sample(d, 101) {
		y = append(y, math.Sqrt(d.Y[r]))
	}
	if len(y) != 101 || math.Abs(y[50]-5000) > 1 || y[0] > 100 || y[100] < 9900 {
		t.Errorf("%d rows, the middle at %g, ends at %g and %g; want 101, 5000, 50 and 9950", len(y), y[50], y[0], y[100])
	}
}

func TestBlend(t *testing.T) {
	dst := []float64{9, 9}
	Blend(dst, [][]float64{{1, 2}, nil, {3, 5}}, []float64{0.25, 0, 0.75})
	if want := []float64{2.5, 4.25}; !slices.Equal(dst, want) {
		t.Errorf("got %v, want %v", dst, want)
	}
}

func BenchmarkSelect(b *testing.B) {
	for _, bc := range []struct {
		name string
		p    sadi.Problem
		k, n int
		s    string
	}{
		{"auc/6000", sadi.Binary, 2, 6000, "roc_auc"},
		{"logloss/6000", sadi.Binary, 2, 6000, "neg_log_loss"},
		{"logloss10/6000", sadi.Multiclass, 10, 6000, "neg_log_loss"},
		{"rmse/6000", sadi.RegressionValue, 0, 6000, "neg_root_mean_squared_error"},
		{"f1_macro/6000", sadi.Multiclass, 10, 6000, "f1_macro"},
		{"auc/200000", sadi.Binary, 2, 200_000, "roc_auc"},
		{"aucovr10/6000", sadi.Multiclass, 10, 6000, "roc_auc_ovr"},
	} {
		c, d := sampleOf(bc.p, bc.n, 40, bc.k, false)
		b.Run(bc.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Select(b.Context(), c, d, Options{Scorer: scorer(b, bc.s, bc.p), MaxCandidates: 40}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
