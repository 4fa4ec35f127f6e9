package csvio

import "bytes"

// monthNames are the first letters by which a month is known, in English and Spanish.
var monthNames = [12][]string{{"jan", "ene"}, {"feb"}, {"mar"}, {"apr", "abr"}, {"may"}, {"jun"}, {"jul"}, {"aug", "ago"}, {"sep", "set"}, {"oct"}, {"nov"}, {"dec", "dic"}}

// fullMonths are the whole names behind them.
var fullMonths = [12][]string{{"january", "enero"}, {"february", "febrero"}, {"march", "marzo"}, {"april", "abril"}, {"may", "mayo"}, {"june", "junio"},
	{"july", "julio"}, {"august", "agosto"}, {"september", "septiembre", "setiembre", "sept"}, {"october", "octubre"}, {"november", "noviembre"}, {"december", "diciembre"}}

const longestNamedDate = 32

// namedDate reads a date whose month is a word: 3-May-2008, 03 may 08, may-08, May 3, 2008, 3 de mayo de 2008. Without a
// day it is the first of the month. No order is left open, so every one admits it.
func namedDate(tok []byte) (m moment) {
	if len(tok) < 5 || len(tok) > longestNamedDate {
		return m
	}
	var numbers, widths []int
	monthAt := -1 // how many numbers stand before the month
	for p := (scanner{text: tok}); !p.done(); {
		switch c := p.peek(); {
		case c >= '0' && c <= '9':
			v, width := p.digits(4)
			if width == 0 || len(numbers) == 2 {
				return moment{}
			}
			numbers, widths = append(numbers, v), append(widths, width)
		case letter(c):
			word := p.letters()
			if w := string(word); (w == "de" || w == "del") && (len(numbers) > 0 || monthAt >= 0) {
				continue
			}
			if m.a = monthOf(word); m.a == 0 || monthAt >= 0 {
				return moment{}
			}
			monthAt = len(numbers)
		case c == ' ', c == '-', c == '/', c == '.', c == ',':
			p.i++
		default:
			return moment{}
		}
	}
	if monthAt < 0 {
		return moment{}
	}
	year := len(numbers) - 1 // its place; 2008-May-03 has it first
	m.b = 1
	switch {
	case year < 0, year == 0 && monthAt > 0: // 3 May has no year
		return moment{}
	case year == 1 && widths[0] == 4 && monthAt == 1:
		year, m.b = 0, numbers[1]
	case year == 1:
		m.b = numbers[0]
	}
	switch widths[year] {
	case 4:
		m.year = numbers[year]
	case 2:
		m.year = century(numbers[year])
	default:
		return moment{}
	}
	if !validDay(m.year, m.a, m.b) {
		return moment{}
	}
	m.named, m.orders = true, anyOrder
	return m
}

// monthOf is 1 to 12, 0 for a word that is no month.
func monthOf(word []byte) int {
	for i := range monthNames {
		for _, name := range monthNames[i] {
			if bytes.EqualFold(word, []byte(name)) {
				return i + 1
			}
		}
		for _, name := range fullMonths[i] {
			if bytes.EqualFold(word, []byte(name)) {
				return i + 1
			}
		}
	}
	return 0
}

// century is the year that two digits mean.
func century(year int) int {
	if year < 69 {
		return 2000 + year
	}
	return 1900 + year
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func (p *scanner) letters() []byte {
	from := p.i
	for letter(p.peek()) {
		p.i++
	}
	return p.text[from:p.i]
}
