package csvio

import (
	"context"
	"fmt"
	"slices"

	"sadi"
	"sadi/internal/table"
)

// table makes the table and the report of what was read.
func (r *reading) table(ctx context.Context) (*table.Table, *Report, error) {
	order := r.order
	if order == nil {
		for j := range r.plans {
			order = append(order, j)
		}
	}
	cols := make([]*table.Column, len(order))
	reports := make([]Report, len(order))
	errs := make([]error, len(order))
	totals := make([]bool, len(order))
	err := r.opt.Pool.For(ctx, len(order), func(i int) {
		cols[i], totals[i], errs[i] = r.column(order[i], &reports[i])
	})
	if err != nil {
		return nil, nil, err
	}
	for _, err := range errs {
		if err != nil {
			return nil, nil, err
		}
	}
	if n := len(cols); r.fields == nil && r.look.nameless && n > 1 && allMissing(cols[n-1]) {
		cols = cols[:n-1]
		reports[n-1] = Report{}
		reports[n-1].mend(CodeEmptyLastName, "", 1, "the last column has no name and no value and is dropped: the lines end with a delimiter")
	}
	rep := describeText(r.look, r.total, r.high)
	rep.Rows, rep.Cols = r.total.rows, len(cols)
	used, grouped := noFormat, 0
	for j := range r.columns {
		used |= r.columns[j].used
		grouped += r.columns[j].grouped
	}
	describeNumbers(rep, r.verdict, used, grouped)
	describeSkipped(rep, r.fields, r.look.names)
	for i := range reports {
		rep.Findings = append(rep.Findings, reports[i].Findings...)
		rep.Repairs = append(rep.Repairs, reports[i].Repairs...)
	}
	if r.fields == nil {
		rep.Rows = dropTotals(cols, rep.Rows, slices.Contains(totals, true), rep)
	}
	return &table.Table{Cols: cols, Rows: rep.Rows}, rep, nil
}

func allMissing(c *table.Column) bool {
	for i := range c.Len() {
		if !c.Missing(i) {
			return false
		}
	}
	return true
}

// column makes column j of the file; totals tells that the last row has a word for a sum where the others have values.
func (r *reading) column(j int, rep *Report) (c *table.Column, totals bool, err error) {
	b := builder{name: r.look.names[j], plan: r.plans[j], read: &r.columns[j], rows: r.total.rows, report: rep, verdict: r.verdict}
	if r.fields != nil {
		b.field = r.fields[j]
	}
	c, err = b.build()
	r.columns[j].gathered, r.columns[j].dicts = gathered{}, nil
	if e, ok := err.(*sadi.Error); ok {
		return nil, false, e.At("%s, %s", r.path, e.Where)
	}
	return c, b.totals, err
}

// describeText begins a report: packing, encoding, line ends, what the head told, and what was skipped or mended on the
// way to cells.
func describeText(l *look, t totals, h highBytes) *Report {
	s := l.source
	rep := &Report{Bytes: s.bytes, SHA256: s.sum(), Findings: []Finding{}, Repairs: []Repair{}}
	if s.packing != "" {
		rep.find("compression", s.packing, "the file begins with the signature of %s", s.packing)
	}
	switch {
	case s.unit != "":
		rep.find("encoding", s.unit, "%s", s.unitWhy)
	case l.encoding == windows1252:
		rep.find("encoding", "Windows-1252", "%s above 127 %s no UTF-8; read as Windows-1252, which holds Latin-1", plural(h.invalid, "byte"), are(h.invalid))
	case h.sequences > 0:
		rep.find("encoding", "UTF-8", "the text has %s of UTF-8", plural(h.sequences, "character"))
	default:
		rep.find("encoding", "ASCII", "the text has ASCII characters only")
	}
	switch {
	case l.dialect.term == '\r':
		rep.find("line ends", "CR", "lines end with a carriage return")
	case t.crlf == 0:
		rep.find("line ends", "LF", "lines end with a line feed")
	case t.crlf >= t.rows-1:
		rep.find("line ends", "CRLF", "lines end with a carriage return and a line feed")
	default:
		rep.find("line ends", "mixed", "%d of %s end with a carriage return and a line feed, the others with a line feed", t.crlf, plural(t.rows, "row"))
	}
	rep.Findings = append(rep.Findings, l.report.Findings...)
	rep.Repairs = append(rep.Repairs, l.report.Repairs...)
	if l.encoding == utf8Text {
		rep.mend(CodeBroken, "", h.invalid, "%s not UTF-8 as the rest of the text; read as Windows-1252", plural(h.invalid, "byte")+" "+are(h.invalid))
	}
	if s.utf16 != nil {
		rep.mend(CodeBroken, "", s.utf16.broken, "%s of UTF-16 stand for no character and became U+FFFD", plural(s.utf16.broken, "unit"))
	}
	rep.mend(CodeNUL, "", s.nuls, "%s left out", plural(s.nuls, "NUL byte")+" "+were(s.nuls))
	rep.mend(CodeBlankLines, "", t.blank+l.blank, "%s skipped", plural(t.blank+l.blank, "empty line")+" "+were(t.blank+l.blank))
	rep.mend(CodeRepeated, "", t.repeated, "%s", describeRepeated(t.repeated))
	rep.mend(CodeTrailing, "", t.trailing, "%s more delimiters than the header, with nothing behind them", plural(t.trailing, "row")+" "+have(t.trailing))
	rep.mend(CodeStrayQuote, "", t.stray, "%s text behind the closing quote, which was kept", plural(t.stray, "cell")+" "+have(t.stray))
	return rep
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// describeNumbers reports the decimal mark and the mark between thousands.
func describeNumbers(rep *Report, v verdict, used formatSet, grouped int) {
	names := map[byte]string{'.': "point", ',': "comma"}
	switch {
	case used == noFormat:
		return
	case used&withComma != 0 && used&withPoint != 0:
		rep.find("decimal", "point and comma", "%s", v.why)
	case used&withComma != 0:
		rep.find("decimal", names[','], "%s", v.why)
	default:
		rep.find("decimal", names['.'], "%s", v.why)
	}
	if grouped == 0 {
		return
	}
	marksUsed := map[byte]bool{}
	var texts []string
	for f := range format(len(marks)) {
		if g := marks[f].group; used.has(f) && g != 0 && !marksUsed[g] {
			marksUsed[g] = true
			texts = append(texts, map[byte]string{'.': "point", ',': "comma", ' ': "blank", '\'': "apostrophe"}[g])
		}
	}
	rep.find("thousands", list(texts), "%s groups of three digits before the decimal mark", plural(grouped, "number")+" "+have(grouped))
}

func describeSkipped(rep *Report, fields []*table.Field, names []string) {
	var extra []string
	for j, f := range fields {
		if f == nil {
			extra = append(extra, fmt.Sprintf("%q", names[j]))
		}
	}
	n := len(extra)
	rep.mend(CodeExtraColumns, "", n, "%s not needed: %s", plural(n, "column")+" "+are(n), list(extra))
}
