package profile

import (
	"io"
	"strings"
	"unicode/utf8"
)

// page writes lines to a width and remembers the first error.
type page struct {
	w     io.Writer
	width int
	color bool
	err   error
}

// style is an ANSI code.
type style string

const (
	plainStyle style = ""
	bold       style = "1"
	dim        style = "2"
	red        style = "31"
	yellow     style = "33"
	cyan       style = "36"
)

// paint wraps text in a style when the page has colours.
func (p *page) paint(s style, text string) string {
	if !p.color || s == plainStyle {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// line writes one line without blanks at its end.
func (p *page) line(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, strings.TrimRight(text, " ")+"\n")
	}
}

func (p *page) heading(text string) {
	p.line("")
	p.line(p.paint(bold, text))
}

// wrapped writes text broken between words; first stands before the first line, and the others begin below its end.
func (p *page) wrapped(first string, s style, text string) { p.marked(first, plainStyle, s, text) }

// marked is wrapped with a style for what stands first.
func (p *page) marked(first string, mark, s style, text string) {
	indent := strings.Repeat(" ", columns(first))
	room := max(p.width-len(indent), 20)
	first = p.paint(mark, first)
	var row strings.Builder
	used := 0
	for _, word := range strings.Fields(text) {
		w := columns(word)
		if used > 0 && used+1+w > room {
			p.line(first + p.paint(s, row.String()))
			first = indent
			row.Reset()
			used = 0
		}
		if used > 0 {
			row.WriteByte(' ')
			used++
		}
		row.WriteString(word)
		used += w
	}
	p.line(first + p.paint(s, row.String()))
}

// Wrap breaks text between words to a width, in lines that end with a line feed; first stands before the first one, and
// the others begin below its end.
func Wrap(first, text string, width int) string {
	var b strings.Builder
	p := page{w: &b, width: width}
	p.wrapped(first, plainStyle, text)
	return b.String()
}

// Clip cuts a line with an ellipsis where it is wider than width.
func Clip(line string, width int) string {
	if columns(line) <= width {
		return line
	}
	return strings.TrimRight(left(line, width), " ")
}

// columns is the places text takes on a terminal: East Asian wide signs take two.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += places(r)
	}
	return n
}

func places(r rune) int {
	switch {
	case r >= 0x300 && r <= 0x36f: // combining accents
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff:
		return 2
	}
	return 1
}

// left pads text on the right to width, cutting it with an ellipsis when it is longer.
func left(text string, width int) string {
	if width < 1 {
		return ""
	}
	text = shorten(text, 4*width+1) // no control signs, and never too long to count
	if extra := width - columns(text); extra >= 0 {
		return text + strings.Repeat(" ", extra)
	}
	for columns(text) > width-1 {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return left(text+"…", width)
}

// right pads text on the left to width.
func right(text string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(text))) + text
}
