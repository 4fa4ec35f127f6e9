package tree

import (
	"math/bits"

	"sadi/internal/elementary"
)

// gain is the decrease of impurity × weight when the samples summed up in left go left; !ok when a side is too small.
func (c *cart) gain(n int32, left tally) (gain float64, ok bool) {
	total := c.total[n]
	right := total.sub(left)
	if min(c.rows(left), c.rows(right)) < max(c.MinSamplesLeaf, 1) {
		return 0, false
	}
	wl, wr, w := c.weight(left), c.weight(right), c.weight(total)
	if min(wl, wr) < c.leastLeaf {
		return 0, false
	}
	switch {
	case c.classes > 0:
		lanes := c.lanes[int(n)*c.classes:][:c.classes]
		for i, t := range lanes {
			c.scratch.right[i] = t - c.scratch.left[i]
		}
		gain = c.purity(c.scratch.left, wl) + c.purity(c.scratch.right, wr) - c.purity(lanes, w)
		return max(gain, 0) / c.wScale, true
	case c.Criterion == Entropy:
		q, ql := float64(total.q), float64(left.q)
		gain = negativeEntropy(ql, wl) + negativeEntropy(q-ql, wr) - negativeEntropy(q, w)
		return max(gain, 0) / c.wScale, true
	case c.medians != nil:
		return c.medians.gain(), true
	case c.Criterion == Poisson:
		if left.q <= 0 || right.q <= 0 {
			return 0, false // a leaf of mean 0 would make any count impossible
		}
		gain = c.logLikelihood(left.q, wl) + c.logLikelihood(right.q, wr) - c.logLikelihood(total.q, w)
		return max(gain, 0), true
	}
	// w_l·w_r/w · (mean_l − mean_r)². The difference is exact, so that large means do not hide it and a split has the
	// same gain as its mirror image.
	d := cross(left.q, total.w>>c.shift, total.q, left.w>>c.shift)
	gain = d * d / (wl * wr * w)
	if c.regress {
		return gain * c.wScale / c.qScale / c.qScale, true
	}
	return 2 * gain / c.wScale, true
}

// cross is a·v − b·u, for u and v that are not negative, rounded once or twice.
func cross(a, v, b, u int64) float64 {
	if uint64(max(a, -a)|max(b, -b)|v|u) < 1<<31 {
		return float64(a*v - b*u)
	}
	hi, lo := product(a, v)
	hi2, lo2 := product(b, u)
	lo, borrow := bits.Sub64(lo, lo2, 0)
	hi, _ = bits.Sub64(hi, hi2, borrow)
	sign := 1.0
	if int64(hi) < 0 {
		sign = -1
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	return sign * (float64(float64(hi)*0x1p64) + float64(lo))
}

// product is a·v in two's complement of 128 bits; v is not negative.
func product(a, v int64) (hi, lo uint64) {
	hi, lo = bits.Mul64(uint64(a), uint64(v))
	if a < 0 {
		hi -= uint64(v)
	}
	return hi, lo
}

// purity is the weight times (1 − impurity), up to a constant, of more than two classes.
func (c *cart) purity(lanes []int64, w float64) float64 {
	sum := 0.0
	if c.Criterion == Entropy {
		for _, l := range lanes {
			sum += xlog2(float64(l))
		}
		return sum - xlog2(w)
	}
	for _, l := range lanes {
		sum += float64(float64(l) * float64(l))
	}
	return sum / w
}

// negativeEntropy is −w·H(q/w) in bits.
func negativeEntropy(q, w float64) float64 { return xlog2(q) + xlog2(w-q) - xlog2(w) }

// logLikelihood is Σ w·(y·log m − m) at the mean m of some Poisson counts, up to what every split leaves the same.
func (c *cart) logLikelihood(q int64, w float64) float64 {
	sum := float64(q) / c.qScale
	return float64(sum * elementary.Log(sum/(w/c.wScale)))
}

func xlog2(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return float64(x * elementary.Log2(x))
}
