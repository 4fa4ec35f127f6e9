package bayes

import (
	"math"
	"testing"
)

// By hand: priors of 1/4 and 3/4, densities of 6 and 1 give 6/9; of a third class without rows nothing is left.
func TestPosterior(t *testing.T) {
	logs := LogPriors([]float64{0.25, 0.75, 0})
	if logs[2] != Absent {
		t.Errorf("a class without rows has the prior e^%v", logs[2])
	}
	logs[0] += math.Log(6)
	for _, c := range []struct {
		logs, want []float64
	}{
		{logs, []float64{6. / 9, 3. / 9, 0}},
		{logs[:2], []float64{3. / 9}},
		{[]float64{0, Absent}, []float64{0}},
		{[]float64{Absent, 0}, []float64{1}},
		{[]float64{-7}, []float64{0}},
		{[]float64{Absent, Absent}, []float64{0.5, 0.5}},
	} {
		p := make([]float64, len(c.want))
		Posterior(p, c.logs)
		for i, want := range c.want {
			if math.Abs(p[i]-want) > 1e-15 {
				t.Errorf("%v: probability %d is %v, want %v", c.logs, i, p[i], want)
			}
		}
	}
}
