package num

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestExactInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, spread := range []int{0, 3, 40, 300} {
		v := make([]float64, 5000)
		exact := new(big.Float).SetPrec(4000)
		for i := range v {
			v[i] = math.Ldexp(r.NormFloat64(), r.IntN(2*spread+1)-spread)
			exact.Add(exact, big.NewFloat(v[i]))
		}
		want, _ := exact.Float64()
		var first float64
		for turn := range 5 {
			var s Exact
			for _, i := range r.Perm(len(v)) {
				s.Add(v[i])
			}
			got := s.Value()
			if turn == 0 {
				first = got
			}
			if got != first || math.Abs(got-want) > 1e-14*math.Abs(want) {
				t.Errorf("spread %d: got %v, at first %v, want %v", spread, got, first, want)
			}
		}
	}
}

func TestExactOfOddNumbers(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		v    []float64
		want float64
	}{
		{nil, 0},
		{[]float64{1e308, 1e308, -1e308}, 1e308},
		{[]float64{5e-324, 5e-324, 1e-310}, 1e-310 + 1e-323},
		{[]float64{inf, 1}, inf},
		{[]float64{-inf, 1e300}, -inf},
		{[]float64{1, 1e100, -1e100}, 1},
	} {
		var s Exact
		for _, v := range c.v {
			s.Add(v)
		}
		if got := s.Value(); got != c.want {
			t.Errorf("%v: got %v, want %v", c.v, got, c.want)
		}
	}
	for _, v := range [][]float64{{math.NaN(), 1}, {inf, -inf}} {
		var s Exact
		for _, x := range v {
			s.Add(x)
		}
		if !math.IsNaN(s.Value()) {
			t.Errorf("%v: got %v", v, s.Value())
		}
	}
}
