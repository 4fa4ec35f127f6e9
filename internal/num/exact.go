package num

import "math"

// Exact adds numbers so that their order does not show: the significands of equal exponents are added as integers, and rounding
// happens once, in Value. (Neal, 2015, "Fast exact summation using small and large superaccumulators", whose large one this is.)
// It takes up to 2^31 numbers. The zero Exact is 0.
type Exact struct {
	low, high [2048]int64 // by biased exponent, in units of the last place: the lower 32 bits of significands, and the rest
	odd       float64     // of what is not finite
}

const significand = 52 // bits of a float64 below the leading one

// Add adds v.
func (s *Exact) Add(v float64) {
	b := math.Float64bits(v)
	e := b >> significand & 2047
	m := b & (1<<significand - 1)
	switch e {
	case 2047:
		s.odd += v
		return
	case 0:
		e = 1 // subnormal: the unit of the smallest normal numbers, and no leading one
	default:
		m |= 1 << significand
	}
	low, high := int64(m&(1<<32-1)), int64(m>>32)
	if b>>63 != 0 {
		low, high = -low, -high
	}
	s.low[e] += low
	s.high[e] += high
}

// Value is the sum, within a few roundings of exact.
func (s *Exact) Value() float64 {
	if s.odd != 0 { // NaN too
		return s.odd
	}
	var total float64
	for e := 1; e < len(s.low)-1; e++ { // the small ones first
		if s.low[e] != 0 || s.high[e] != 0 {
			unit := e - 1075
			total += math.Ldexp(float64(s.high[e]), unit+32)
			total += math.Ldexp(float64(s.low[e]), unit)
		}
	}
	return total
}
