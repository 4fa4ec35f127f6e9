package loss

import (
	"math"

	"sadi/internal/elementary"
	"sadi/internal/isa"
	"sadi/internal/num"
)

// Logistic is the log loss of a binary problem on log-odds, y in [0, 1]:
//
//	ℓ = ln(1 + e^f) - y·f,   g = p - y,   h = p (1 - p),   p = 1 / (1 + e^-f)
//
// h is kept above 1e-16, so that a group of certain rows still has a step.
type Logistic struct{}

var _ Loss = Logistic{}

const leastHessian = 1e-16

// inUse says what GradHess may use beyond the Go language, which does not show in its results; it is changed by tests only.
var inUse = isa.Best()

// Name is "logistic".
func (Logistic) Name() string { return "logistic" }

// Outputs is 1.
func (Logistic) Outputs() int { return 1 }

// Check allows 0 to 1.
func (l Logistic) Check(y []float64) error {
	return check(y, l.Name(), "targets from 0 to 1", func(v float64) bool { return v >= 0 && v <= 1 })
}

// Init is the log-odds of the share of class 1, which is kept 1e-15 away from 0 and 1.
func (Logistic) Init(y, w []float64) []float64 {
	p := min(max(mean(y, w), 1e-15), 1-1e-15)
	return []float64{elementary.Log(p / (1 - p))}
}

// Value is ln(1 + e^f) - y·f.
func (Logistic) Value(y float64, raw []float64) float64 {
	f := raw[0]
	return max(f, 0) + elementary.Log1p(elementary.Exp(-math.Abs(f))) - float64(y*f)
}

// GradHess writes p - y and p (1 - p).
func (Logistic) GradHess(g, h []float32, y, raw, w []float64) {
	var room [256]float64
	for at := 0; at < len(raw); at += len(room) {
		block := raw[at:min(at+len(room), len(raw))]
		e := room[:len(block)]
		for i, f := range block {
			e[i] = -math.Abs(f)
		}
		num.Exp(e, e)
		gb, hb, yb := g[at:at+len(e)], h[at:at+len(e)], y[at:at+len(e)]
		done := 0
		switch {
		case w != nil:
		case inUse >= isa.AVX512:
			done = len(e)
			logisticAVX512(&gb[0], &hb[0], &yb[0], &block[0], &e[0], done)
		case inUse >= isa.AVX2 && len(e) >= 4:
			done = len(e) &^ 3
			logisticAVX2(&gb[0], &hb[0], &yb[0], &block[0], &e[0], done)
		}
		for i := done; i < len(e); i++ {
			f := block[i]
			great := 1 / (1 + e[i])
			small := e[i] * great
			c := max(float64(great*small), leastHessian)
			d := either(f, great, small) - yb[i]
			if w == nil {
				gb[i], hb[i] = float32(d), float32(c)
			} else {
				gb[i], hb[i] = single(w[at+i]*d), single(w[at+i]*c)
			}
		}
	}
}

// either is a where f is positive and b where it is negative, without a branch that no processor could predict.
func either(f, a, b float64) float64 {
	negative := uint64(int64(math.Float64bits(f)) >> 63)
	return math.Float64frombits(math.Float64bits(a)&^negative | math.Float64bits(b)&negative)
}

// Link is the logistic function.
func (Logistic) Link(dst, raw []float64) {
	for i, f := range raw {
		dst[i], _ = chances(f)
	}
}

// chances are p = 1/(1+e^-f) and 1-p, both to full relative precision.
func chances(f float64) (p, q float64) {
	e := elementary.Exp(-math.Abs(f))
	small, great := e/(1+e), 1/(1+e)
	if f < 0 {
		return small, great
	}
	return great, small
}
