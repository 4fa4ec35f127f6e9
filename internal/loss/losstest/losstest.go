// Package losstest holds losses to their contract.
package losstest

import (
	"errors"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/loss"
	"sadi/internal/rng"
)

// bounding are the losses whose hessian is an upper bound of the curvature and not the curvature.
var bounding = []string{"absolute", "huber", "quantile"}

// Run checks a loss on some truths of its domain; at is the raw scores (K numbers) that are best for a truth.
func Run(t *testing.T, l loss.Loss, truths []float64, at func(y float64) []float64) {
	if err := l.Check(truths); err != nil {
		t.Fatal(err)
	}
	c := checks{l, truths, at}
	t.Run("derivatives", c.derivatives)
	t.Run("minimum", c.minimum)
	t.Run("extremes", c.extremes)
	t.Run("weights", c.weights)
	t.Run("blocks", c.blocks)
	t.Run("init", c.init)
	t.Run("link", c.link)
	t.Run("domain", c.domain)
}

type checks struct {
	l      loss.Loss
	truths []float64
	at     func(y float64) []float64
}

func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*max(1, math.Abs(want))
}

// rows are n rows of truths and moderate raw scores.
func (c checks) rows(n int) (y, raw []float64) {
	r := rng.New(5).Child(c.l.Name()).Rand()
	for range n {
		y = append(y, c.truths[r.IntN(len(c.truths))])
		for range c.l.Outputs() {
			raw = append(raw, 2*r.NormFloat64())
		}
	}
	return y, raw
}

// step is the distance of finite differences: the cube root of the precision balances their two errors.
const step = 1e-5

func (c checks) derivatives(t *testing.T) {
	k, n := c.l.Outputs(), 40
	y, raw := c.rows(n)
	g, h := make([]float32, n*k), make([]float32, n*k)
	c.l.GradHess(g, h, y, raw, nil)
	differs := false
	for i := range n {
		for j := range k {
			value := func(d float64) float64 {
				row := slices.Clone(raw[i*k : (i+1)*k])
				row[j] += d
				return c.l.Value(y[i], row)
			}
			slope := func(d float64) float64 {
				row := slices.Clone(raw[i*k : (i+1)*k])
				row[j] += d
				return (c.l.Value(y[i], plus(row, j, step)) - c.l.Value(y[i], plus(row, j, -step))) / (2 * step)
			}
			if got, want := float64(g[i*k+j]), (value(step)-value(-step))/(2*step); !near(got, want, 1e-5) {
				t.Errorf("y %v, raw %v: gradient %d is %v, finite differences give %v", y[i], raw[i*k:(i+1)*k], j, got, want)
			}
			const wide = 1e-3
			got, want := float64(h[i*k+j]), (slope(wide)-slope(-wide))/(2*wide)
			switch {
			case slices.Contains(bounding, c.l.Name()):
				if got < want-1e-4 {
					t.Errorf("y %v, raw %v: hessian %d is %v, below the curvature %v", y[i], raw[i*k:(i+1)*k], j, got, want)
				}
				differs = differs || !near(got, want, 1e-3)
			case !near(got, want, 1e-4):
				t.Errorf("y %v, raw %v: hessian %d is %v, finite differences give %v", y[i], raw[i*k:(i+1)*k], j, got, want)
			}
		}
	}
	if slices.Contains(bounding, c.l.Name()) && !differs {
		t.Error("the hessian is the curvature, but the loss is listed as one that bounds it")
	}
}

func plus(row []float64, j int, d float64) []float64 {
	row = slices.Clone(row)
	row[j] += d
	return row
}

func (c checks) minimum(t *testing.T) {
	for _, y := range c.truths {
		best := c.at(y)
		least := c.l.Value(y, best)
		for j := range best {
			for _, d := range []float64{-3, -0.1, -1e-3, 1e-3, 0.1, 3} {
				if v := c.l.Value(y, plus(best, j, d)); v < least-1e-15 {
					t.Errorf("y %v: %v at the truth, but %v at %+v from it", y, least, v, d)
				}
			}
		}
	}
}

func (c checks) extremes(t *testing.T) {
	k := c.l.Outputs()
	for _, y := range c.truths {
		for _, f := range []float64{-1e3, -800, -100, 0, 100, 800, 1e3, 1e300, -1e300} {
			raw := make([]float64, k)
			raw[0] = f
			if v := c.l.Value(y, raw); math.IsNaN(v) || math.Abs(f) <= 1e3 && math.IsInf(v, 0) {
				t.Errorf("y %v, raw %v: value %v", y, raw, v)
			}
			g, h, p := make([]float32, k), make([]float32, k), make([]float64, k)
			c.l.GradHess(g, h, []float64{y}, raw, nil)
			c.l.Link(p, raw)
			for j := range k {
				if a, b, q := float64(g[j]), float64(h[j]), p[j]; math.IsNaN(a) || math.IsInf(a, 0) || math.IsNaN(b) ||
					math.IsInf(b, 0) || b < 0 || math.IsNaN(q) || math.IsInf(q, 0) {
					t.Errorf("y %v, raw %v: gradient %v, hessian %v, link %v", y, raw, a, b, q)
				}
			}
		}
	}
}

func (c checks) weights(t *testing.T) {
	k, n := c.l.Outputs(), 20
	y, raw := c.rows(n)
	w := make([]float64, n)
	for i := range w {
		w[i] = float64(i % 4)
	}
	g, h, gw, hw := make([]float32, n*k), make([]float32, n*k), make([]float32, n*k), make([]float32, n*k)
	c.l.GradHess(g, h, y, raw, nil)
	c.l.GradHess(gw, hw, y, raw, w)
	for i := range g {
		if u := w[i/k]; !near(float64(gw[i]), u*float64(g[i]), 1e-6) || !near(float64(hw[i]), u*float64(h[i]), 1e-6) {
			t.Errorf("weight %v: gradient %v, hessian %v, without weight %v, %v", u, gw[i], hw[i], g[i], h[i])
		}
	}
}

func (c checks) blocks(t *testing.T) {
	k, n := c.l.Outputs(), 30
	y, raw := c.rows(n)
	keep := slices.Clone(raw)
	g, h, p := make([]float32, n*k), make([]float32, n*k), make([]float64, n*k)
	c.l.GradHess(g, h, y, raw, nil)
	c.l.Link(p, raw)
	if !slices.Equal(raw, keep) {
		t.Error("the raw scores were written to")
	}
	gb, hb := make([]float32, n*k), make([]float32, n*k)
	for lo := 0; lo < n; lo += 7 {
		hi := min(lo+7, n)
		c.l.GradHess(gb[lo*k:hi*k], hb[lo*k:hi*k], y[lo:hi], raw[lo*k:hi*k], nil)
	}
	c.l.Link(raw, raw)
	if !slices.Equal(g, gb) || !slices.Equal(h, hb) {
		t.Error("blocks of rows give other gradients than all rows at once")
	}
	if !slices.Equal(raw, p) {
		t.Error("Link in place gives other predictions")
	}
}

// init: no constant near by is better, and a weight is a repetition.
func (c checks) init(t *testing.T) {
	y, _ := c.rows(60)
	y = append(y, c.truths...)
	w := make([]float64, len(y))
	var repeated []float64
	for i := range y {
		w[i] = float64(1 + i%3)
		for range 1 + i%3 {
			repeated = append(repeated, y[i])
		}
	}
	total := func(raw []float64) float64 {
		var sum float64
		for i := range y {
			sum += w[i] * c.l.Value(y[i], raw)
		}
		return sum
	}
	best := c.l.Init(y, w)
	if len(best) != c.l.Outputs() {
		t.Fatalf("%d numbers for %d outputs", len(best), c.l.Outputs())
	}
	least := total(best)
	for j := range best {
		for _, d := range []float64{-1, -0.01, 0.01, 1} {
			if v := total(plus(best, j, d)); v < least-1e-9*math.Abs(least) {
				t.Errorf("total loss %v at %v, but %v at %+v from it", least, best, v, d)
			}
		}
	}
	for j, v := range c.l.Init(repeated, nil) {
		if !near(v, best[j], 1e-9) {
			t.Errorf("repeated rows: got %v, want %v", v, best[j])
		}
	}
	for _, nothing := range [][]float64{c.l.Init(nil, nil), c.l.Init(y, make([]float64, len(y)))} {
		for _, v := range nothing {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("no rows: got %v, want finite numbers", nothing)
			}
		}
	}
}

// link: rises with its own raw score, and probabilities are some.
func (c checks) link(t *testing.T) {
	k, n := c.l.Outputs(), 30
	_, raw := c.rows(n)
	p, q := make([]float64, n*k), make([]float64, n*k)
	c.l.Link(p, raw)
	for i := 0; i < len(raw); i += k {
		raw[i] += 0.5
	}
	c.l.Link(q, raw)
	for i := 0; i < len(raw); i += k {
		if q[i] <= p[i] {
			t.Errorf("a greater raw score gives %v after %v", q[i], p[i])
		}
		if k == 1 {
			continue
		}
		var sum float64
		for _, v := range p[i : i+k] {
			sum += v
		}
		if !near(sum, 1, 1e-14) {
			t.Errorf("the probabilities add up to %v", sum)
		}
	}
}

func (c checks) domain(t *testing.T) {
	for _, y := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		err := c.l.Check([]float64{c.truths[0], y})
		var e *sadi.Error
		if !errors.As(err, &e) || e.Code != sadi.BadData || e.Where != "row 1" {
			t.Errorf("target %v: got the error %v, want %s at row 1", y, err, sadi.BadData)
		}
	}
}
