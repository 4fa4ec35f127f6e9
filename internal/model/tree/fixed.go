package tree

import (
	"context"
	"math"
	"math/bits"

	"sadi"
	"sadi/internal/par"
)

// rowBlock is the number of rows in a piece of work. Sums of floats are made block by block and added in block order,
// so that they do not depend on the threads.
const rowBlock = 16384

// fixed is the fixed-point form of gradient pairs: one int64 holds round(g·gScale)<<shift + round(h·hScale). Adding two
// of them adds both parts, one subtraction takes a child's histogram off its parent's, and no order of additions
// changes a sum. Both scales are powers of two, chosen so that the sum over all rows of |g| and of h fits: no subset
// can overflow (Shi et al., "Quantized Training of Gradient Boosting Decision Trees", 2022, with more bits).
//
// When every h is a whole number, as with squared error and unit weights, h takes as few bits as the count of rows
// needs and g gets the rest: 43 bits at a million rows.
type fixed struct {
	gScale, hScale float64
	shift          uint
}

// pairs are the gradients and hessians of one output of a loss: row i has g[i·stride+at] and h[i·stride+at]·factor.
type pairs struct {
	g, h       []float32 // n × stride
	at, stride int
	factor     float64
}

// newFixed scales pairs; hessians are not negative. It fails when a sum is not finite.
func newFixed(ctx context.Context, pool *par.Pool, p pairs) (fixed, error) {
	n := len(p.g) / p.stride
	type sums struct {
		g, h  float64
		whole bool
	}
	blocks := make([]sums, (n+rowBlock-1)/rowBlock)
	err := pool.For(ctx, len(blocks), func(k int) {
		s := &blocks[k]
		s.g, s.h, s.whole = p.sums(k*rowBlock, min((k+1)*rowBlock, n))
	})
	if err != nil {
		return fixed{}, err
	}
	total := sums{whole: true}
	for _, s := range blocks {
		total.g += s.g
		total.h += s.h
		total.whole = total.whole && s.whole
	}
	if math.IsNaN(total.g+total.h) || math.IsInf(total.g+total.h, 0) {
		return fixed{}, sadi.Errorf(sadi.NoModel, "the gradients grew beyond all bounds").Advise("lower the learning rate")
	}
	f := fixed{gScale: 1, hScale: 1, shift: 32}
	if total.whole && total.h < 1<<31 {
		f.shift = uint(bits.Len64(uint64(total.h))) + 1
	} else {
		f.hScale = powerBelow((1<<32 - 1 - float64(n)) / total.h)
	}
	if total.g > 0 {
		room := min(math.Ldexp(1, 63-int(f.shift))-float64(n)-1, 1<<50) // above 2^51 the rounding in pack fails
		f.gScale = powerBelow(room / total.g)
	}
	return f, nil
}

// sums adds up |g| and h over the rows lo to hi, and tells whether every h is a whole number. Even and odd rows have sums
// of their own, so that an addition need not wait for the one before.
func (p *pairs) sums(lo, hi int) (g, h float64, whole bool) {
	var g2, h2 float64
	at, end := lo*p.stride+p.at, hi*p.stride
	whole = true
	for i := at; i < end && whole; i += p.stride {
		x := float64(float64(p.h[i]) * p.factor)
		whole = x == math.Trunc(x)
	}
	i := at
	for ; i+p.stride < end; i += 2 * p.stride {
		g += math.Abs(float64(p.g[i]))
		h += float64(float64(p.h[i]) * p.factor)
		g2 += math.Abs(float64(p.g[i+p.stride]))
		h2 += float64(float64(p.h[i+p.stride]) * p.factor)
	}
	if i < end {
		g += math.Abs(float64(p.g[i]))
		h += float64(float64(p.h[i]) * p.factor)
	}
	return g + g2, h + h2, whole
}

// powerBelow is the largest power of two ≤ x, within the range in which scaling keeps a float64 normal.
func powerBelow(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, min(max(e-1, -900), 900))
}

// pack writes the pairs of all rows, each as one number.
func (f fixed) pack(ctx context.Context, pool *par.Pool, dst []int64, p pairs) error {
	// Adding 1.5·2^52 leaves a float64's integer part, rounded to even, in its low bits.
	const magic, magicBits = 3 << 51, 0x4338000000000000
	hScale := f.hScale * p.factor
	return pool.For(ctx, (len(dst)+rowBlock-1)/rowBlock, func(k int) {
		lo, hi := k*rowBlock, min((k+1)*rowBlock, len(dst))
		i := lo*p.stride + p.at
		for r := range dst[lo:hi] {
			g := int64(math.Float64bits(float64(float64(p.g[i])*f.gScale)+magic)) - magicBits
			h := int64(math.Float64bits(float64(float64(p.h[i])*hScale)+magic)) - magicBits
			dst[lo+r] = g<<f.shift + h
			i += p.stride
		}
	})
}

// split takes a sum apart, in scaled units.
func (f fixed) split(s int64) (g, h int64) { return s >> f.shift, s & (1<<f.shift - 1) }

// real takes a sum apart, in the units of the loss.
func (f fixed) real(s int64) (g, h float64) {
	gi, hi := f.split(s)
	return float64(gi) / f.gScale, float64(hi) / f.hScale
}
