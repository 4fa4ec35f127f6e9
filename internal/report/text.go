package report

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"sadi/internal/elementary"
)

// Text is a sentence in both languages of a report. It is plain text; the templates escape it.
type Text struct{ EN, ES string }

// same is a text that both languages share: a name, a number.
func same(s string) Text { return Text{s, s} }

// Empty reports whether there is nothing to say.
func (t Text) Empty() bool { return t.EN == "" }

// bilingual marks both languages up, so that the page shows one of them. element is span, or tspan inside a drawing.
func bilingual(element string, t Text) template.HTML {
	if t.EN == t.ES {
		return template.HTML(template.HTMLEscapeString(t.EN))
	}
	mark := func(lang, s string) string {
		return "<" + element + ` lang="` + lang + `">` + template.HTMLEscapeString(s) + "</" + element + ">"
	}
	return template.HTML(mark("en", t.EN) + mark("es", t.ES))
}

var functions = template.FuncMap{
	"t":    func(en, es string) template.HTML { return bilingual("span", Text{en, es}) },
	"tt":   func(t Text) template.HTML { return bilingual("span", t) },
	"draw": func(t Text) template.HTML { return bilingual("tspan", t) },
	"px":   px,
}

// px is a coordinate of a drawing: a tenth of a unit is finer than an eye sees, and short.
func px(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

// number is a figure for people: four significant digits, thousands apart, no exponent where it can be helped.
func number(f float64) string {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return "–"
	case f == 0:
		return "0"
	case abs >= 1e15 || abs < 1e-4:
		return strconv.FormatFloat(f, 'e', 2, 64)
	case f == math.Trunc(f) || abs >= 1000:
		return whole(int64(math.Round(f)))
	case abs >= 1:
		return minus(strconv.FormatFloat(f, 'f', 3-int(math.Floor(elementary.Log10(abs))), 64))
	}
	return minus(strconv.FormatFloat(f, 'f', 4, 64))
}

// minus gives a negative number its sign, which is longer than a hyphen.
func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

// between is an interval; its parts stay on one line.
func between(lo, hi float64) string { return number(lo) + "\u00a0–\u2060\u00a0" + number(hi) }

// whole writes an integer with thin spaces between thousands, which no language reads as a decimal sign.
func whole[N ~int | ~int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && len(digits) > 4 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

func percent(share float64) string {
	switch p := 100 * share; {
	case p != 0 && p < 0.1:
		return "< 0.1 %"
	case p < 10 && p != math.Trunc(p):
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	default:
		return strconv.FormatFloat(p, 'f', 0, 64) + " %"
	}
}

// size is a number of bytes for people.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, u := float64(n), 0
	for f >= 1000 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	if u == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + units[u]
}

// duration is a number of seconds for people.
func duration(seconds float64) string {
	if seconds < 60 {
		return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
	}
	s := int(math.Round(seconds))
	if s < 3600 {
		return strconv.Itoa(s/60) + " min " + strconv.Itoa(s%60) + " s"
	}
	return strconv.Itoa(s/3600) + " h " + strconv.Itoa(s%3600/60) + " min"
}

// shorten cuts a text after n characters.
func shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
