package csvio

import (
	"fmt"
	"math"

	"sadi/internal/table"
)

// schemaWhy is the reason for a kind that was asked for.
const schemaWhy = "the schema says so"

// builder makes a column of a table from what was read.
type builder struct {
	name   string
	field  *table.Field // of the schema; nil = the kind is free
	plan   plan
	read   *readColumn
	rows   int
	report *Report

	verdict verdict // of all columns
	totals  bool    // the last row has a word for a sum
}

// build may fail only under a schema, at a cell that is not of its kind.
func (b *builder) build() (*table.Column, error) {
	c := &table.Column{Name: b.name}
	if b.read.dicts != nil {
		w := b.words()
		tokens, hours := w.tokens(), false
		if b.plan.op == opWord {
			var d *disguise
			if b.field == nil {
				d = w.disguised(b.verdict)
			}
			if d == nil {
				w.build(c)
				return c, nil
			}
			d.report(w)
			b.plan, tokens, hours = d.plan, d.tokens, d.unit == clockUnit
		}
		if err := w.values(tokens); err != nil {
			return nil, err
		}
		if hours { // which are no word on how numbers are written
			w.read.used, w.read.grouped = noFormat, 0
		}
	}
	c.Nums = b.read.nums
	b.countMissing()
	b.describe(c)
	return c, nil
}

// describe sets the kind of a column of numbers or dates, with the reason.
func (b *builder) describe(c *table.Column) {
	if b.plan.op == opDate {
		b.date(c)
	} else {
		b.number(c)
	}
}

func (b *builder) where() string { return fmt.Sprintf("column %q", b.name) }

// countMissing reports the words that meant "no value"; empty cells need no word.
func (b *builder) countMissing() {
	for m, n := range b.read.missing {
		if m > 0 {
			b.report.mend(CodeMissing, b.where(), int(n), "%q counts as missing", missingTokens[m].text)
		}
	}
	b.report.mend(CodeInfinite, b.where(), b.read.infinite, "infinite values count as missing")
}

func (b *builder) countTrimmed() {
	b.report.mend(CodeTrimmed, b.where(), b.read.trimmed, "blanks around values are removed")
}

func (b *builder) number(c *table.Column) {
	r := b.read
	c.Kind = table.Number
	if b.field != nil {
		c.Kind = b.field.Kind
		c.Why = schemaWhy
		if c.Kind == table.Integer && !r.whole {
			b.report.mend(CodeFractions, b.where(), 1, "some numbers have decimals where the schema has whole ones; they are kept")
		}
	} else {
		switch {
		case r.numbers == 0:
			c.Why = fmt.Sprintf("none of the %s has a value", plural(b.rows, "cell"))
			b.report.mend(CodeAllMissing, b.where(), b.rows, "the column has no value at all")
		case r.whole && r.used == noFormat:
			c.Kind, c.Why = table.Integer, "every value is a whole number"
		case r.whole:
			c.Kind, c.Why = table.Integer, "every value is a whole number, though some are written with decimals or thousands"
		default:
			c.Why = "every value is a number"
		}
		if b.plan.why != "" {
			c.Why += "; " + b.plan.why
		}
	}
	b.report.mend(CodeLeadingZeros, b.where(), r.zeros, "zeros before other digits are dropped, as in numbers they mean nothing")
	if r.used != noFormat && b.plan.format != point {
		c.Format = marks[b.plan.format].text
		if r.grouped == 0 {
			c.Format = marks[b.plan.format.ungrouped()].text
		}
	}
	if c.Format == marks[point].text {
		c.Format = ""
	}
	if b.plan.why != "" {
		b.report.find("number format", b.name, "%s", b.plan.why)
	}
}

func (b *builder) date(c *table.Column) {
	c.Kind = table.DateTime
	if b.plan.order != yearFirst {
		c.Format = orderTexts[b.plan.order]
	}
	if b.field != nil {
		c.Why = schemaWhy
	} else {
		c.Why = fmt.Sprintf("every value is a date as %s", orderTexts[b.plan.order])
		if b.plan.why != "" && b.plan.order != yearFirst {
			c.Why += ": " + b.plan.why
		}
	}
	if b.plan.why != "" {
		b.report.find("dates", orderTexts[b.plan.order], "column %q: %s", b.name, b.plan.why)
	}
}

// tokens is what is read in place of each word where numbers or dates are wanted: a number without its unit.
func (w *words) tokens() [][]byte {
	tokens := make([][]byte, len(w.levels))
	for k, level := range w.levels {
		tokens[k] = []byte(level)
		if number, _, ok := bare(tokens[k]); ok && w.plan.op == opNumber {
			tokens[k] = number
		}
	}
	return tokens
}

// values turns words that have turned out to be numbers or dates into them; a word without a token has no value.
func (w *words) values(tokens [][]byte) error {
	b := w.builder
	r := b.read
	r.tally = newTally()
	single := newReader(b.plan)
	value := make([]float64, len(w.levels))
	for k, tok := range tokens {
		if tok == nil {
			value[k] = math.NaN()
			continue
		}
		before := single.tally
		single.nums = single.nums[:0]
		if single.op == opDate {
			single.date(tok, 0)
		} else {
			single.number(tok, preferring(b.plan.format), 0)
		}
		if single.refuted {
			return unfit(w.levels[k], b.field.Kind).At("row %d, column %q", w.firstRow(k)+1, b.name)
		}
		value[k] = single.nums[0]
		w.weigh(&before, &single.tally, w.counts[k])
	}
	r.tally = single.tally
	r.nums = make([]float64, len(r.codes))
	for i, k := range r.codes {
		r.nums[i] = value[k]
	}
	r.codes = nil
	return nil
}

// preferring is the order in which formats are tried around the chosen one.
func preferring(f format) *[8]format {
	if f.ungrouped() == comma {
		return &commaFirst
	}
	return &pointFirst
}

// weigh makes what a reader counted for one word count for all n cells that hold it.
func (w *words) weigh(before, after *tally, n int) {
	scale := func(old int, now *int) { *now = old + (*now-old)*n }
	scale(before.numbers, &after.numbers)
	scale(before.grouped, &after.grouped)
	scale(before.zeros, &after.zeros)
	scale(before.dates, &after.dates)
	scale(before.infinite, &after.infinite)
	for m := range after.missing {
		after.missing[m] = before.missing[m] + (after.missing[m]-before.missing[m])*int32(n)
	}
}

// shorten cuts a word for a message.
func shorten(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}
