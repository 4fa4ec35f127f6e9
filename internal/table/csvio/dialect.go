package csvio

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// dialect is how the cells of a file are parted.
type dialect struct {
	delim  byte // between cells; 0 = one column
	quote  byte // around cells; 0 = none
	escape byte // '\\' before a quote inside quotes; 0 = the quote is doubled
	term   byte // ends a record: '\n', with '\r' before it or not, or '\r'
	blanks bool // blanks may stand between a delimiter and a quote

	delims, terms uint64 // delim and term in each byte
}

func (d *dialect) prepare() {
	const each = 0x0101010101010101
	d.delims, d.terms = each*uint64(d.delim), each*uint64(d.term)
	if d.delim == 0 {
		d.delims = d.terms
	}
}

// end is the index of the first delimiter or record end from p on. b ends with one and has slack behind it.
func (d *dialect) end(b []byte, p int) int {
	const low, high = 0x0101010101010101, 0x8080808080808080
	for {
		w := binary.LittleEndian.Uint64(b[p : p+8])
		x, y := w^d.delims, w^d.terms
		if found := ((x - low) &^ x & high) | ((y - low) &^ y & high); found != 0 {
			return p + bits.TrailingZeros64(found)>>3
		}
		p += 8
	}
}

// opens reports whether the quote at b[i] begins a cell; b begins with a record.
func (d *dialect) opens(b []byte, i int) bool {
	for d.blanks && i > 0 && b[i-1] == ' ' {
		i--
	}
	return i == 0 || b[i-1] == d.delim || b[i-1] == d.term
}

// closing is the index of the quote that ends a cell whose content begins at p; -1 if there is none.
func (d *dialect) closing(b []byte, p int) int {
	from := p
	for {
		k := bytes.IndexByte(b[p:], d.quote)
		if k < 0 {
			return -1
		}
		p += k
		if d.escape != 0 {
			n := 0
			for p-n > from && b[p-n-1] == d.escape {
				n++
			}
			if n%2 == 1 {
				p++
				continue
			}
			return p
		}
		if p+1 == len(b) || b[p+1] != d.quote {
			return p
		}
		p += 2
	}
}

// lastEnd is the index behind the last end of a record in b, 0 if there is none; b begins with a record. It looks at
// quotes only, so it is much faster than parsing.
func (d *dialect) lastEnd(b []byte) int {
	end, p := 0, 0
	for {
		q := -1
		if d.quote != 0 {
			q = bytes.IndexByte(b[p:], d.quote)
		}
		outside := b[p:]
		if q >= 0 {
			outside = b[p : p+q]
		}
		if k := bytes.LastIndexByte(outside, d.term); k >= 0 {
			end = p + k + 1
		}
		if q < 0 {
			return end
		}
		p += q
		if !d.opens(b, p) {
			p++
			continue
		}
		c := d.closing(b, p+1)
		if c < 0 {
			return end
		}
		p = c + 1
	}
}

// cell is one field of a record.
type cell struct {
	text  []byte // without quotes and escapes, in the chunk or in the scratch given
	next  int    // the delimiter or record end behind it; -1 = the quote is never closed
	stray bool   // there was text behind the closing quote
}

// cell reads the cell that begins at p. b ends with a record end and has slack behind it.
func (d *dialect) cell(b []byte, p int, scratch *[]byte) cell {
	if d.quote != 0 {
		q := p
		for d.blanks && b[q] == ' ' {
			q++
		}
		if b[q] == d.quote {
			return d.quoted(b, q+1, scratch)
		}
	}
	next := d.end(b, p)
	return cell{text: d.withoutCR(b[p:next], b[next]), next: next}
}

// withoutCR removes the carriage return of a line end.
func (d *dialect) withoutCR(text []byte, end byte) []byte {
	if n := len(text); n > 0 && end == '\n' && d.term == '\n' && text[n-1] == '\r' {
		return text[:n-1]
	}
	return text
}

func (d *dialect) quoted(b []byte, p int, scratch *[]byte) cell {
	c := d.closing(b, p)
	if c < 0 {
		return cell{next: -1}
	}
	text := b[p:c]
	special := d.escape
	if special == 0 {
		special = d.quote
	}
	if bytes.IndexByte(text, special) >= 0 {
		*scratch = d.unescape((*scratch)[:0], text)
		text = *scratch
	}
	next := d.end(b, c+1)
	rest := d.withoutCR(b[c+1:next], b[next])
	if len(trim(rest)) == 0 {
		return cell{text: text, next: next}
	}
	*scratch = append(append(make([]byte, 0, len(text)+len(rest)), text...), rest...)
	return cell{text: *scratch, next: next, stray: true}
}

// unescape appends the content of a quoted cell without its escapes.
func (d *dialect) unescape(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i+1 < len(text) && (c == d.escape || d.escape == 0 && c == d.quote) {
			i++
			c = text[i]
		}
		dst = append(dst, c)
	}
	return dst
}

// record appends the cells of the record at p to dst. next is the index behind the record, -1 if a quote is never
// closed.
func (d *dialect) record(b []byte, p int, dst []cell) (cells []cell, next int) {
	for {
		var scratch []byte
		c := d.cell(b, p, &scratch)
		dst = append(dst, c)
		if c.next < 0 {
			return dst, -1
		}
		p = c.next + 1
		if d.delim == 0 || b[c.next] != d.delim {
			return dst, p
		}
	}
}

// blank reports whether the record at p is an empty line, and gives the index behind it. Blanks count as empty unless
// they part cells.
func (d *dialect) blank(b []byte, p int) (next int, ok bool) {
	for b[p] == ' ' || b[p] == '\t' && d.delim != '\t' || b[p] == '\r' && d.term == '\n' && b[p+1] == '\n' {
		p++
	}
	return p + 1, b[p] == d.term
}

// withTerm is b with a record end at its end and slack behind it.
func (d *dialect) withTerm(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] != d.term {
		b = append(b, d.term)
	}
	n := len(b)
	for range slack {
		b = append(b, 0)
	}
	return b[:n]
}
