package tpe

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/search"
)

func TestTruncatedNormalAgreesWithScipy(t *testing.T) {
	b, err := os.ReadFile("testdata/truncnorm.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Mu, Sigma, X, Quantile, LogPDF, Mass float64 }
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) != 100 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		whole := math.Log(normalMass(-c.Mu/c.Sigma, (1-c.Mu)/c.Sigma))
		if got := truncatedQuantile(c.X, c.Mu, c.Sigma); math.Abs(got-c.Quantile) > 1e-9 {
			t.Errorf("mu %g, sigma %g: quantile %g: got %.12g, want %.12g", c.Mu, c.Sigma, c.X, got, c.Quantile)
		}
		if got := logNormal(c.Quantile, c.Quantile, c.Mu, c.Sigma) - whole; math.Abs(got-c.LogPDF) > 1e-9*(1+math.Abs(c.LogPDF)) {
			t.Errorf("mu %g, sigma %g: ln pdf at %g: got %.12g, want %.12g", c.Mu, c.Sigma, c.Quantile, got, c.LogPDF)
		}
		if c.X == 1 || c.Mass < 1e-12 {
			continue // no interval, or one that scipy's difference of two distribution functions has lost
		}
		if got := math.Exp(logNormal(c.X, min(1, c.X+0.1), c.Mu, c.Sigma) - whole); math.Abs(got-c.Mass) > 1e-9 {
			t.Errorf("mu %g, sigma %g: mass from %g: got %.12g, want %.12g", c.Mu, c.Sigma, c.X, got, c.Mass)
		}
	}
}

// The values of Optuna 4's default_gamma and default_weights.
func TestGammaAndRecency(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 10: 1, 11: 2, 20: 2, 100: 10, 250: 25, 251: 25, 1000: 25} {
		if got := gamma(n); got != want {
			t.Errorf("gamma(%d): got %d, want %d", n, got, want)
		}
	}
	for n, want := range map[int][]float64{3: {1, 1, 1}, 26: {1. / 26, 1, 1}, 28: {1. / 28, (1 + 1./28) / 2, 1}} {
		got := recency(n)
		for i, w := range want {
			if math.Abs(got[i]-w) > 1e-15 || len(got) != n {
				t.Errorf("recency(%d)[%d]: got %g, want %g", n, i, got[i], w)
			}
		}
	}
}

var space = search.NewSpace(param.Set{
	{Name: "x", Kind: param.Float, Lo: 0, Hi: 1, Default: 0.5, Desc: "x", Tune: &param.Tune{Lo: 0, Hi: 1}},
	{Name: "k", Kind: param.Int, Lo: 0, Hi: 9, Default: 1, Desc: "k", Tune: &param.Tune{Lo: 1, Hi: 4, Log: true}},
	{Name: "c", Kind: param.Choice, Choices: []string{"a", "b", "c"}, Default: "a", Desc: "c", Tune: &param.Tune{}},
})

func estimator() *parzen {
	history := []search.Result{
		{Values: param.Values{"x": 0.1, "k": 1, "c": "a"}}, {Values: param.Values{"x": 0.9, "k": 4, "c": "a"}},
		{Values: param.Values{"x": 0.4, "k": 9, "c": "c"}}, // k lies outside of the range
	}
	return newParzen(space, history, []int{0, 1, 2})
}

// A density adds up to 1: over the words, the ints (whose cells carry masses), and the float by the midpoint rule.
func TestDensityAddsUpToOne(t *testing.T) {
	p := estimator()
	const steps = 2000
	var sum float64
	for i := range steps {
		for k := 1; k <= 4; k++ {
			for c := range 3 {
				u := space.Point(param.Values{"x": 0.5, "k": k, "c": "abc"[c : c+1]})
				u[0] = (float64(i) + 0.5) / steps
				sum += math.Exp(p.logDensity(u)) / steps
			}
		}
	}
	if math.Abs(sum-1) > 1e-6 {
		t.Errorf("got %.9f, want 1", sum)
	}
}

// Draws fall into each of 2 × 4 × 3 boxes as often as the density says, within five standard deviations.
func TestDrawsFollowTheDensity(t *testing.T) {
	p, r := estimator(), rng.New(1).Rand()
	const n, steps = 40000, 500
	var count, want [2][5][3]float64
	for range n {
		u := p.draw(r)
		v := space.Values(u)
		count[int(min(u[0]*2, 1))][v.Int("k")][v.Choice("c")[0]-'a']++
	}
	for i := range steps {
		for k := 1; k <= 4; k++ {
			for c := range 3 {
				u := space.Point(param.Values{"x": 0.5, "k": k, "c": "abc"[c : c+1]})
				u[0] = (float64(i) + 0.5) / steps
				want[2*i/steps][k][c] += math.Exp(p.logDensity(u)) / steps
			}
		}
	}
	for h := range 2 {
		for k := 1; k <= 4; k++ {
			for c := range 3 {
				q := want[h][k][c]
				if got := count[h][k][c] / n; math.Abs(got-q) > 5*math.Sqrt(q*(1-q)/n) {
					t.Errorf("half %d, k %d, word %d: got %.4f of the draws, want %.4f", h, k, c, got, q)
				}
			}
		}
	}
}
