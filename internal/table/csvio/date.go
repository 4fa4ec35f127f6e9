package csvio

// order is the order of year, month and day in a date.
type order uint8

const (
	yearFirst order = iota
	dayFirst
	monthFirst
)

var orderTexts = [3]string{"yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy"}

// orderSet is a set of orders, a bit for each.
type orderSet uint8

const (
	noOrder  orderSet = 0
	anyOrder orderSet = 1<<yearFirst | 1<<dayFirst | 1<<monthFirst
)

func (s orderSet) has(o order) bool { return s>>o&1 != 0 }

// orderFor finds the order whose example is text.
func orderFor(text string) (order, bool) {
	for o, t := range orderTexts {
		if t == text {
			return order(o), true
		}
	}
	return 0, false
}

// moment is a parsed date: the year, the other two numbers as they come, and seconds since midnight UTC.
type moment struct {
	year, a, b int
	named      bool // a is the month, whatever the order: it was written as a word
	clock      float64
	orders     orderSet // those in which it is a day of the calendar
}

// seconds is the moment in seconds since 1970-01-01 UTC, read in an order that admits it.
func (m moment) seconds(o order) float64 {
	month, day := m.a, m.b
	if o == dayFirst && !m.named {
		month, day = m.b, m.a
	}
	return float64(daysSince1970(m.year, month, day)*86400) + m.clock
}

// parseDate reads
//
//	yyyy-mm-dd  yyyy-mm  dd/mm/yyyy  mm/dd/yyyy     with -, / or . throughout; days and months of one digit too
//	dd/mm/yy    mm/dd/yy                            the years 1969 to 2068, as in POSIX; with . of two digits each
//	dd-mon-yy   mon-yyyy   d de mon de yyyy   …     see namedDate
//
// possibly followed by T or blanks and h:mm, h:mm:ss or h:mm:ss.fff, by AM or PM, by Z, UTC or an offset like +02:00.
// Without an offset the time counts as UTC. Years have four digits, 0001 to 9999, or two. orders is empty if it is no date.
func parseDate(tok []byte) (m moment) {
	p := scanner{text: tok}
	candidates := []order{dayFirst, monthFirst}
	first, width := p.digits(4)
	sep := p.byte()
	if sep != '-' && sep != '/' && sep != '.' || letter(p.peek()) {
		return namedDate(tok)
	}
	switch width {
	case 4:
		m.year = first
		candidates = []order{yearFirst}
		if m.a, width = p.digits(2); width == 2 && p.done() && sep != '.' {
			m.b = 1
			break
		}
		if width == 0 || p.byte() != sep {
			return moment{}
		}
		if m.b, width = p.digits(2); width == 0 {
			return moment{}
		}
	case 1, 2:
		m.a = first
		if m.b, width = p.digits(2); width == 0 || p.byte() != sep {
			return moment{}
		}
		first, second := len(tok[:p.i-1]), width
		if m.year, width = p.digits(4); width != 4 && !(width == 2 && (sep == '/' || sep == '.' && first == 5 && second == 2)) {
			return moment{}
		}
		if width == 2 {
			m.year = century(m.year)
		}
	default:
		return m
	}
	if !p.done() {
		var ok bool
		if m.clock, ok = p.clock(); !ok {
			return moment{}
		}
	}
	for _, o := range candidates {
		month, day := m.a, m.b
		if o == dayFirst {
			month, day = m.b, m.a
		}
		if validDay(m.year, month, day) {
			m.orders |= 1 << o
		}
	}
	return m
}

// scanner walks over a token.
type scanner struct {
	text []byte
	i    int
}

func (p *scanner) done() bool { return p.i == len(p.text) }

// peek is the next byte, 0 at the end.
func (p *scanner) peek() byte {
	if p.done() {
		return 0
	}
	return p.text[p.i]
}

func (p *scanner) byte() byte {
	c := p.peek()
	if c != 0 {
		p.i++
	}
	return c
}

// digits reads up to limit digits and returns their value and count; one more digit makes the count 0.
func (p *scanner) digits(limit int) (v, n int) {
	for ; !p.done() && p.text[p.i] >= '0' && p.text[p.i] <= '9'; p.i++ {
		if n++; n > limit {
			return 0, 0
		}
		v = 10*v + int(p.text[p.i]-'0')
	}
	return v, n
}

func (p *scanner) blanks() (n int) {
	for ; p.peek() == ' '; p.i++ {
		n++
	}
	return n
}

// clock reads the time of the day up to the end of the token; the offset from UTC is taken off.
func (p *scanner) clock() (seconds float64, ok bool) {
	if c := p.peek(); c == 'T' || c == 't' {
		p.i++
	} else if p.blanks() == 0 {
		return 0, false
	}
	hour, n := p.digits(2)
	if n == 0 || hour > 23 || p.byte() != ':' {
		return 0, false
	}
	minute, n := p.digits(2)
	if n != 2 || minute > 59 {
		return 0, false
	}
	var second int
	var fraction float64
	if p.peek() == ':' {
		p.i++
		if second, n = p.digits(2); n != 2 || second > 59 && (second > 60 || minute != 59) { // 60: a leap second
			return 0, false
		}
		if c := p.peek(); c == '.' || c == ',' {
			p.i++
			if fraction, ok = p.fraction(); !ok {
				return 0, false
			}
		}
	}
	p.blanks()
	switch p.peek() | 0x20 {
	case 'a', 'p':
		half := p.byte() | 0x20
		if p.byte()|0x20 != 'm' || hour < 1 || hour > 12 {
			return 0, false
		}
		hour %= 12
		if half == 'p' {
			hour += 12
		}
		p.blanks()
	}
	offset, ok := p.offset()
	return float64(3600*hour+60*minute+second-offset) + fraction, ok && p.done()
}

func (p *scanner) fraction() (v float64, ok bool) {
	var m uint64
	n := 0
	for ; !p.done() && p.text[p.i] >= '0' && p.text[p.i] <= '9'; p.i++ {
		if n < 18 { // beyond the attosecond nothing is left in a float64
			m = 10*m + uint64(p.text[p.i]-'0')
			n++
		}
	}
	v, _ = scale(m, -n)
	return v, n > 0
}

// offset reads Z, UTC, GMT, ±hh, ±hhmm or ±hh:mm, or nothing, in seconds east of Greenwich.
func (p *scanner) offset() (seconds int, ok bool) {
	rest := p.text[p.i:]
	switch string(rest) {
	case "":
		return 0, true
	case "Z", "z", "UTC", "GMT":
		p.i = len(p.text)
		return 0, true
	}
	sign := p.byte()
	if sign != '+' && sign != '-' {
		return 0, false
	}
	v, n := p.digits(4)
	hour, minute := v, 0
	switch {
	case n == 4:
		hour, minute = v/100, v%100
	case n == 2 && p.peek() == ':':
		p.i++
		if minute, n = p.digits(2); n != 2 {
			return 0, false
		}
	case n != 2:
		return 0, false
	}
	if hour > 18 || minute > 59 {
		return 0, false
	}
	seconds = 3600*hour + 60*minute
	if sign == '-' {
		seconds = -seconds
	}
	return seconds, true
}

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func validDay(year, month, day int) bool {
	if year < 1 || month < 1 || month > 12 || day < 1 || day > monthDays[month] {
		return false
	}
	return month != 2 || day < 29 || year%4 == 0 && (year%100 != 0 || year%400 == 0)
}

// daysSince1970 is the day's number in the Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date
// Algorithms", days_from_civil), for years from 1.
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	yearOfEra := year % 400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	dayOfEra := 365*yearOfEra + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return 146097*era + dayOfEra - 719468
}
