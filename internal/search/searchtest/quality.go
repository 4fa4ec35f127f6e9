package searchtest

import (
	"math"
	"strconv"
	"testing"

	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/search"
	"sadi/internal/search/random"
)

// followsSlopes demands that a monotone objective leads to the very end of an int's range and near that of a float's.
func followsSlopes(t *testing.T, s search.Searcher) {
	for _, sign := range []float64{1, -1} {
		slope := func(_ int, v param.Values) (float64, bool) {
			return sign * (math.Log10(v.Float("rate")) + float64(v.Int("depth"))/4 + math.Log2(float64(v.Int("leaves")))/4), true
		}
		history := run(s, everyKind, slope, 8, nil, 80)
		best := history[0]
		for _, r := range history {
			if r.Score > best.Score {
				best = r
			}
		}
		rate, depth, leaves := 1e-4, 3, 1
		if sign > 0 {
			rate, depth, leaves = 1, 7, 64
		}
		v := best.Values
		if math.Abs(math.Log10(v.Float("rate")/rate)) > 0.4 || v.Int("depth") != depth || math.Abs(math.Log2(float64(v.Int("leaves"))/float64(leaves))) > 0.75 {
			t.Errorf("80 asks with slope %g ended at %s, want near rate %g, depth %d, leaves %d", sign, v.Key(), rate, depth, leaves)
		}
	}
}

// avoidsFailures demands that a part of the space where everything fails is asked for less often than its share.
func avoidsFailures(t *testing.T, s search.Searcher) {
	fails := func(v param.Values) bool { return v.Float("share") > 0.25 } // half of the range
	f := func(_ int, v param.Values) (float64, bool) { return math.Log10(v.Float("rate")), !fails(v) }
	var failed int
	for seed := range uint64(5) {
		for _, r := range run(s, everyKind, f, seed, nil, 60)[20:] {
			if fails(r.Values) {
				failed++
			}
		}
	}
	if failed > 60 { // of 200; half would be 100
		t.Errorf("%d of 200 late asks went where everything fails, want at most 60", failed)
	}
}

// A function is a known objective on a box, to be minimised.
type function struct {
	name string
	set  param.Set
	f    func(x []float64) float64
}

func box(lo, hi, start []float64) param.Set {
	var set param.Set
	for j := range lo {
		set = append(set, param.Param{Name: "x" + strconv.Itoa(j), Kind: param.Float, Lo: lo[j], Hi: hi[j], Default: start[j],
			Desc: "a coordinate", Tune: &param.Tune{Lo: lo[j], Hi: hi[j]}})
	}
	return set
}

var functions = []function{
	{name: "sphere 3", set: box([]float64{-5, -5, -5}, []float64{5, 5, 5}, []float64{-4, 4, 4}), f: sphere},
	{name: "sphere 6", set: box([]float64{-5, -5, -5, -5, -5, -5}, []float64{5, 5, 5, 5, 5, 5}, []float64{4, 4, 4, -4, -4, -4}), f: sphere},
	{name: "branin", set: box([]float64{-5, 0}, []float64{10, 15}, []float64{8, 12}), f: branin},
	{name: "hartmann 3", set: box([]float64{0, 0, 0}, []float64{1, 1, 1}, []float64{0.9, 0.1, 0.1}), f: hartmann},
}

// sphere is |x - 1|².
func sphere(x []float64) (sum float64) {
	for _, a := range x {
		sum += (a - 1) * (a - 1)
	}
	return sum
}

// branin is Branin's function, whose three minima are 0.397887 (Dixon and Szegő 1978).
func branin(x []float64) float64 {
	a := x[1] - 5.1/(4*math.Pi*math.Pi)*x[0]*x[0] + 5/math.Pi*x[0] - 6
	return a*a + 10*(1-1/(8*math.Pi))*math.Cos(x[0]) + 10
}

// hartmann is Hartmann's function of three variables, whose minimum is -3.86278 (Dixon and Szegő 1978).
func hartmann(x []float64) (sum float64) {
	alpha := [4]float64{1, 1.2, 3, 3.2}
	a := [4][3]float64{{3, 10, 30}, {0.1, 10, 35}, {3, 10, 30}, {0.1, 10, 35}}
	p := [4][3]float64{{0.3689, 0.1170, 0.2673}, {0.4699, 0.4387, 0.7470}, {0.1091, 0.8732, 0.5547}, {0.0381, 0.5743, 0.8828}}
	for i := range alpha {
		var e float64
		for j, v := range x {
			e += a[i][j] * (v - p[i][j]) * (v - p[i][j])
		}
		sum -= alpha[i] * math.Exp(-e)
	}
	return sum
}

// beatsRandom compares the best of 60 asks with the best of 60 uniform draws under 40 seeds. If the searcher were no
// better than uniform draws it would win 28 or more of them with a probability of 0.8 %; it has to win that many.
func beatsRandom(t *testing.T, s search.Searcher, f function) {
	const asks, seeds, enough = 60, 40, 28
	score := func(_ int, v param.Values) (float64, bool) {
		x := make([]float64, len(f.set))
		for j, p := range f.set {
			x[j] = v.Float(p.Name)
		}
		return -f.f(x), true
	}
	best := func(s search.Searcher, seed uint64) float64 {
		top := math.Inf(-1)
		for _, r := range run(s, f.set, score, rng.New(seed).Child(s.Name()).Uint64(), nil, asks) {
			top = max(top, r.Score)
		}
		return top
	}
	var wins int
	for seed := range uint64(seeds) {
		if best(s, seed) > best(random.Searcher{}, seed) {
			wins++
		}
	}
	if wins < enough {
		t.Errorf("won %d of %d runs against uniform draws, want at least %d", wins, seeds, enough)
	}
	t.Logf("won %d of %d runs against uniform draws", wins, seeds)
}
