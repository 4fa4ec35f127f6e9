package csvio

import "math/bits"

// format is how numbers are written: the decimal mark and the mark between thousands.
type format uint8

const (
	point      format = iota // 1234.5
	comma                    // 1234,5
	pointComma               // 1,234.5
	commaPoint               // 1.234,5
	pointSpace               // 1 234.5
	commaSpace               // 1 234,5
	pointTick                // 1'234.5
	commaTick                // 1'234,5
)

var marks = [8]struct {
	decimal, group byte // group 0 = none; ' ' stands for the no-break spaces too
	text           string
}{
	{'.', 0, "1234.5"}, {',', 0, "1234,5"}, {'.', ',', "1,234.5"}, {',', '.', "1.234,5"},
	{'.', ' ', "1 234.5"}, {',', ' ', "1 234,5"}, {'.', '\'', "1'234.5"}, {',', '\'', "1'234,5"},
}

// formatSet is a set of formats, a bit for each.
type formatSet uint8

const (
	noFormat    formatSet = 0
	anyFormat   formatSet = 0xff
	withPoint             = formatSet(1<<point | 1<<pointComma | 1<<pointSpace | 1<<pointTick)
	withComma             = formatSet(1<<comma | 1<<commaPoint | 1<<commaSpace | 1<<commaTick)
	bothSpaces            = formatSet(1<<pointSpace | 1<<commaSpace)
	bothTicks             = formatSet(1<<pointTick | 1<<commaTick)
	groupsComma           = formatSet(1 << pointComma)
	groupsPoint           = formatSet(1 << commaPoint)
)

func (s formatSet) has(f format) bool { return s>>f&1 != 0 }

// The orders in which formats are tried, by the decimal mark of the file.
var (
	pointFirst = [8]format{point, pointComma, pointSpace, pointTick, comma, commaPoint, commaSpace, commaTick}
	commaFirst = [8]format{comma, commaPoint, commaSpace, commaTick, point, pointComma, pointSpace, pointTick}
)

// first is the first format of the set in the given order; the set must not be empty.
func (s formatSet) first(order *[8]format) format {
	for _, f := range order {
		if s.has(f) {
			return f
		}
	}
	return format(bits.TrailingZeros8(uint8(s)))
}

// ungrouped is the format with the same decimal mark and no mark between thousands.
func (f format) ungrouped() format { return f & 1 }

// sameValues reports whether what was read as f has the same value when read as to: without grouping, the decimal mark
// alone decides.
func (f format) sameValues(to format) bool {
	return f == to || f == to.ungrouped()
}

// formatFor finds the format whose example is text.
func formatFor(text string) (format, bool) {
	for f, m := range marks {
		if m.text == text {
			return format(f), true
		}
	}
	return 0, false
}

// looksGrouped reports whether a number with one mark may be thousands: one to three digits before it, the first not 0,
// and three after it.
func looksGrouped(whole, frac int, first byte) bool {
	return frac == 3 && whole >= 1 && whole <= 3 && first != '0'
}

// formatsOf is the set of formats that admit a token, which is empty if it is no number. A whole number that float64
// can not hold is none: it is a name made of digits.
func formatsOf(tok []byte) formatSet {
	i := 0
	if len(tok) > 0 && (tok[0] == '-' || tok[0] == '+') {
		i = 1
	}
	start := i
	var (
		run, total int  // digits since the last mark, and in all
		marksSeen  int  // marks so far
		last       byte // the last of them
		group      byte // those before it, all the same
		groups     bool // the marks before the last can part thousands
	)
	for i < len(tok) {
		c := tok[i]
		if c >= '0' && c <= '9' {
			run++
			total++
			i++
			continue
		}
		mark, width := markAt(tok, i)
		if mark == 0 {
			break
		}
		if marksSeen == 0 {
			groups = run >= 1 && run <= 3 && tok[start] != '0'
		} else {
			groups = groups && run == 3 && (group == 0 || group == last)
			group = last
		}
		marksSeen++
		last, run = mark, 0
		i += width
	}
	if total == 0 {
		return noFormat
	}
	exponent := false
	if i < len(tok) {
		if exponent = isExponent(tok[i:]); !exponent {
			return noFormat
		}
	}
	switch {
	case marksSeen == 0:
		if !exponent && total > 15 && losesDigits(tok) {
			return noFormat
		}
		return anyFormat
	case marksSeen == 1:
		return decimalSet(last) | thousandSet(last, groups && run == 3 && !exponent, tok)
	case exponent || !groups:
		return noFormat
	case group == last:
		return thousandSet(last, run == 3, tok)
	}
	return decimalSet(last) & groupSet(group)
}

// markAt is the mark at tok[i] and its width in bytes; 0 if there is none. The no-break spaces count as ' '.
func markAt(tok []byte, i int) (mark byte, width int) {
	switch c := tok[i]; c {
	case '.', ',', '\'', ' ':
		return c, 1
	case 0xc2: // U+00A0
		if i+1 < len(tok) && tok[i+1] == 0xa0 {
			return ' ', 2
		}
	case 0xe2: // U+202F, U+2009
		if i+2 < len(tok) && tok[i+1] == 0x80 && (tok[i+2] == 0xaf || tok[i+2] == 0x89) {
			return ' ', 3
		}
	}
	return 0, 0
}

func decimalSet(mark byte) formatSet {
	switch mark {
	case '.':
		return withPoint
	case ',':
		return withComma
	}
	return noFormat
}

func groupSet(mark byte) formatSet {
	switch mark {
	case '.':
		return groupsPoint
	case ',':
		return groupsComma
	case ' ':
		return bothSpaces
	}
	return bothTicks
}

func thousandSet(mark byte, grouped bool, tok []byte) formatSet {
	if !grouped || losesDigits(tok) {
		return noFormat
	}
	return groupSet(mark)
}

// isExponent reports whether s is e, a sign or none, and digits.
func isExponent(s []byte) bool {
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}
