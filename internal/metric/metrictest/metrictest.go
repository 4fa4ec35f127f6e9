// Package metrictest holds scorers to their contract, whatever they measure.
package metrictest

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/rng"
)

// tolerance is relative, for sums in another order.
const tolerance = 1e-11

// oneSided are the scorers that treat the positive class unlike the negative one, so that swapping the two changes them.
var oneSided = []string{"average_precision", "f1", "jaccard", "neg_negative_likelihood_ratio",
	"positive_likelihood_ratio", "precision", "recall"}

// Run checks a scorer in every problem that it is declared for.
func Run(t *testing.T, s metric.Scorer) {
	if s.Name == "" || s.Display == "" || s.Summary == "" || s.Needs == 0 || len(s.Problems) == 0 {
		t.Fatalf("an incomplete declaration: %+v", s)
	}
	for _, p := range s.Problems {
		for _, check := range []struct {
			name string
			run  func(*testing.T, metric.Scorer, sadi.Problem)
		}{
			{"perfect", perfect}, {"bounded", bounded}, {"order", order}, {"repetition", repetition}, {"scale of weights", scale},
			{"renamed labels", renamed}, {"decided labels", decided}, {"views", views}, {"refusals", refusals}, {"shown", shown},
		} {
			t.Run(string(p)+"/"+check.name, func(t *testing.T) { check.run(t, s, p) })
		}
	}
}

// Sample is data of n rows with every class, ties among the predictions and no number that is out of any scorer's domain.
func Sample(p sadi.Problem, n int, r *rand.Rand) metric.Data {
	d := metric.Data{Problem: p, Y: make([]float64, n)}
	switch p {
	case sadi.Binary:
		d.Classes = 2
		d.Pred = make([]float64, n)
		for i := range n {
			d.Y[i] = float64(i % 2)
			d.Pred[i] = math.Round((r.Float64()*0.6+0.4*d.Y[i])*50) / 50
		}
		d.Pred[0], d.Pred[1], d.Pred[2], d.Pred[3] = 0.9, 0.1, 0.2, 0.8 // both kinds of mistake and of success
	case sadi.Multiclass:
		d.Classes = 4
		for i := range n {
			c := i % 4
			d.Y[i] = float64(c)
			row, sum := make([]float64, 4), 0.0
			for k := range row {
				row[k] = float64(1 + r.IntN(19))
				if k == c {
					row[k] += 9
				}
				row[k] += float64(k) / 1024 // no ties within a row, where the index would decide
				sum += row[k]
			}
			for _, v := range row {
				d.Pred = append(d.Pred, v/sum)
			}
		}
	default:
		d.Pred = make([]float64, n)
		for i := range n {
			d.Y[i] = math.Round(math.Exp(r.NormFloat64()) * 8)
			d.Y[i] = max(d.Y[i], 1) / 4
			d.Pred[i] = d.Y[i] * math.Exp(0.5*r.NormFloat64())
		}
	}
	return d
}

func stream(s metric.Scorer) *rand.Rand { return rng.New(1).Child(s.Name).Rand() }

func score(t *testing.T, s metric.Scorer, d metric.Data) float64 {
	t.Helper()
	v, err := s.Score(d)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func near(a, b float64) bool {
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

// expect compares with a tolerance.
func expect(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !near(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func perfect(t *testing.T, s metric.Scorer, p sadi.Problem) {
	d := Sample(p, 40, stream(s))
	truth := d
	truth.Pred = slices.Clone(d.Y)
	if p == sadi.Multiclass {
		truth.Pred = make([]float64, len(d.Pred))
		for i, y := range d.Y {
			truth.Pred[i*d.Classes+int(y)] = 1
		}
	}
	if s.Optimum == math.MaxFloat64 {
		if _, err := s.Score(truth); !errors.Is(err, metric.ErrUndefined) {
			t.Errorf("no bound is declared, and a perfect prediction gives the error %v, want %v", err, metric.ErrUndefined)
		}
		return
	}
	expect(t, "perfect prediction", score(t, s, truth), s.Optimum)
	truth.Weights = weights(len(d.Y), stream(s))
	expect(t, "perfect weighted prediction", score(t, s, truth), s.Optimum)
}

func bounded(t *testing.T, s metric.Scorer, p sadi.Problem) {
	r := stream(s)
	for range 20 {
		if got := score(t, s, Sample(p, 30, r)); got > s.Optimum {
			t.Errorf("got %v, above the optimum %v", got, s.Optimum)
		}
	}
}

// take is the rows of d in the given order.
func take(d metric.Data, rows []int) metric.Data {
	out, k := d, d.Outputs()
	out.Y, out.Pred, out.Weights = nil, nil, nil
	for _, i := range rows {
		out.Y = append(out.Y, d.Y[i])
		out.Pred = append(out.Pred, d.Pred[i*k:(i+1)*k]...)
		if d.Weights != nil {
			out.Weights = append(out.Weights, d.Weights[i])
		}
	}
	return out
}

func weights(n int, r *rand.Rand) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.1 + 2*r.Float64()
	}
	return w
}

func order(t *testing.T, s metric.Scorer, p sadi.Problem) {
	r := stream(s)
	d := Sample(p, 50, r)
	perm := r.Perm(50)
	expect(t, "permuted rows", score(t, s, take(d, perm)), score(t, s, d))
	d.Weights = weights(50, r)
	expect(t, "permuted weighted rows", score(t, s, take(d, perm)), score(t, s, d))
}

func repetition(t *testing.T, s metric.Scorer, p sadi.Problem) {
	r := stream(s)
	d := Sample(p, 50, r)
	d.Weights = make([]float64, 50)
	var rows []int
	for i := range d.Weights {
		n := r.IntN(4)
		if i < 8 {
			n = 2 // keep what Sample promises
		}
		d.Weights[i] = float64(n)
		for range n {
			rows = append(rows, i)
		}
	}
	repeated := take(d, rows)
	repeated.Weights = nil
	expect(t, "whole weights", score(t, s, d), score(t, s, repeated))
	for i := range d.Weights {
		d.Weights[i] = 1
	}
	one := score(t, s, d)
	d.Weights = nil
	expect(t, "weights of one", one, score(t, s, d))
}

func scale(t *testing.T, s metric.Scorer, p sadi.Problem) {
	r := stream(s)
	d := Sample(p, 50, r)
	d.Weights = weights(50, r)
	before := score(t, s, d)
	d.Weights = slices.Clone(d.Weights)
	for i := range d.Weights {
		d.Weights[i] *= 4
	}
	expect(t, "weights times four", score(t, s, d), before)
}

func renamed(t *testing.T, s metric.Scorer, p sadi.Problem) {
	d := Sample(p, 60, stream(s))
	d = take(d, slices.DeleteFunc(stream(s).Perm(60), func(i int) bool { return i%2 == 0 && i >= 30 })) // uneven classes
	other := d
	other.Y, other.Pred = slices.Clone(d.Y), slices.Clone(d.Pred)
	switch p {
	case sadi.Binary:
		for i := range 12 { // uneven mistakes too
			d.Pred[i] = 0.25
		}
		for i := range other.Y {
			if other.Pred[i] == 0.5 { // the decision at 0.5 is for class 1 on either side
				other.Pred[i], d.Pred[i] = 0.48, 0.52
			} else {
				other.Pred[i] = 1 - d.Pred[i]
			}
			other.Y[i] = 1 - d.Y[i]
		}
	case sadi.Multiclass:
		to := []int{2, 0, 3, 1}
		for i := range other.Y {
			other.Y[i] = float64(to[int(d.Y[i])])
			for k, j := range to {
				other.Pred[i*4+j] = d.Pred[i*4+k]
			}
		}
	default:
		return // a number has no name
	}
	a, b := score(t, s, d), score(t, s, other)
	if p == sadi.Binary && slices.Contains(oneSided, s.Name) {
		if near(a, b) {
			t.Errorf("swapping the classes keeps %v, but the scorer is listed as one-sided", a)
		}
		return
	}
	expect(t, "renamed classes", b, a)
}

func decided(t *testing.T, s metric.Scorer, p sadi.Problem) {
	if s.Needs != metric.Labels {
		return
	}
	d := Sample(p, 60, stream(s))
	labels := make([]int32, len(d.Y))
	metric.Decide(labels, d)
	sure := d
	sure.Pred = make([]float64, len(d.Pred))
	for i, c := range labels {
		if p == sadi.Binary {
			sure.Pred[i] = float64(c)
		} else {
			sure.Pred[i*d.Classes+int(c)] = 1
		}
	}
	if got, want := score(t, s, sure), score(t, s, d); got != want {
		t.Errorf("a scorer of labels reads more than the decision: got %v, want %v", got, want)
	}
}

// views: one view under one weighting after another says what fresh scores say.
func views(t *testing.T, s metric.Scorer, p sadi.Problem) {
	r := stream(s)
	d := Sample(p, 50, r)
	y, pred := slices.Clone(d.Y), slices.Clone(d.Pred)
	prepared, err := metric.Prepare(d)
	if err != nil {
		t.Fatal(err)
	}
	v := prepared.View()
	for range 4 {
		w := weights(50, r)
		if err := v.Weigh(w); err != nil {
			t.Fatal(err)
		}
		got, err := v.Score(s)
		if err != nil {
			t.Fatal(err)
		}
		fresh := d
		fresh.Weights = w
		if want := score(t, s, fresh); got != want {
			t.Errorf("view: got %v, want %v", got, want)
		}
		score(t, s, Sample(p, 70, r)) // nothing of it may stay behind
	}
	if err := v.Weigh(nil); err != nil {
		t.Fatal(err)
	}
	got, err := v.Score(s)
	if want := score(t, s, d); err != nil || got != want {
		t.Errorf("unweighted view: got %v, %v, want %v", got, err, want)
	}
	if !slices.Equal(d.Y, y) || !slices.Equal(d.Pred, pred) {
		t.Error("the data were written to")
	}
}

func refusals(t *testing.T, s metric.Scorer, p sadi.Problem) {
	good := Sample(p, 20, stream(s))
	with := func(change func(d *metric.Data)) metric.Data {
		d := take(good, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
		d.Weights = weights(10, stream(s))
		change(&d)
		return d
	}
	for name, d := range map[string]metric.Data{
		"no rows":              {Problem: p, Classes: good.Classes},
		"a missing prediction": with(func(d *metric.Data) { d.Pred = d.Pred[1:] }),
		"NaN prediction":       with(func(d *metric.Data) { d.Pred[3] = math.NaN() }),
		"infinite prediction":  with(func(d *metric.Data) { d.Pred[3] = math.Inf(-1) }),
		"NaN target":           with(func(d *metric.Data) { d.Y[3] = math.NaN() }),
		"infinite target":      with(func(d *metric.Data) { d.Y[3] = math.Inf(1) }),
		"negative weight":      with(func(d *metric.Data) { d.Weights[3] = -1 }),
		"NaN weight":           with(func(d *metric.Data) { d.Weights[3] = math.NaN() }),
		"too few weights":      with(func(d *metric.Data) { d.Weights = d.Weights[1:] }),
		"weights of nothing":   with(func(d *metric.Data) { clear(d.Weights) }),
		"unknown problem":      with(func(d *metric.Data) { d.Problem = "ranking" }),
		"too many classes":     with(func(d *metric.Data) { d.Classes = 1 }),
	} {
		if v, err := s.Score(d); err == nil {
			t.Errorf("%s: got the score %v, want an error", name, v)
		}
	}
	if p.IsClassification() {
		for _, y := range []float64{-1, 0.5, float64(good.Classes)} {
			if v, err := s.Score(with(func(d *metric.Data) { d.Y[3] = y })); err == nil {
				t.Errorf("class %v: got the score %v, want an error", y, v)
			}
		}
	}
}

func shown(t *testing.T, s metric.Scorer, p sadi.Problem) {
	v := score(t, s, Sample(p, 40, stream(s)))
	want := v
	if s.Less {
		want = -v
		if v > 0 {
			t.Errorf("an error has the score %v, want at most 0", v)
		}
	}
	if got := s.Shown(v); got != want {
		t.Errorf("shown: got %v, want %v", got, want)
	}
	if math.Signbit(s.Shown(0)) {
		t.Error("a negative zero is shown")
	}
}
