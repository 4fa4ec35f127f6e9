package csvio

import (
	"bytes"
	"io"
)

const (
	alignedRows  = 3   // lines at least whose columns blanks may part
	alignedTyped = 0.5 // of the cells below the first line are numbers or dates, else it may be prose
)

// aligned says into how many columns blanks part every line of a sample, 0 if they do not; short tells that the first
// line has one less, as R leaves out the name of the rows.
func aligned(sample []byte, whole bool) (columns int, short bool) {
	if !whole {
		sample = sample[:bytes.LastIndexByte(sample, '\n')+1]
	}
	var s squeezer
	b := s.squeeze(bytes.Clone(sample), nil)
	first, rows, cells, typed := 0, 0, 0, 0
	for line := range bytes.Lines(b) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			continue
		}
		n := bytes.Count(line, []byte{'\t'}) + 1
		if rows++; rows == 1 {
			first = n
			continue
		}
		if columns == 0 {
			columns = n
		}
		if n != columns {
			return 0, false
		}
		for cell := range bytes.SplitSeq(line, []byte{'\t'}) {
			cells++
			if tok := bytes.Trim(cell, `"`); isMissing(tok) >= 0 || formatsOf(tok) != noFormat || parseDate(tok).orders != noOrder {
				typed++
			}
		}
	}
	short = first == columns-1
	if rows < alignedRows || columns < 2 || first != columns && !short || float64(typed) < alignedTyped*float64(cells) {
		return 0, false
	}
	return columns, short
}

// squeezer makes one tab of the blanks and tabs between two cells, and drops those around a line. Blanks in quotes stay.
type squeezer struct {
	inside bool // of a line
	quoted bool
	blank  bool // blanks are due
}

// squeeze appends the squeezed text to dst.
func (s *squeezer) squeeze(text, dst []byte) []byte {
	for _, c := range text {
		switch {
		case s.quoted:
			s.quoted = c != '"'
		case c == ' ' || c == '\t':
			s.blank = s.inside
			continue
		case c == '\n' || c == '\r':
			s.inside, s.blank = false, false
		default:
			if s.blank {
				dst = append(dst, '\t')
			}
			s.inside, s.blank, s.quoted = true, false, c == '"'
		}
		dst = append(dst, c)
	}
	return dst
}

// squeezed is a text of which a squeezer has seen the beginning.
func squeezed(r io.Reader, s *squeezer) io.Reader {
	var in, out []byte
	return readerFunc(func(p []byte) (int, error) {
		if in == nil {
			in = make([]byte, 1<<16)
		}
		for len(out) == 0 {
			n, err := r.Read(in)
			if out = s.squeeze(in[:n], out[:0]); err != nil && len(out) == 0 {
				return 0, err
			}
			if n == 0 && err == nil {
				return 0, nil
			}
		}
		n := copy(p, out)
		out = out[n:]
		return n, nil
	})
}
