package csvio

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// slack is the number of bytes behind the end of a chunk that may be read (and mean nothing), so that eight bytes can
// be loaded wherever a cell begins: they lie beyond its length and within its capacity.
const slack = 16

// digits8 is the value and the count of the leading digits among the eight bytes of w, first byte lowest: D. Lemire,
// "Quickly parsing eight digits" (2018), for runs of any length up to eight.
func digits8(w uint64) (v uint64, n int) {
	w ^= 0x3030303030303030
	other := (w + 0x7676767676767676 | w) & 0x8080808080808080 // the top bit of each byte that is no digit
	n = bits.TrailingZeros64(other) >> 3
	w <<= 64 - 8*uint(n) // zeros before the digits
	w = (w & 0x0f0f0f0f0f0f0f0f) * 2561 >> 8
	w = (w & 0x00ff00ff00ff00ff) * 6553601 >> 16
	return (w & 0x0000ffff0000ffff) * 42949672960001 >> 32, n
}

// plainNumber reads the number that begins at p: a minus or none, digits, and possibly the decimal mark and digits. It
// stops at next, the first byte that does not belong to it. whole and frac count the digits before and after the mark;
// frac is -1 without a mark. ok is false for everything that needs a closer look: no digits, more than 19 of them.
func plainNumber(b []byte, p int, mark byte) (v float64, next, whole, frac int, ok bool) {
	var sign uint64
	if b[p] == '-' {
		sign = 1
	}
	p += int(sign)
	m, whole := digits8(binary.LittleEndian.Uint64(b[p : p+8]))
	p += whole
	for n := whole; n == 8; {
		var more uint64
		more, n = digits8(binary.LittleEndian.Uint64(b[p : p+8]))
		m = m*smallPow10[n] + more
		p += n
		whole += n
		if whole > 19 {
			return 0, p, whole, 0, false
		}
	}
	frac = -1
	if b[p] == mark {
		p++
		frac = 0
		for n := 8; n == 8; {
			var more uint64
			more, n = digits8(binary.LittleEndian.Uint64(b[p : p+8]))
			m = m*smallPow10[n] + more
			p += n
			frac += n
			if whole+frac > 19 {
				return 0, p, whole, frac, false
			}
		}
	}
	if whole+frac <= 0 {
		return 0, p, whole, frac, false
	}
	v, ok = scale(m, -max(frac, 0))
	return math.Float64frombits(math.Float64bits(v) | sign<<63), p, whole, frac, ok
}

// scale is m·10^e, correctly rounded; ok is false where it has no quick way. Small operands are exact in float64, so
// one operation rounds once (W. Clinger, "How to Read Floating Point Numbers Accurately", 1990); other negative powers
// are divided in 128 bits.
func scale(m uint64, e int) (v float64, ok bool) {
	switch {
	case e <= 0 && e >= -22 && m < 1<<53:
		return float64(m) / floatPow10[-e], true
	case e > 0 && e <= 22 && m < 1<<53:
		return float64(m) * floatPow10[e], true
	case m == 0:
		return 0, true
	case e <= 0 && e > -len(pow5):
		return quotient(m, -e), true
	}
	return 0, false
}

// quotient is m/10^k, correctly rounded, for m > 0 and k < len(pow5). With m and 5^k shifted to 64 bits the integer
// quotient has at least 63 bits, ten more than a float64; whether anything remains goes into its last bit, so that
// rounding it rounds the exact value. The power of two is exact.
func quotient(m uint64, k int) float64 {
	d := pow5[k]
	s, t := bits.LeadingZeros64(m), bits.LeadingZeros64(d)
	x := m << s
	q, rest := bits.Div64(x>>1, x<<63, d<<t)
	if rest != 0 {
		q |= 1
	}
	return float64(q) * math.Float64frombits(uint64(1023+t-s-k-63)<<52)
}

var (
	smallPow10 = [9]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}
	floatPow10 = [23]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
		1e17, 1e18, 1e19, 1e20, 1e21, 1e22}
	pow5 = func() (p [28]uint64) { // 5^27 is the last below 2^63
		p[0] = 1
		for i := 1; i < len(p); i++ {
			p[i] = 5 * p[i-1]
		}
		return p
	}()
)

// parseNumber is the value of a token in a format that admits it; it is ±Inf beyond the range of float64.
func parseNumber(tok []byte, f format) float64 {
	var clean [64]byte // as strconv wants it
	text := clean[:0]
	var m uint64
	digits, frac, point := 0, 0, false
	decimal := marks[f].decimal
	for i, c := range tok {
		switch {
		case c >= '0' && c <= '9':
			m = m*10 + uint64(c-'0')
			if digits > 0 || c != '0' {
				digits++
			}
			if point {
				frac++
			}
			text = append(text, c)
		case c == decimal:
			point = true
			text = append(text, '.')
		case c == 'e' || c == 'E':
			text = append(text, tok[i:]...)
			v, _ := strconv.ParseFloat(string(text), 64) // out of range gives ±Inf
			return v
		case c == '-' && i == 0:
			text = append(text, c)
		}
	}
	if digits <= 19 {
		if v, ok := scale(m, -frac); ok {
			if tok[0] == '-' {
				v = -v
			}
			return v
		}
	}
	v, _ := strconv.ParseFloat(string(text), 64)
	return v
}

// losesDigits reports whether float64 can not hold a whole number with these digits.
func losesDigits(tok []byte) bool {
	var digits [64]byte
	text := digits[:0]
	for _, c := range tok {
		if c >= '0' && c <= '9' && (c != '0' || len(text) > 0) {
			text = append(text, c)
		}
	}
	if len(text) <= 15 {
		return false
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return true
	}
	var back [400]byte
	return !bytes.Equal(strconv.AppendFloat(back[:0], v, 'f', 0, 64), text)
}

// isInfinity reports whether a token is a word for an infinite number.
func isInfinity(tok []byte) bool {
	if len(tok) > 0 && (tok[0] == '-' || tok[0] == '+') {
		tok = tok[1:]
	}
	switch len(tok) {
	case 3:
		return bytes.EqualFold(tok, []byte("inf")) || string(tok) == "∞"
	case 8:
		return bytes.EqualFold(tok, []byte("infinity"))
	}
	return false
}
