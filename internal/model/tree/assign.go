package tree

import "math"

// assigner finds the bin of a value: the count of lower ends at or below it. A table over equal ranges, of the values or
// of their keys, whichever parts the ends better, says how many ends lie below a range; the few ends within it are
// compared one by one. Where too many share a range, a binary search does it.
type assigner struct {
	ends  [256]uint32 // keys of the lower ends of bins 2, 3, …, padded above
	below [ranges]uint8
	steps int // most ends in a range; 0 = too many

	byValue     bool
	base, scale float32 // by value: range int((x - base) · scale)
	least, span uint32  // by key: range (key - least) >> shift, where key - least ≤ span
	shift       uint
}

const ranges = 1 << 13

// prepare takes the lower ends of the bins.
func (a *assigner) prepare(lo []float32) {
	for i := range a.ends {
		a.ends[i] = math.MaxUint32
	}
	a.least, a.span, a.shift, a.byValue = 0, 0, 0, false
	if len(lo) < 2 {
		a.steps = 1
		return
	}
	ends := lo[1:]
	for i, f := range ends {
		a.ends[i] = keyOf(f)
	}
	a.least = a.ends[0]
	a.span = a.ends[len(ends)-1] - a.least
	for a.span>>a.shift >= ranges {
		a.shift++
	}
	byKey := a.crowd(ends)
	a.base, a.scale = ends[0], (ranges-1)/(ends[len(ends)-1]-ends[0])
	if a.scale > 0 && a.scale < math.MaxFloat32 {
		a.byValue = true
		if a.crowd(ends) >= byKey {
			a.byValue = false
		}
	}
	a.steps = a.crowd(ends)
	clear(a.below[:])
	for _, f := range ends {
		if r := a.rangeOf(f, keyOf(f)) + 1; r < ranges {
			a.below[r]++
		}
	}
	for r := 1; r < ranges; r++ {
		a.below[r] += a.below[r-1]
	}
	if a.steps > 4 {
		a.steps = 0
	}
}

// crowd is the largest number of ends in a range.
func (a *assigner) crowd(ends []float32) int {
	most, count, last := 0, 0, -1
	for _, f := range ends {
		r := int(a.rangeOf(f, keyOf(f)))
		if r != last {
			count, last = 0, r
		}
		count++
		most = max(most, count)
	}
	return most
}

// rangeOf is the range of a value with its key. It does not fall when the value rises, and that is all that counts.
func (a *assigner) rangeOf(f float32, key uint32) uint32 {
	if a.byValue {
		t := (f - a.base) * a.scale
		if !(t > 0) {
			t = 0
		}
		if t > ranges-1 {
			t = ranges - 1
		}
		return uint32(int32(t))
	}
	return min(max(key, a.least)-a.least, a.span) >> a.shift
}

// assign writes each value's bin, extends the bins' ends, which may come from a sample, to the values, and reports whether
// one is missing.
func (a *assigner) assign(c *Column, x []float32) (missing bool) {
	var lo, hi [256]uint32 // keys; of bin 0 nothing is wanted
	for b := range c.Lo {
		lo[b+1], hi[b+1] = keyOf(c.Lo[b]), keyOf(c.Hi[b])
	}
	dst, any := c.Bin[:len(x)], uint8(0)
	for i, f := range x {
		// All ones for NaN, without a branch: where many values are missing, none predicts well.
		m := uint8(int64(0xFF000000-int64(math.Float32bits(f)<<1)) >> 63)
		any |= m
		k := keyOf(f + 0) // −0 becomes 0
		p := uint32(0)
		if a.steps > 0 {
			p = uint32(a.below[a.rangeOf(f, k)&(ranges-1)])
			p += a.atOrBelow(p, k)
			for step := 1; step < a.steps; step++ {
				p += a.atOrBelow(p, k)
			}
		} else {
			for step := uint32(128); step > 0; step >>= 1 {
				p += step * a.atOrBelow(p+step-1, k)
			}
		}
		b := uint8(p+1) &^ m
		dst[i] = b
		if k < lo[b] {
			lo[b] = k
		}
		if k > hi[b] {
			hi[b] = k
		}
	}
	for b := range c.Lo {
		c.Lo[b], c.Hi[b] = floatOf(lo[b+1]), floatOf(hi[b+1])
	}
	return any != 0
}

// atOrBelow is 1 if the end is at or below the key, else 0.
func (a *assigner) atOrBelow(end, key uint32) uint32 {
	return uint32(uint64(int64(a.ends[end&255])-int64(key)-1) >> 63)
}
