package profile

import (
	"fmt"
	"math"
	"strings"

	"sadi/internal/table"
)

const (
	nearUnique  = 0.95 // distinct/rows from which a column with an identifier's name is one
	allUnique   = 0.99 // the same for codes without such a name, and for words that never repeat
	idRows      = 20   // below, that values differ says little
	idRowsPlain = 50   // the same without an identifier's name
)

// identifier says why the column numbers or names rows instead of describing them; "" = it does not. width is the
// count of the table's columns. Measurements are no identifiers however unique, so numbers with decimals never are.
func identifier(c *table.Column, d *Column, width int) string {
	present := d.Rows - d.Missing
	if present < idRows || c.Kind == table.DateTime || c.Kind == table.Boolean {
		return ""
	}
	unique := float64(d.Distinct) / float64(present)
	named := names.identifier(d.Name) || len(words(d.Name)) == 0
	switch {
	case unique < nearUnique:
		return ""
	case c.Kind == table.Number:
		if named && whole(c.Nums) {
			return fmt.Sprintf("its name is an identifier's and %s of its values differ", percent(unique))
		}
		return ""
	case c.Kind == table.Integer && d.Order == Sequence && width >= 3 && !names.period(d.Name) && firstOfRows(c):
		return "it counts the rows"
	case c.Kind == table.Integer && named, c.Kind == table.Category && named, c.Kind == table.Text && named && d.Text.MeanWords < 2:
		return fmt.Sprintf("its name is an identifier's and %s of its values differ", percent(unique))
	case c.Kind == table.Integer && unique == 1 && present >= idRowsPlain && contiguous(d.Quantiles, present) && !names.period(d.Name) && width >= 3:
		return "it is the numbers of the rows in another order"
	case (c.Kind == table.Category || c.Kind == table.Text) && unique >= allUnique && present >= idRowsPlain && coded(c):
		return "its values are codes of one form and almost never repeat"
	}
	return ""
}

func whole(nums []float64) bool {
	for _, v := range nums {
		if !math.IsNaN(v) && v != math.Trunc(v) {
			return false
		}
	}
	return true
}

// firstOfRows reports whether a sequence starts as a count of rows does.
func firstOfRows(c *table.Column) bool { return c.Nums[0] == 0 || c.Nums[0] == 1 }

// contiguous reports whether n different whole numbers fill 0..n-1 or 1..n.
func contiguous(q *Quantiles, n int) bool {
	return (q.Min == 0 || q.Min == 1) && q.Max-q.Min == float64(n-1)
}

// coded reports whether all levels have one form with digits in it: UUIDs, hashes, 7590-VHVEG. The form of a word has
// its digits and letters as one sign each.
func coded(c *table.Column) bool {
	if len(c.Levels) == 0 {
		return false
	}
	form := func(s string) (string, bool) {
		digit := false
		f := strings.Map(func(r rune) rune {
			switch {
			case r >= '0' && r <= '9':
				digit = true
				return 'w'
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
				return 'w'
			}
			return r
		}, s)
		return f, digit
	}
	first, _ := form(c.Levels[0])
	if len(first) < 5 || strings.ContainsRune(first, ' ') {
		return false
	}
	withDigits := 0
	for _, s := range c.Levels {
		f, digit := form(s)
		if f != first {
			return false
		}
		if digit {
			withDigits++
		}
	}
	return 2*withDigits >= len(c.Levels)
}

// percent writes a share of 0..1: "100 %" only when it is all, "0 %" only when it is none.
func percent(share float64) string {
	switch p := 100 * share; {
	case share == 0 || share == 1:
		return fmt.Sprintf("%.0f %%", p)
	case p < 0.01:
		return "less than 0.01 %"
	case p < 1:
		return fmt.Sprintf("%.2g %%", p)
	default:
		return fmt.Sprintf("%.3g %%", min(p, 99.9))
	}
}
