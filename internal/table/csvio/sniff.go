package csvio

import "bytes"

const (
	sniffBytes   = 256 << 10 // of the head that delimiters are tried on
	sniffRecords = 1000
)

// quoteStyles are tried in this order. A later one must do better by its handicap; a negative one is for styles that fit
// only where something cannot be explained without them.
var quoteStyles = [...]struct {
	quote, escape byte
	blanks        bool
	handicap      float64
	text          string
}{
	{'"', 0, false, 0, `"`},
	{'"', 0, true, -0.001, `"`},
	{'"', '\\', false, 0.001, `" with \`},
	{'\'', 0, false, -0.001, `'`},
	{0, 0, false, 0.02, "none"},
}

// attempt is how a dialect parts the records of a sample.
type attempt struct {
	d          dialect
	text       string // of the quote style
	records    int
	width      int // the most frequent number of cells; of equally frequent ones that of the first record
	above      int // records before the first of that width: a title
	firstWidth int
	agree      int // records of that width
	stray      int // cells with text behind the closing quote
	quoted     int // cells that begin with the quote
	escapes    int // quotes behind an escape
	unclosed   bool
	typed      float64 // share of the cells with a value that are numbers or dates
	handicap   float64
}

// share is the part of the records that agree, apart from a title.
func (a *attempt) share() float64 {
	if a.above > titleRecords || a.agree <= a.above {
		return float64(a.agree) / float64(max(a.records, 1))
	}
	return float64(a.agree) / float64(max(a.records-a.above, 1))
}

// score is high if all records have the same width, quotes are in order, and cells are numbers or dates.
func (a *attempt) score() float64 {
	stray := float64(a.stray) / float64(max(a.records, 1))
	if 2*a.stray <= a.quoted { // slips; most quotes are in order
		stray = float64(stray * 0.01)
	}
	s := a.share() + float64(0.2*a.typed) - stray - a.handicap
	if a.unclosed {
		s -= 0.3
	}
	return s
}

// sniff finds the dialect of a sample, which begins with a record; whole tells whether it is the whole file. given is
// the delimiter that the file announces, 0 for none.
func sniff(sample []byte, whole bool, given byte, r *Report) dialect {
	term := lineEnd(sample)
	var best, alone *attempt
	for _, q := range quoteStyles {
		a := try(sample, whole, dialect{quote: q.quote, escape: q.escape, blanks: q.blanks, term: term})
		a.text, a.handicap = q.text, q.handicap
		if !q.blanks && a.fits(alone) && (alone == nil || a.score() > alone.score()) {
			alone = a
		}
	}
	candidates := []byte{',', ';', '\t', '|'}
	if given != 0 {
		candidates = []byte{given}
	}
	for _, q := range quoteStyles {
		for _, delim := range candidates {
			if bytes.IndexByte(sample, delim) < 0 && given == 0 || q.blanks && !bytes.Contains(sample, []byte{delim, ' ', q.quote}) {
				continue
			}
			a := try(sample, whole, dialect{delim: delim, quote: q.quote, escape: q.escape, blanks: q.blanks, term: term})
			a.text, a.handicap = q.text, q.handicap
			if given == 0 && !a.parts(alone) || !a.fits(best) {
				continue
			}
			if best == nil || a.score() > best.score() {
				best = a
			}
		}
	}
	if best == nil {
		best = alone
	}
	best.report(given, r)
	d := best.d
	d.prepare()
	return d
}

// fits reports whether what is particular about the quote style occurs at all; other is the best attempt so far.
func (a *attempt) fits(other *attempt) bool {
	switch {
	case a.d.quote == 0:
		return a.agree == a.records
	case a.d.escape != 0:
		return a.escapes > 0 && a.stray == 0
	case a.d.blanks:
		return a.quoted > 0 && a.stray == 0 && !a.unclosed
	case a.d.quote == '\'':
		return a.quoted > 0 && a.stray == 0 && !a.unclosed && (other == nil || other.d.quote != '"' || other.quoted == 0)
	}
	return true
}

// parts reports whether the delimiter makes columns. alone is the attempt without one.
func (a *attempt) parts(alone *attempt) bool {
	if a.width < 2 {
		return false
	}
	return a.firstWidth > 1 || a.share() >= 0.8 && a.records > 2 && alone.typed < 0.5
}

// try parts the sample.
func try(sample []byte, whole bool, d dialect) *attempt {
	d.prepare()
	b := sample[:min(len(sample), sniffBytes)]
	if !whole || len(b) < len(sample) {
		if n := d.lastEnd(b); n > 0 {
			b = b[:n]
		}
	}
	b = d.withTerm(b[:len(b):len(b)])
	a := &attempt{d: d}
	widths, began := map[int]int{}, map[int]int{}
	var values, typed int
	var cells []cell
	for p := 0; p < len(b) && a.records < sniffRecords; {
		if next, ok := d.blank(b, p); ok {
			p = next
			continue
		}
		start := p
		if cells, p = d.record(b, p, cells[:0]); p < 0 {
			a.unclosed = true
			if a.records == 0 {
				a.records, a.agree, a.width, a.firstWidth = 1, 1, len(cells), len(cells)
			}
			break
		}
		a.escapes += d.countEscapes(b[start:p])
		for _, c := range cells {
			if c.stray {
				a.stray++
			}
			if a.records == 0 {
				continue
			}
			tok := trim(c.text)
			if isMissing(tok) >= 0 {
				continue
			}
			values++
			if len(tok) <= 64 && (formatsOf(tok) != noFormat || parseDate(tok).orders != noOrder) {
				typed++
			}
		}
		a.quoted += d.countQuoted(b, start, cells)
		if a.records == 0 {
			a.firstWidth = len(cells)
		}
		if _, ok := began[len(cells)]; !ok {
			began[len(cells)] = a.records
		}
		a.records++
		widths[len(cells)]++
	}
	for w, n := range widths {
		if n > a.agree || n == a.agree && (w == a.firstWidth || a.width != a.firstWidth && w < a.width) {
			a.width, a.agree = w, n
		}
	}
	a.above = began[a.width]
	if values > 0 {
		a.typed = float64(typed) / float64(values)
	}
	return a
}

// countEscapes counts the escaped quotes that do not end a cell, which only an escape explains.
func (d *dialect) countEscapes(record []byte) (n int) {
	if d.escape == 0 {
		return 0
	}
	for i := 1; i+1 < len(record); i++ {
		if next := record[i+1]; record[i] == d.quote && record[i-1] == d.escape && next != d.delim && next != d.term && next != '\r' {
			n++
		}
	}
	return n
}

// countQuoted counts the cells that stand in quotes. start is where the record begins.
func (d *dialect) countQuoted(b []byte, start int, cells []cell) (n int) {
	if d.quote == 0 {
		return 0
	}
	for _, c := range cells {
		for d.blanks && b[start] == ' ' {
			start++
		}
		if b[start] == d.quote {
			n++
		}
		start = c.next + 1
	}
	return n
}

// lineEnd finds what ends records: a line feed, or a carriage return where no line feed stands outside quotes.
func lineEnd(sample []byte) byte {
	if bytes.IndexByte(sample, '\r') < 0 {
		return '\n'
	}
	returns, inside := false, false
	for i, c := range sample {
		switch c {
		case '"':
			inside = !inside
		case '\n':
			if !inside {
				return '\n'
			}
		case '\r':
			returns = returns || !inside && i+1 < len(sample) && sample[i+1] != '\n'
		}
	}
	if returns {
		return '\r'
	}
	return '\n'
}

// report adds what was found about delimiter and quotes.
func (a *attempt) report(given byte, r *Report) {
	name := string(rune(a.d.delim))
	if a.d.delim == '\t' {
		name = "tab"
	}
	switch {
	case given != 0:
		r.find("delimiter", name, "the file announces it in its first line")
	case a.d.delim == 0:
		r.find("delimiter", "none", "neither , ; | nor tab parts the lines into equal columns, so there is one column")
	case a.records == 1:
		r.find("delimiter", name, "the only record has %d of them outside quotes", a.width-1)
	case a.agree < a.records:
		r.find("delimiter", name, "%d of the first %s have %d of them outside quotes", a.agree, plural(a.records, "record"), a.width-1)
	default:
		r.find("delimiter", name, "each of the first %s has %d of them outside quotes", plural(a.records, "record"), a.width-1)
	}
	switch {
	case a.d.quote == 0:
		r.find("quote", "none", "quotes do not pair up, so they are read as text")
	case a.quoted == 0:
		r.find("quote", a.text, "nothing is quoted in the head of the file; the usual style is assumed")
	case a.d.escape != 0:
		r.find("quote", a.text, "%s in quotes, with %s behind a backslash", plural(a.quoted, "cell"), plural(a.escapes, "quote"))
	case a.d.blanks:
		r.find("quote", a.text, "%s in quotes, some with blanks before them; a doubled quote stands for one", plural(a.quoted, "cell"))
	default:
		r.find("quote", a.text, "%s in quotes; a doubled quote stands for one", plural(a.quoted, "cell"))
	}
}
