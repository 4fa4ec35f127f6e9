package csvio

import "fmt"

const (
	strayShare = 0.01 // of the values, up to which those that are no numbers or dates count as missing
	strayRows  = 50   // numbers or dates from which single ones may be strays
)

// disguise is how a column that was read as words is read as numbers or dates after all.
type disguise struct {
	plan    plan
	tokens  [][]byte // by level: what to read in its place; nil = nothing that can be read
	unit    string   // that the numbers are written with
	total   bool     // the stray is a word for a sum
	strays  int      // cells that can not be read
	example int      // the level that most of them hold
}

// disguised looks at words once more: numbers may be written with a unit, and single cells may hold a note. nil = they
// are words.
func (w *words) disguised(v verdict) *disguise {
	unit, dressed := w.unit()
	if w.rows < totalRows && !dressed { // too few for strays
		return nil
	}
	d := &disguise{tokens: make([][]byte, len(w.levels)), unit: unit}
	if d.numbers(w, v) || d.dates(w, v) {
		return d
	}
	return nil
}

// unit is what more than half of the values are written with behind or before a number, "" for none; dressed tells
// whether any is written in other ways than plain.
func (w *words) unit() (unit string, dressed bool) {
	counts := map[string]int{}
	all := 0
	for k, level := range w.levels {
		if isMissing([]byte(level)) >= 0 {
			continue
		}
		all += w.counts[k]
		if _, unit, ok := bare([]byte(level)); ok {
			counts[unit] += w.counts[k]
		}
	}
	for unit, n := range counts {
		if 2*n > all { // one of them at most
			return unit, true
		}
	}
	return "", len(counts) > 0
}

// numbers tries to read the words as numbers.
func (d *disguise) numbers(w *words, v verdict) bool {
	e := newEvidence()
	d.strays, d.example = 0, -1
	for k, level := range w.levels {
		tok := []byte(level)
		if isMissing(tok) >= 0 {
			d.tokens[k] = tok
			continue
		}
		if d.tokens[k] = d.number(tok); d.tokens[k] == nil {
			if d.stray(w, k); !d.few(w.rows) {
				return false
			}
			continue
		}
		e.add(d.tokens[k], w.counts[k])
	}
	if !d.few(e.numbers) || !e.numeric() {
		return false
	}
	format, why := v.number(&e, "")
	d.plan = plan{op: opNumber, format: format, why: why}
	return true
}

// number is what to read in place of a word, nil if it is no number of the column. A share without the sign may be one
// of 1 or one of 100, so it is none; zero is zero.
func (d *disguise) number(tok []byte) []byte {
	if formatsOf(tok) != noFormat {
		if d.unit == clockUnit || d.unit == "%" && string(tok) != "0" {
			return nil
		}
		return tok
	}
	if number, unit, ok := bare(tok); ok && (unit == d.unit || unit == "" && d.unit != "%") {
		return number
	}
	return nil
}

// dates tries to read the words as dates.
func (d *disguise) dates(w *words, v verdict) bool {
	e := newEvidence()
	d.strays, d.example = 0, -1
	for k, level := range w.levels {
		tok := []byte(level)
		d.tokens[k] = nil
		switch {
		case isMissing(tok) >= 0:
			d.tokens[k] = tok
		case parseDate(tok).orders != noOrder:
			d.tokens[k] = tok
			e.add(tok, w.counts[k])
		default:
			if d.stray(w, k); !d.few(w.rows) {
				return false
			}
		}
	}
	if !d.few(e.dates) || !e.temporal() {
		return false
	}
	order, why := v.date(&e, "")
	d.plan = plan{op: opDate, order: order, why: why}
	return true
}

func (d *disguise) stray(w *words, k int) {
	d.strays += w.counts[k]
	d.total = isTotal(w.levels[k])
	if d.example < 0 || w.counts[k] > w.counts[d.example] {
		d.example = k
	}
}

// few reports whether the strays are so few beside the values that were read that these say what the column is.
func (d *disguise) few(values int) bool {
	return d.strays == 0 || d.strays == 1 && d.total && values+1 >= totalRows || values >= strayRows && float64(d.strays) <= strayShare*float64(values)
}

// report says what the words turned out to be.
func (d *disguise) report(w *words) {
	what := "number"
	if d.plan.op == opDate {
		what = "date"
	}
	switch {
	case d.plan.op != opNumber:
	case d.unit == clockUnit:
		w.report.find("unit", "hours", "column %q: its values are times without a date, read as hours", w.name)
	case d.unit != "":
		w.report.find("unit", d.unit, "column %q: its values are numbers written with %q", w.name, d.unit)
	}
	if d.strays == 1 && isTotal(w.levels[d.example]) && w.firstRow(d.example) == w.rows-1 {
		w.totals = true
		return
	}
	if d.strays > 0 {
		example := fmt.Sprintf("%q in row %d", shorten(w.levels[d.example]), w.firstRow(d.example)+1)
		if d.strays == 1 {
			w.report.mend(CodeStrays, w.where(), 1, "%s is no %s as all others are and counts as missing", example, what)
		} else {
			w.report.mend(CodeStrays, w.where(), d.strays, "%d values are no %ss as all others are, such as %s, and count as missing", d.strays, what, example)
		}
	}
}
