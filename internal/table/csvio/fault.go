package csvio

import (
	"sadi"
)

// blame says why cell j of the record at start can not be read.
func (w *worker) blame(out *piece, b []byte, start, j int) {
	f := &fault{row: out.rows, line: countTerms(b[:start], w.dialect.term), column: j}
	p := start
	for range j {
		p = w.dialect.cell(b, p, &w.scratch).next + 1
	}
	switch c := w.dialect.cell(b, p, &w.scratch); {
	case c.next < 0 && len(b)-p <= w.maxField:
		f.err = sadi.Errorf(sadi.BadData, "a quote is never closed").Advise("close or remove the quote")
	case c.next < 0:
		f.err = sadi.Errorf(sadi.LimitExceeded, "a field has more than %d bytes", w.maxField).Advise("look for a quote that is not closed")
	default:
		f.err = sadi.Errorf(sadi.LimitExceeded, "a field has %d bytes, more than %d", len(c.text), w.maxField).
			Advise("look for a quote that is not closed")
	}
	out.fault = f
}

// ragged says that the record at start has another number of fields than the first one.
func (w *worker) ragged(out *piece, b []byte, start int) {
	f := &fault{row: out.rows, line: countTerms(b[:start], w.dialect.term), column: -1}
	found := 0
	for p := start; ; {
		c := w.dialect.cell(b, p, &w.scratch)
		found++
		if c.next < 0 {
			f.err = sadi.Errorf(sadi.BadData, "a quote is never closed").Advise("close or remove the quote")
			break
		}
		p = c.next + 1
		if w.dialect.delim == 0 || b[c.next] != w.dialect.delim {
			break
		}
	}
	if f.err == nil {
		hint := "look for a delimiter inside an unquoted value"
		if found < len(w.readers) {
			hint = "look for a line break inside an unquoted value, or a line that was cut off"
		}
		if len(w.readers) == 1 {
			hint = "if the file has several columns, remove what stands above the header"
		}
		f.err = sadi.Errorf(sadi.BadData, "the row has %s where %d %s expected", plural(found, "field"), len(w.readers), are(len(w.readers))).
			Advise("%s", hint)
	}
	out.fault = f
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// place sets where a fault happened: rows and lines that came before its chunk.
func (f *fault) place(path string, rows, line int, names []string) error {
	if f.column < 0 {
		return f.err.At("%s, line %d, row %d", path, line+f.line, rows+f.row+1)
	}
	return f.err.At("%s, line %d, row %d, column %q", path, line+f.line, rows+f.row+1, names[f.column])
}

func counts(n int) string {
	if n == 1 {
		return "counts"
	}
	return "count"
}
