package csvio

import (
	"bytes"
	"io"

	"sadi"
)

// look is what the head of a file tells.
type look struct {
	source   *source
	head     []byte // raw text, still to be read by the chunker from body on
	whole    bool   // the head is the whole text
	dialect  dialect
	encoding encoding
	names    []string
	nameless bool       // the last column has no name in the header
	header   repeated   // as it stands in the text
	body     int        // where the rows begin in the text
	bodyLine int        // the line of the first row, from 1
	blank    int        // empty lines above it
	evidence []evidence // of the rows in the head, by column
	high     highBytes  // above the rows
	report   Report
}

// lookAt opens a file and reads its head. enc, if not nil, is the encoding that all of the file has shown to be.
func lookAt(path string, opt Options, enc *encoding) (_ *look, err error) {
	s, err := openSource(path, opt)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	l := &look{source: s}
	if err := l.readHead(opt.head); err != nil {
		return nil, err
	}
	if len(l.head) == 0 {
		return nil, sadi.Errorf(sadi.BadData, "the file is empty").At("%s", path).Advise("it needs a header line and rows")
	}
	if err := l.checkText(); err != nil {
		return nil, err
	}
	var count highBytes
	var scratch []byte
	sample := l.head
	for n := len(sample); !l.whole && n > 0 && sample[n-1] >= 0x80; n-- {
		sample = sample[:n-1] // the head may end within a character
	}
	utf8Text.decode(sample, &scratch, &count)
	if enc != nil {
		l.encoding = *enc
	} else if s.unit == "" {
		l.encoding = count.encoding()
	}
	if what, hint := otherText(l.head); what != "" {
		return nil, sadi.Errorf(sadi.BadData, "this is no table in text but %s", what).At("%s", path).Advise("%s", hint)
	}
	start, delim := separatorLine(l.head)
	if l.dialect = sniff(l.head[start:], l.whole, delim, &l.report); l.dialect.delim == 0 {
		l.squeeze()
	}
	return l, l.readOpening(start, opt)
}

// squeeze puts tabs between the columns of a file that parts them by blanks.
func (l *look) squeeze() {
	columns, short := aligned(l.head[:min(len(l.head), sniffBytes)], l.whole && len(l.head) <= sniffBytes)
	if columns == 0 {
		return
	}
	var s squeezer
	var head []byte
	if short {
		head = append(head, '\t')
	}
	l.head = s.squeeze(l.head, head)
	if !l.whole {
		l.source.text = squeezed(l.source.text, &s)
	}
	var r Report
	l.dialect = sniff(l.head, l.whole, '\t', &r)
	l.report = Report{}
	l.report.find("delimiter", "blanks", "blanks part every line of the head into %d columns", columns)
	l.report.Findings = append(l.report.Findings, r.Findings[1:]...)
	l.report.Repairs = r.Repairs
}

// separatorLine recognises the line sep=; with which some spreadsheets announce the delimiter, and gives its length.
func separatorLine(b []byte) (length int, delim byte) {
	end := bytes.IndexByte(b, '\n') + 1
	line := bytes.TrimRight(b[:end], "\r\n")
	if len(line) != 5 || !bytes.EqualFold(line[:4], []byte("sep=")) || line[4] == '"' || line[4] >= 0x80 {
		return 0, 0
	}
	return end, line[4]
}

// readFull fills p as far as the text goes; ended tells that there is no more.
func readFull(r io.Reader, p []byte) (n int, ended bool, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = r.Read(p[n:])
		n += k
	}
	if err == io.EOF {
		return n, true, nil
	}
	return n, false, err
}

// readHead reads limit bytes of text, or more until a record is complete.
func (l *look) readHead(limit int) error {
	probe := dialect{quote: '"', term: '\n'}
	for {
		have := len(l.head)
		l.head = append(l.head, make([]byte, limit-have)...)
		n, ended, err := readFull(l.source.text, l.head[have:])
		l.head = l.head[:have+n]
		if l.whole = ended; ended || err != nil {
			return l.source.readError(err)
		}
		if probe.lastEnd(l.head) > 0 || bytes.IndexByte(l.head, '\r') >= 0 || limit >= maxRecord {
			return nil
		}
		limit = min(2*limit, maxRecord)
	}
}

// checkText refuses what is no text.
func (l *look) checkText() error {
	controls := l.source.nuls
	for _, c := range l.head {
		if c < 0x20 && (c < '\t' || c > '\r') && c != 0x1a {
			controls++
		}
	}
	if controls > 8 && controls*50 > len(l.head)+l.source.nuls {
		return sadi.Errorf(sadi.BadData, "the file is no text: %d of its first %d bytes are control characters", controls,
			len(l.head)+l.source.nuls).At("%s", l.source.path).Advise("export the table as CSV")
	}
	return nil
}

// readOpening finds the header and what the rows of the head allow the columns to be.
func (l *look) readOpening(start int, opt Options) error {
	d := &l.dialect
	b := l.head
	if !l.whole {
		if n := d.lastEnd(b[start:]); n > 0 {
			b = b[:start+n]
		}
	}
	b = d.withTerm(b[:len(b):len(b)])
	p := start
	for p < len(b) {
		next, ok := d.blank(b, p)
		if !ok {
			break
		}
		p = next
		l.blank++
	}
	if p >= len(b) {
		return sadi.Errorf(sadi.BadData, "the file holds nothing but empty lines").At("%s", l.source.path).Advise("it needs a header line and rows")
	}
	p = l.skipTitle(b, p)
	first, next := d.record(b, p, nil)
	if next < 0 || next-p > maxRecord {
		return l.endless(b, p, opt)
	}
	if len(first) > opt.MaxCols {
		return sadi.Errorf(sadi.LimitExceeded, "the first line has %d fields, more than %d", len(first), opt.MaxCols).At("%s", l.source.path)
	}
	o := l.openingOf(first, b, p, next)
	for _, c := range o.cells {
		if len(c) > opt.MaxField {
			return sadi.Errorf(sadi.LimitExceeded, "a field has %d bytes, more than %d", len(c), opt.MaxField).
				At("%s, line %d", l.source.path, 1+countTerms(b[:p], d.term)).Advise("look for a quote that is not closed")
		}
	}
	yes, why := o.header(opt.Schema)
	if yes {
		l.report.find("header", "yes", "%s", why)
		trimmed := 0
		for j, c := range o.cells {
			if len(c) != len(l.decode(first[j].text)) {
				trimmed++
			}
		}
		l.report.mend(CodeTrimmedName, "header", trimmed, "blanks around %s are removed", plural(trimmed, "name"))
		l.nameless = o.cells[len(o.cells)-1] == ""
		l.names = columnNames(o.cells, &l.report)
		l.evidence = o.below
		l.body = next
		if len(o.cells) > 1 { // a single word may stand again
			l.header = repeated(bytes.Clone(l.decode(b[p:min(next, len(l.head))])))
		}
	} else {
		l.report.find("header", "no", "%s; the columns are called c1, c2, …", why)
		l.names = numberedNames(len(o.cells))
		l.evidence = o.below
		for j := range o.cells {
			l.evidence[j].add([]byte(o.cells[j]), 1)
		}
		l.body = p
	}
	l.body = min(l.body, len(l.head)) // the record end may have been added
	l.bodyLine = 1 + countTerms(b[:l.body], d.term)
	var scratch []byte
	l.encoding.decode(b[:l.body], &scratch, &l.high)
	return nil
}

// openingOf compares the first record, which begins at start, with the ones from p on.
func (l *look) openingOf(first []cell, b []byte, start, p int) *opening {
	o := &opening{}
	var below [][]cell
	header := repeated(b[start:p])
	if len(first) == 1 { // a word may stand again
		header = nil
	}
	for p < len(b) {
		if n := header.at(b, p); n > 0 {
			p += n
			continue
		}
		if next, ok := l.dialect.blank(b, p); ok {
			p = next
			continue
		}
		var cells []cell
		if cells, p = l.dialect.record(b, p, nil); p < 0 {
			break
		}
		below = append(below, cells)
	}
	if n := len(first); n > 1 && len(trim(first[n-1].text)) == 0 && len(below) > 0 && mostHave(below, n-1) {
		first = first[:n-1] // a delimiter behind the last name only
		l.report.mend(CodeTrailing, "header", 1, "a delimiter behind the last name is ignored")
	}
	n := len(first)
	o.first, o.below, o.repeats = make([]evidence, n), make([]evidence, n), make([]int, n)
	for j, c := range first {
		o.cells = append(o.cells, string(trim(l.decode(c.text))))
		o.first[j], o.below[j] = newEvidence(), newEvidence()
		o.first[j].add([]byte(o.cells[j]), 1)
	}
	for _, cells := range below {
		if len(cells) < n {
			continue
		}
		o.rows++
		for j := range o.cells {
			tok := trim(l.decode(cells[j].text))
			o.below[j].add(tok, 1)
			if string(tok) == o.cells[j] {
				o.repeats[j]++
			}
		}
	}
	return o
}

func mostHave(records [][]cell, width int) bool {
	n := 0
	for _, r := range records {
		if len(r) == width {
			n++
		}
	}
	return 2*n > len(records)
}

func (l *look) decode(b []byte) []byte {
	var scratch []byte
	var count highBytes
	return l.encoding.decode(b, &scratch, &count)
}

// endless is the error of a first record that does not end.
func (l *look) endless(b []byte, p int, opt Options) error {
	line := 1 + countTerms(b[:p], l.dialect.term)
	if len(b)-p > opt.MaxField {
		return sadi.Errorf(sadi.LimitExceeded, "a field has more than %d bytes", opt.MaxField).
			At("%s, line %d", l.source.path, line).Advise("look for a quote that is not closed")
	}
	return sadi.Errorf(sadi.BadData, "a quote is never closed").At("%s, line %d", l.source.path, line).Advise("close or remove the quote")
}

func countTerms(b []byte, term byte) int { return bytes.Count(b, []byte{term}) }
