package profile

import (
	"strings"
	"unicode"
)

// words splits a column's name as people read it: lower case, accents removed, cut at everything that is no letter or
// digit, between letters and digits, and where camel case has a hump. "MedHouseVal" → med house val; "Año_2" → ano 2.
func words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r):
			flush()
			continue
		case i == 0:
		case unicode.IsDigit(r) != unicode.IsDigit(runes[i-1]):
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(runes[i-1]):
			flush()
		case unicode.IsUpper(r) && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1]):
			flush() // the hump after an acronym: HTTPServer
		}
		if unicode.Is(unicode.Mn, r) {
			continue // a combining accent
		}
		word = append(word, plain(unicode.ToLower(r)))
	}
	flush()
	return out
}

// joined is the words without anything between them, for names written in one piece.
func joined(words []string) string { return strings.Join(words, "") }

const (
	accented   = "áàâäãåéèêëíìîïóòôöõúùûüñçý"
	unaccented = "aaaaaaeeeeiiiiooooouuuuncy"
)

var plainLetters = func() map[rune]rune {
	m := make(map[rune]rune)
	to := []rune(unaccented)
	for i, r := range []rune(accented) {
		m[r] = to[i]
	}
	return m
}()

// plain is the letter without its accent.
func plain(r rune) rune {
	if p, ok := plainLetters[r]; ok {
		return p
	}
	return r
}
