package csvio

import (
	"fmt"

	"sadi/internal/table"
)

// op is how the cells of a column are read.
type op uint8

const (
	opSkip   op = iota
	opNumber    // into nums, by format
	opDate      // into nums, by order
	opWord      // into codes of a dictionary
)

// plan is how a column is to be read.
type plan struct {
	op     op
	format format
	order  order
	// open: the column is read as words since that loses nothing, but they may turn out to be numbers or dates
	open bool
	// dressed: numbers may be written with a unit, as a schema says that they are numbers
	dressed bool
	lenient bool   // cells that can not be read are missing
	why     string // what decided between formats or orders that the column itself leaves open
}

// verdict is what all columns together say about the file.
type verdict struct {
	points, commas, days, months int    // columns that prove a decimal mark or an order
	decimal                      byte   // '.' or ','
	why                          string // why this decimal mark
}

// weigh counts the proofs in all columns; delim decides about the decimal mark where there is none.
func weigh(all []evidence, delim byte) verdict {
	v := verdict{decimal: '.'}
	for i := range all {
		e := &all[i]
		switch {
		case e.provesPoint():
			v.points++
		case e.provesComma():
			v.commas++
		case e.temporal() && e.orders == 1<<dayFirst:
			v.days++
		case e.temporal() && e.orders == 1<<monthFirst:
			v.months++
		}
	}
	switch {
	case v.commas > 0 && v.points == 0:
		v.decimal, v.why = ',', fmt.Sprintf("%s numbers that only a decimal comma explains, none needs a decimal point", holds(v.commas))
	case v.points > 0 && v.commas == 0:
		v.why = fmt.Sprintf("%s numbers that only a decimal point explains, none needs a decimal comma", holds(v.points))
	case v.points > 0:
		if v.commas > v.points {
			v.decimal = ','
		}
		v.why = fmt.Sprintf("the columns differ: %d can only have a decimal point and %d only a decimal comma; each is read as it proves", v.points, v.commas)
	case delim == ';':
		v.decimal, v.why = ',', "no number proves a decimal mark; files with semicolons usually have the comma"
	default:
		v.why = "no number proves a decimal mark"
	}
	return v
}

func holds(n int) string {
	if n == 1 {
		return "1 column has"
	}
	return fmt.Sprintf("%d columns have", n)
}

// preference is the order in which formats are tried.
func (v verdict) preference() *[8]format {
	if v.decimal == ',' {
		return &commaFirst
	}
	return &pointFirst
}

// number chooses the format of a column of numbers. hint is the format of a schema, "" for none.
func (v verdict) number(e *evidence, hint string) (f format, why string) {
	set := e.formats
	if h, ok := formatFor(hint); ok && set.has(h) {
		return h, ""
	}
	switch {
	case set == anyFormat, set == noFormat: // no marks, or no number at all
		return v.preference()[0], ""
	case set.has(point) && set&withComma == 0, set.has(comma) && set&withPoint == 0:
		return set.first(v.preference()), ""
	case set.has(point) && set.has(commaPoint): // 1.234
		if v.commas > 0 && v.points == 0 {
			return commaPoint, "its points part thousands, as other columns have a decimal comma"
		}
		if v.points > 0 {
			return point, ""
		}
		if v.decimal == ',' && hint == "" {
			return commaPoint, "its points part thousands: every one has three digits behind it, and " + v.why
		}
		return point, "every value has three digits after the point: read as decimals, since no other column has a decimal comma"
	case set.has(comma) && set.has(pointComma): // 1,234
		if v.decimal == ',' {
			return comma, "every value has three digits after the comma: read as decimals, since " + v.why
		}
		return pointComma, "its commas part thousands: every one has three digits behind it, and " + v.why
	}
	return set.first(v.preference()), ""
}

// date chooses the order of a column of dates.
func (v verdict) date(e *evidence, hint string) (o order, why string) {
	set := e.orders
	if h, ok := orderFor(hint); ok && set.has(h) {
		return h, ""
	}
	switch {
	case set == anyOrder:
		return yearFirst, "the month is a word"
	case set.has(yearFirst):
		return yearFirst, "the year comes first"
	case set == 1<<dayFirst:
		return dayFirst, "the first number goes beyond 12, so it is the day"
	case set == 1<<monthFirst:
		return monthFirst, "the second number goes beyond 12, so it is the day"
	case v.months > 0 && v.days == 0:
		return monthFirst, "ambiguous, since no number goes beyond 12: the month is taken as first, as in another column"
	case v.days > 0 && v.months == 0:
		return dayFirst, "ambiguous, since no number goes beyond 12: the day is taken as first, as in another column"
	}
	return dayFirst, "ambiguous, since no number goes beyond 12: the day is taken as first"
}

// plans decides how each column is read. fields, if not nil, fixes the kind of column j with fields[j] (nil = skip it).
func plans(all []evidence, delim byte, fields []*table.Field) ([]plan, verdict) {
	v := weigh(all, delim)
	out := make([]plan, len(all))
	for j := range all {
		e := &all[j]
		if fields == nil {
			out[j] = v.plan(e, "")
			continue
		}
		f := fields[j]
		switch {
		case f == nil:
			out[j] = plan{op: opSkip}
		case f.Kind == table.DateTime:
			out[j] = plan{op: opDate}
			out[j].order, out[j].why = v.date(e, f.Format)
		case f.Kind.Numeric():
			out[j] = plan{op: opNumber, dressed: true}
			out[j].format, out[j].why = v.number(e, f.Format)
		default:
			out[j] = plan{op: opWord}
		}
	}
	return out, v
}

func (v verdict) plan(e *evidence, hint string) (p plan) {
	switch {
	case e.numeric():
		p.op = opNumber
		p.format, p.why = v.number(e, hint)
	case e.temporal():
		p.op = opDate
		p.order, p.why = v.date(e, hint)
	default:
		p.op = opWord
		p.open = !e.verbal()
	}
	return p
}
