package csvio

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// currencies are the signs and codes that may stand before or behind an amount, longer ones first.
var currencies = [...]string{"US$", "EUR", "USD", "GBP", "MXN", "ARS", "CLP", "COP", "PEN", "BRL", "CHF", "R$", "S/", "€", "$", "£", "¥", "₹"}

const (
	longestDressed = 48 // bytes of a number with all it may be dressed in
	longestUnit    = 8  // letters
)

// dressable are the bytes that such a number can begin with.
var dressable = func() (first [256]bool) {
	for _, c := range "0123456789.,'(-+" {
		first[c] = true
	}
	first["\u2212"[0]] = true
	for _, c := range currencies {
		first[c[0]], first[lower(nil, []byte(c[:1]))[0]] = true, true
	}
	return first
}()

// bare takes off what a number is dressed in: a currency before or behind it, a unit or a percent sign behind it
// (1.234,50 €, $5, 12 %, 19.7 kg), and the ways in which accounts write a negative one ((5) and 5-).
// A time of the day becomes hours. ok is false for
// what is no such number, and for a number that wears nothing.
func bare(tok []byte) (number []byte, unit string, ok bool) {
	if len(tok) < 2 || len(tok) > longestDressed || !dressable[tok[0]] || !bytes.ContainsAny(tok, "0123456789") {
		return nil, "", false
	}
	if hours, ok := clockTime(tok); ok {
		return hours, clockUnit, true
	}
	negative, signed := false, false
	if tok[0] == '(' && tok[len(tok)-1] == ')' {
		negative, signed = true, true
		tok = trimBlanks(tok[1 : len(tok)-1])
	}
	tok, minus, sign := takeSign(tok)
	tok, unit = takeCurrency(tok)
	if !sign {
		tok, minus, sign = takeSign(tok)
	}
	if signed && sign {
		return nil, "", false
	}
	n := numberEnd(tok)
	number, rest := tok[:n], trimBlanks(tok[n:])
	if len(rest) > 0 && rest[0] == '-' && !signed && !sign {
		minus, sign = true, true
		rest = trimBlanks(rest[1:])
	}
	if len(rest) > 0 {
		if unit != "" || !isUnit(rest) {
			return nil, "", false
		}
		unit = string(rest)
	}
	if n == 0 || formatsOf(number) == noFormat {
		return nil, "", false
	}
	if negative || minus {
		number = append([]byte{'-'}, number...)
	}
	return number, unit, true
}

// takeSign takes a sign off the front; the true minus sign U+2212 is one too.
func takeSign(tok []byte) (rest []byte, minus, found bool) {
	if startsWithDigit(tok) {
		return tok, false, false
	}
	for _, s := range []string{"-", "\u2212", "+"} {
		if after, ok := bytes.CutPrefix(tok, []byte(s)); ok {
			return trimBlanks(after), s != "+", true
		}
	}
	return tok, false, false
}

func startsWithDigit(tok []byte) bool { return len(tok) > 0 && tok[0] >= '0' && tok[0] <= '9' }

func takeCurrency(tok []byte) (rest []byte, currency string) {
	if startsWithDigit(tok) {
		return tok, ""
	}
	for _, c := range currencies {
		if len(tok) > len(c) && bytes.EqualFold(tok[:len(c)], []byte(c)) {
			return trimBlanks(tok[len(c):]), c
		}
	}
	return tok, ""
}

// numberEnd is the length of the digits and marks at the front, without marks behind the last digit.
func numberEnd(tok []byte) (end int) {
	for i := 0; i < len(tok); {
		if tok[i] >= '0' && tok[i] <= '9' {
			i++
			end = i
			continue
		}
		_, width := markAt(tok, i)
		if width == 0 {
			break
		}
		i += width
	}
	return end
}

// isUnit reports whether a text is a currency, %, ‰, or short and of letters: kg, m², km/h, °C.
func isUnit(text []byte) bool {
	if s := string(text); s == "%" || s == "‰" {
		return true
	}
	for _, c := range currencies {
		if bytes.EqualFold(text, []byte(c)) {
			return true
		}
	}
	if utf8.RuneCount(text) > longestUnit {
		return false
	}
	for i, r := range string(text) {
		letter := unicode.IsLetter(r) || r == '°' || r == '²' || r == '³'
		if !letter && (i == 0 || r != '/' && r != '.') {
			return false
		}
	}
	return true
}

// trimBlanks removes blanks, tabs and no-break spaces from both ends.
func trimBlanks(b []byte) []byte { return bytes.TrimFunc(b, unicode.IsSpace) }
