package csvio

import "strconv"

// clockUnit is the unit of times of the day and of durations, which are read as hours.
const clockUnit = "hh:mm"

// clockTime reads a time without a date, 13:30, 9:05:30 or 1:30 pm, or a duration such as 105:15, and writes it as
// hours: 13.500000. Six decimals never look like thousands.
func clockTime(tok []byte) (hours []byte, ok bool) {
	p := scanner{text: tok}
	hour, n := p.digits(4)
	if n == 0 || p.byte() != ':' {
		return nil, false
	}
	minute, n := p.digits(2)
	if n != 2 || minute > 59 {
		return nil, false
	}
	second := 0
	if p.peek() == ':' {
		p.i++
		if second, n = p.digits(2); n != 2 || second > 59 {
			return nil, false
		}
	}
	p.blanks()
	if half := p.peek() | 0x20; half == 'a' || half == 'p' {
		p.i++
		if p.byte()|0x20 != 'm' || hour < 1 || hour > 12 {
			return nil, false
		}
		if hour %= 12; half == 'p' {
			hour += 12
		}
	}
	if !p.done() {
		return nil, false
	}
	return strconv.AppendFloat(nil, float64(hour)+float64(60*minute+second)/3600, 'f', 6, 64), true
}
