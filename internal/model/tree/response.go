package tree

import (
	"math"
	"math/bits"

	"sadi"
	"sadi/internal/dataset"
)

// response is the fixed-point form of targets and weights that all trees of a forest share. Sums are integers, so they
// are the same in any order and however a feature cuts them.
type response struct {
	classes int // lanes of a histogram: K for more than two classes, else 0
	regress bool
	q, w    []int64 // n; w is 0 for a row without weight
	y       []float64
	base    float64 // the mean of a regression's target, which q leaves out; 0 for Poisson
	qScale  float64
	wScale  float64
	shift   uint // bits of the row count in sample.w
	// countable says that q, w and the count of rows of any sample fit one number side by side, see counted.
	countable bool
}

// tally is the sums over some samples.
type tally struct{ q, w int64 }

func (t *tally) add(o tally) { t.q, t.w = t.q+o.q, t.w+o.w }
func (t *tally) sub(o tally) tally {
	return tally{t.q - o.q, t.w - o.w}
}

// weight and rows take the second sum apart.
func (r *response) weight(t tally) float64 { return float64(t.w >> r.shift) }
func (r *response) rows(t tally) int       { return int(t.w & (1<<r.shift - 1)) }

// newResponse brings targets and weights to the fixed point that a criterion needs.
func newResponse(s dataset.Set, criterion Criterion) *response {
	n := s.X.Rows
	r := &response{y: s.Y.Y, regress: s.Y.Problem == sadi.RegressionValue, w: make([]int64, n), q: make([]int64, n),
		wScale: 1, shift: uint(bits.Len64(uint64(n)))}
	if s.Y.Problem == sadi.Multiclass {
		r.classes = s.Y.Classes
	}
	weight := func(i int) float64 {
		if s.Weights == nil {
			return 1
		}
		return s.Weights[i]
	}
	sum, whole, mean, most := 0.0, true, 0.0, 0.0
	for i := range n {
		w := weight(i)
		sum += w
		whole = whole && w == math.Trunc(w)
		most = max(most, w)
		mean += float64(w * r.y[i])
	}
	room := math.Ldexp(1, min(56-int(r.shift), 50))
	if !whole || sum > room {
		r.wScale = powerBelow((room - float64(n)) / sum)
	}
	r.qScale = r.wScale
	r.countable = s.Y.Problem == sadi.Binary && whole && max(most, 1)*float64(n) < 1<<countBits // a bootstrap draws n rows at most
	if r.regress {
		if criterion != Poisson { // whose gain is about sums of the targets themselves
			r.base = mean / sum
		}
		size := 0.0
		for i := range n {
			size += math.Abs(float64(weight(i) * (r.y[i] - r.base)))
		}
		if size > 0 {
			r.qScale = powerBelow((1<<52 - float64(n)) / size)
		}
	}
	for i := range n {
		w := weight(i)
		r.w[i] = int64(math.RoundToEven(w * r.wScale))
		switch {
		case r.regress:
			r.q[i] = int64(math.RoundToEven(float64(w*(r.y[i]-r.base)) * r.qScale))
		case r.classes > 0:
			r.q[i] = int64(r.y[i])
		default:
			r.q[i] = r.w[i] * int64(r.y[i])
		}
	}
	return r
}
