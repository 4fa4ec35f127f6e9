package search

import (
	"math"
	"testing"

	"sadi/internal/param"
	"sadi/internal/rng"
)

var set = param.Set{
	{Name: "rate", Kind: param.Float, Lo: 0, Hi: 10, Default: 0.1, Desc: "f", Tune: &param.Tune{Lo: 0.00123456, Hi: 1.23456, Log: true}},
	{Name: "share", Kind: param.Float, Lo: -1, Hi: 1, Default: 1.0, Desc: "f", Tune: &param.Tune{Lo: -0.5, Hi: 1}},
	{Name: "depth", Kind: param.Int, Lo: 0, Hi: 50, Default: 0, Desc: "i", Tune: &param.Tune{Lo: 3, Hi: 7}},
	{Name: "leaves", Kind: param.Int, Lo: 0, Hi: 4096, Default: 31, Desc: "i", Tune: &param.Tune{Lo: 1, Hi: 1024, Log: true}},
	{Name: "sparse", Kind: param.Bool, Default: false, Desc: "b", Tune: &param.Tune{}},
	{Name: "rule", Kind: param.Choice, Choices: []string{"a", "b", "c"}, Default: "b", Desc: "c", Tune: &param.Tune{}},
	{Name: "trees", Kind: param.Int, Lo: 1, Hi: 1000, Default: 100, Desc: "not tuned"},
}

func TestEndsOfTheBoxAreTheEndsOfTheRanges(t *testing.T) {
	s := NewSpace(set)
	lo, hi := make([]float64, len(s.Axes)), make([]float64, len(s.Axes))
	for j := range hi {
		hi[j] = 1
	}
	for _, c := range []struct {
		u    []float64
		want param.Values
	}{
		{lo, param.Values{"rate": 0.00123456, "share": -0.5, "depth": 3, "leaves": 1, "sparse": false, "rule": "a", "trees": 100}},
		{hi, param.Values{"rate": 1.23456, "share": 1.0, "depth": 7, "leaves": 1024, "sparse": true, "rule": "c", "trees": 100}},
	} {
		if got := s.Values(c.u).Key(); got != c.want.Key() {
			t.Errorf("got %s, want %s", got, c.want.Key())
		}
	}
}

// Every value's own point means that value again, and lies in its cell.
func TestPointsAndValuesAreInverse(t *testing.T) {
	s, r := NewSpace(set), rng.New(1).Rand()
	u := make([]float64, len(s.Axes))
	for range 5000 {
		for j := range u {
			u[j] = r.Float64()
		}
		v := s.Values(u)
		w := s.Point(v)
		if got := s.Values(w).Key(); got != v.Key() {
			t.Fatalf("got %s, want %s", got, v.Key())
		}
		for j, a := range s.Axes {
			lo, hi := a.Cell(w[j])
			if !(lo <= w[j] && w[j] <= hi && lo >= -1e-12 && hi <= 1+1e-12) || (a.Levels > 0 || a.p.Kind == param.Int) != (lo < hi) {
				t.Fatalf("%s: the cell [%g, %g] does not hold %g", a.p.Name, lo, hi, w[j])
			}
			if math.Abs(w[j]-u[j]) > hi-lo+1e-3 {
				t.Fatalf("%s: the point went from %g to %g", a.p.Name, u[j], w[j])
			}
		}
	}
}

// The cells of an int tile the axis: 5 equal ones on a linear axis, ever smaller ones on a logarithmic axis.
func TestIntCells(t *testing.T) {
	s := NewSpace(set)
	for j, want := range map[int][2]float64{2: {0.2, 0.2}, 3: {math.Log(3) / math.Log(2049), math.Log(2049.0/2047) / math.Log(2049)}} {
		a := s.Axes[j]
		lo, hi := a.Cell(0)
		last, end := a.Cell(1)
		for i, got := range []float64{hi - lo, end - last} {
			if math.Abs(got-want[i]) > 1e-12 {
				t.Errorf("%s: cell %d is %.9f wide, want %.9f", a.p.Name, i, got, want[i])
			}
		}
	}
}

func TestValuesOutsideOfTheRangeHaveNoPoint(t *testing.T) {
	s := NewSpace(set)
	v := set.Defaults().With("rate", 10.0).With("share", -1.0)
	for j, u := range s.Point(v) {
		if outside := j <= 2; math.IsNaN(u) != outside {
			t.Errorf("coordinate %d is %g; outside = %t", j, u, outside)
		}
	}
}

func TestFloatsHaveFourDigits(t *testing.T) {
	for x, want := range map[float64]float64{0.123456: 0.1235, 12345.6: 12350, 1e-300: 1e-300, -0.99995: -1, 0: 0} {
		if got := fourDigits(x); got != want {
			t.Errorf("%g: got %g, want %g", x, got, want)
		}
	}
}
