package csvio

import (
	"math"
	"strings"

	"sadi"
	"sadi/internal/table"
)

// ParseCell reads one cell of a number, integer, date (seconds since 1970-01-01 UTC) or boolean (0, 1) column, in the
// form that the field says or in the usual one; NaN = missing. It is for values that do not come in a file.
func ParseCell(f table.Field, text string) (float64, error) {
	tok := trim([]byte(text))
	if isMissing(tok) >= 0 {
		return math.NaN(), nil
	}
	switch f.Kind {
	case table.Number, table.Integer:
		if number, _, ok := bare(tok); ok {
			tok = number
		}
		admitted := formatsOf(tok)
		form, _ := formatFor(f.Format)
		if !admitted.has(form) && admitted != noFormat {
			form = admitted.first(&pointFirst)
		}
		if v := parseNumber(tok, form); admitted != noFormat && !math.IsInf(v, 0) {
			return v, nil
		}
	case table.DateTime:
		m := parseDate(tok)
		o, _ := orderFor(f.Format)
		for _, o := range []order{o, yearFirst, dayFirst, monthFirst} {
			if m.orders.has(o) {
				return m.seconds(o), nil
			}
		}
	case table.Boolean:
		word := strings.ToLower(string(tok))
		for _, pair := range booleanPairs {
			if word == "0" || contains(pair.no, word) {
				return 0, nil
			}
			if word == "1" || contains(pair.yes, word) {
				return 1, nil
			}
		}
	}
	return 0, sadi.Errorf(sadi.BadData, "%q is no value of kind %s", shorten(text), f.Kind).At("column %q", f.Name)
}

// MissingWord reports whether a cell of a category or text column stands for "no value".
func MissingWord(text string) bool { return isMissingWord(strings.Trim(text, " \t")) >= 0 }
