package csvio

import (
	"math"

	"sadi"
)

// reader reads the cells of one column. What it has seen of them is a tally; tallies of several readers add up in any
// order.
type reader struct {
	op      op
	mark    byte // the decimal mark of format
	format  format
	order   order
	dressed bool // numbers may be written with a unit
	lenient bool // cells that can not be read are missing
	refuted bool // a cell does not fit: the column must be read in another way

	nums  []float64 // of the chunk
	codes []int32
	words *dictionary

	tally
}

// tally is what a column's cells have in common, and how many are particular.
type tally struct {
	numbers  int
	formats  formatSet // that admit every number
	used     formatSet // under which numbers with marks were read
	whole    bool      // every number is whole, and below 2^53 if it is not written in full
	grouped  int       // numbers with marks between thousands
	zeros    int       // numbers with zeros before other digits
	dates    int
	orders   orderSet // that admit every date
	infinite int
	strays   int // cells that could not be read
	trimmed  int // words with blanks around them
	missing  [len(missingTokens)]int32
}

func newTally() tally { return tally{formats: anyFormat, orders: anyOrder, whole: true} }

func (t *tally) add(o *tally) {
	t.numbers += o.numbers
	t.formats &= o.formats
	t.used |= o.used
	t.whole = t.whole && o.whole
	t.grouped += o.grouped
	t.zeros += o.zeros
	t.dates += o.dates
	t.orders &= o.orders
	t.infinite += o.infinite
	t.strays += o.strays
	t.trimmed += o.trimmed
	for i, n := range o.missing {
		t.missing[i] += n
	}
}

// worker parses chunks, one at a time.
type worker struct {
	*rules
	readers []reader
	buf     []byte // the chunk
	decoded []byte // the chunk as UTF-8, if it had to be decoded
	text    []byte // the one or the other
	scratch []byte
	high    highBytes
}

// rules are what the workers of a pass share. They are read-only.
type rules struct {
	dialect  dialect
	encoding encoding
	prefer   *[8]format
	maxField int
	header   repeated
}

func newWorker(r *rules, plans []plan) *worker {
	w := &worker{rules: r, readers: make([]reader, len(plans))}
	for j, p := range plans {
		w.readers[j] = newReader(p)
		if w.readers[j].mark == w.dialect.delim {
			w.readers[j].mark = 0 // such a mark stands in quotes only
		}
	}
	return w
}

func newReader(p plan) reader {
	r := reader{op: p.op, dressed: p.dressed, lenient: p.lenient, mark: marks[p.format].decimal, format: p.format, order: p.order, tally: newTally()}
	if p.op == opWord {
		r.words = new(dictionary)
	}
	return r
}

// piece is what a chunk holds.
type piece struct {
	rows, lines int // lines: ends of records, those in quotes too
	crlf        int // rows that end with carriage return and line feed
	blank       int
	trailing    int // rows with empty fields beyond the last column
	stray       int
	repeated    int // headers
	nums        [][]float64
	codes       [][]int32
	worker      int
	fault       *fault
}

// fault is what ends a reading.
type fault struct {
	row, line int // in the chunk, from 0
	column    int // -1 = the row as a whole
	err       *sadi.Error
}

// parse reads the records of a chunk into out.
func (w *worker) parse(chunk []byte, out *piece) {
	*out = piece{nums: out.nums, codes: out.codes, worker: out.worker}
	b := chunk
	if d := w.encoding.decode(chunk, &w.decoded, &w.high); len(d) > 0 && &d[0] != &chunk[0] {
		w.decoded = w.dialect.withTerm(d)
		b = w.decoded
	}
	for j := range w.readers {
		r := &w.readers[j]
		r.nums, r.codes = out.nums[j][:0], out.codes[j][:0]
	}
	w.text = b
	w.records(b, out)
	for j := range w.readers {
		r := &w.readers[j]
		out.nums[j], out.codes[j] = r.nums, r.codes
	}
	out.lines = countTerms(b, w.dialect.term)
}

func (w *worker) records(b []byte, out *piece) {
	delim, term := w.dialect.delim, w.dialect.term
	last := len(w.readers) - 1
	for p := 0; p < len(b); {
		if c := b[p]; c <= ' ' {
			if next, ok := w.dialect.blank(b, p); ok {
				p = next
				out.blank++
				continue
			}
		}
		if n := w.header.at(b, p); n > 0 {
			p += n
			out.repeated++
			continue
		}
		start := p
		for j := range w.readers {
			r := &w.readers[j]
			next := w.read(r, b, p, out)
			if next < 0 {
				w.blame(out, b, start, j)
				return
			}
			p = next + 1
			if b[next] == delim && delim != 0 {
				if j < last {
					continue
				}
				if p = w.beyond(b, p); p < 0 {
					w.ragged(out, b, start)
					return
				}
				out.trailing++
			} else if j < last {
				w.ragged(out, b, start)
				return
			}
		}
		if p > 1 && b[p-1] == '\n' && b[p-2] == '\r' && term == '\n' {
			out.crlf++
		}
		out.rows++
	}
}

// read reads the cell at p into its column and returns the index of the delimiter or record end behind it, -1 if it
// can not.
func (w *worker) read(r *reader, b []byte, p int, out *piece) int {
	d := &w.dialect
	switch r.op {
	case opNumber:
		v, q, whole, frac, ok := plainNumber(b, p, r.mark)
		if c := b[q]; ok && (c == d.delim || c == d.term || c == '\r' && b[q+1] == d.term) {
			if c == '\r' && d.term != '\r' {
				q++
			}
			if frac < 0 {
				if whole > 15 && math.Abs(v) >= 1<<53 {
					break
				}
			} else {
				first := b[p]
				if first == '-' {
					first = b[p+1]
				}
				r.fraction(v, whole, frac, first)
			}
			if whole > 1 && b[p] == '0' {
				r.zeros++
			}
			r.numbers++
			r.nums = append(r.nums, v)
			if r.formats == noFormat {
				return r.refute(q)
			}
			return q
		}
		if c := b[p]; c == d.delim && c != 0 || c == d.term {
			r.missing[0]++
			r.nums = append(r.nums, math.NaN())
			return p
		}
	case opWord:
		if c := b[p]; c != d.quote && c > ' ' {
			q := d.end(b, p)
			text := d.withoutCR(b[p:q], b[q])
			if n := len(text); n == 0 || text[n-1] > ' ' && n <= w.maxField {
				r.codes = append(r.codes, r.words.code(text))
				return q
			}
		}
	case opSkip:
		if b[p] != d.quote && !d.blanks {
			return d.end(b, p)
		}
	}
	c := d.cell(b, p, &w.scratch)
	if c.next < 0 {
		return -1
	}
	if len(c.text) > w.maxField {
		return -1
	}
	if c.stray {
		out.stray++
	}
	tok := trim(c.text)
	switch r.op {
	case opNumber:
		return r.number(tok, w.prefer, c.next)
	case opDate:
		return r.date(tok, c.next)
	case opWord:
		if len(tok) < len(c.text) && len(tok) > 0 {
			r.trimmed++
		}
		r.codes = append(r.codes, r.words.code(tok))
	}
	return c.next
}

// fraction notes a number with a decimal mark.
func (r *reader) fraction(v float64, whole, frac int, first byte) {
	family := withPoint
	other := groupsPoint
	if r.mark == ',' {
		family, other = withComma, groupsComma
	}
	if looksGrouped(whole, frac, first) {
		family |= other
	}
	r.formats &= family
	r.used |= 1 << r.format.ungrouped()
	if r.whole && (v != math.Trunc(v) || math.Abs(v) > 1<<53) {
		r.whole = false
	}
}

// number reads a token that is not as plain as can be.
func (r *reader) number(tok []byte, prefer *[8]format, next int) int {
	if m := isMissing(tok); m >= 0 {
		r.missing[m]++
		r.nums = append(r.nums, math.NaN())
		return next
	}
	set := formatsOf(tok)
	if set == noFormat && r.dressed {
		if number, _, ok := bare(tok); ok {
			tok, set = number, formatsOf(number)
		}
	}
	if set == noFormat {
		if isInfinity(tok) {
			r.infinite++
			r.nums = append(r.nums, math.NaN())
			return next
		}
		return r.unread(next)
	}
	f := r.format
	if !set.has(f) {
		f = set.first(prefer)
	}
	if r.formats &= set; r.formats == noFormat {
		return r.refute(next)
	}
	v := parseNumber(tok, f)
	if set != anyFormat {
		if set.has(f.ungrouped()) {
			f = f.ungrouped()
		} else {
			r.grouped++
		}
		r.used |= 1 << f
	}
	if math.IsInf(v, 0) {
		r.infinite++
		v = math.NaN()
	} else {
		r.numbers++
		if len(tok) > 1 && tok[0] == '0' && tok[1] >= '0' && tok[1] <= '9' {
			r.zeros++
		}
		if r.whole && (v != math.Trunc(v) || math.Abs(v) > 1<<53 && hasExponentOrMark(tok)) {
			r.whole = false
		}
	}
	r.nums = append(r.nums, v)
	return next
}

func hasExponentOrMark(tok []byte) bool {
	for i, c := range tok {
		if (c < '0' || c > '9') && i > 0 {
			return true
		}
	}
	return false
}

// date reads a token as a date.
func (r *reader) date(tok []byte, next int) int {
	v := math.NaN()
	if m := isMissing(tok); m >= 0 {
		r.missing[m]++
	} else {
		t := parseDate(tok)
		if !t.orders.has(r.order) {
			return r.unread(next)
		}
		r.orders &= t.orders
		r.dates++
		v = t.seconds(r.order)
	}
	r.nums = append(r.nums, v)
	return next
}

// unread is for a cell that is no number or date: it is missing, or gives the column up.
func (r *reader) unread(next int) int {
	if !r.lenient {
		return r.refute(next)
	}
	r.strays++
	r.nums = append(r.nums, math.NaN())
	return next
}

// refute gives the column up for this pass.
func (r *reader) refute(next int) int {
	r.refuted, r.op = true, opSkip
	r.nums = r.nums[:0]
	return next
}

// beyond skips empty fields behind the last column; it returns the index behind the record, or -1 if one is not empty.
func (w *worker) beyond(b []byte, p int) int {
	for {
		c := w.dialect.cell(b, p, &w.scratch)
		if c.next < 0 || len(trim(c.text)) > 0 {
			return -1
		}
		p = c.next + 1
		if b[c.next] != w.dialect.delim {
			return p
		}
	}
}
