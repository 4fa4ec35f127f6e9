package dateparts

import "math"

const secondsOfDay = 86400

// maxSeconds bounds times to about ±3 million years, where the arithmetic is exact; beyond it all are one.
const maxSeconds = 1e14

// moment is a point in time in the proleptic Gregorian calendar, UTC.
type moment struct {
	seconds      float64
	year         int
	month, day   int // 1..12, 1..31
	weekday      int // 0 = Monday
	yearday      int // 1..366
	hour, minute int
}

// at takes seconds since 1970-01-01 apart; v is not NaN. The calendar is computed from days in eras of 400 years, as in
// Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
func at(v float64) moment {
	v = min(max(v, -maxSeconds), maxSeconds)
	days := int(math.Floor(v / secondsOfDay))
	second := int(math.Floor(v)) - days*secondsOfDay
	m := moment{seconds: v, hour: second / 3600, minute: second / 60 % 60, weekday: mod(days+3, 7)}

	z := days + 719468 // days since 0000-03-01
	era := (z - mod(z, 146097)) / 146097
	doe := z - era*146097                                  // day of the era
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365 // year of the era
	doy := doe - (365*yoe + yoe/4 - yoe/100)               // day of the year that begins in March
	mp := (5*doy + 2) / 153                                // month, March = 0
	m.day = doy - (153*mp+2)/5 + 1
	m.month = mp + 3
	m.year = yoe + era*400
	if m.month > 12 {
		m.month -= 12
		m.year++
	}
	m.yearday = yearday(m.year, m.month, m.day)
	return m
}

var before = [13]int{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}

func yearday(year, month, day int) int {
	n := before[month] + day
	if leap := mod(year, 4) == 0 && (mod(year, 100) != 0 || mod(year, 400) == 0); leap && month > 2 {
		n++
	}
	return n
}

// mod is the remainder that is never negative.
func mod(a, b int) int { return (a%b + b) % b }
