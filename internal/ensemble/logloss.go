package ensemble

import (
	"context"
	"math"

	"sadi/internal/elementary"
	"sadi/internal/metric"
)

// logLoss needs one number of each row: the probability q of the row's own class. The mean of the members' q, divided
// by that of their rows' sums where these are not 1, is what the blend's loss is the logarithm of, so K columns become
// one (two where sums are needed).
type logLoss struct {
	w     []float64 // nil = ones
	total float64   // of the weights
	own   [][]float64
	sums  [][]float64 // nil = all rows of all candidates add up to 1
	q, s  []float64   // of the members together
	t     int
}

func newLogLoss(d metric.Data, pred [][]float64) *logLoss {
	n, k := len(d.Y), d.Outputs()
	l := &logLoss{w: d.Weights, total: float64(n), q: make([]float64, n)}
	if d.Weights != nil {
		l.total = 0
		for _, w := range d.Weights {
			l.total += w
		}
	}
	var sums [][]float64
	exact := true
	for _, p := range pred {
		own, sum := make([]float64, n), make([]float64, n)
		for i, y := range d.Y {
			if k == 1 {
				own[i], sum[i] = p[i], 1
				if y == 0 {
					own[i] = 1 - p[i]
				}
				continue
			}
			own[i] = p[i*k+int(y)]
			for _, v := range p[i*k : (i+1)*k] {
				sum[i] += v
			}
			exact = exact && math.Abs(sum[i]-1) < 1e-12
		}
		l.own, sums = append(l.own, own), append(sums, sum)
	}
	if !exact {
		l.sums, l.s = sums, make([]float64, n)
	}
	return l
}

func (l *logLoss) add(_ context.Context, j int) error {
	for i, q := range l.own[j] {
		l.q[i] += q
	}
	if l.sums != nil {
		for i, s := range l.sums[j] {
			l.s[i] += s
		}
	}
	l.t++
	return nil
}

const (
	epsilon = 0x1p-52 // the scorer keeps probabilities this far from 0 and 1
	batch   = 16      // logarithms taken together: 16 factors of at least ε stay far above the smallest float64
)

func (l *logLoss) try(j int) float64 {
	over := 1 / float64(l.t+1)
	own := l.own[j]
	if l.sums != nil || l.w != nil {
		return l.tryRows(j, over)
	}
	var loss float64
	for lo := 0; lo < len(own); lo += batch {
		product := 1.0
		for i := lo; i < min(lo+batch, len(own)); i++ {
			product *= min(max((l.q[i]+own[i])*over, epsilon), 1-epsilon)
		}
		loss -= elementary.Log(product)
	}
	return -loss / l.total
}

// tryRows is try with weights or sums, one logarithm for each row.
func (l *logLoss) tryRows(j int, over float64) float64 {
	var loss float64
	for i, own := range l.own[j] {
		p := min(max((l.q[i]+own)*over, epsilon), 1-epsilon)
		if l.sums != nil {
			p /= float64(l.s[i]+l.sums[j][i]) * over
		}
		w := 1.0
		if l.w != nil {
			w = l.w[i]
		}
		loss -= float64(w * elementary.Log(p))
	}
	return -loss / l.total
}
