package csvio

import (
	"math"
	"slices"
	"strings"

	"sadi/internal/table"
)

// totalWords stand in the row that sums up a table, in lower case and without a colon.
var totalWords = []string{"total", "totals", "grand total", "sum", "total general", "totales", "suma", "suma total", "sumas", "gran total", "total sum"}

func isTotal(word string) bool {
	return slices.Contains(totalWords, strings.TrimSpace(strings.TrimRight(strings.ToLower(word), ": ")))
}

const (
	totalRows      = 10   // a table has at least, for its last row to sum it up
	totalTolerance = 1e-6 // of a sum, which may have been rounded
)

// dropTotals takes the last row away if it sums up the rows above it: a cell says so, and the others are empty or the
// sums. named tells that a column of numbers or dates had the word there.
func dropTotals(cols []*table.Column, rows int, named bool, rep *Report) int {
	last := rows - 1
	if rows < totalRows {
		return rows
	}
	said := named
	others, empty, sums := 0, 0, 0
	for _, c := range cols {
		switch {
		case c.Missing(last):
			empty++
		case c.Codes != nil && isTotal(c.Levels[c.Codes[last]]) && !slices.Contains(c.Codes[:last], c.Codes[last]):
			said = true
			continue
		case c.Codes == nil && sumsUp(c.Nums):
			sums++
		}
		others++
	}
	if !said || sums == 0 && 2*empty < others {
		return rows
	}
	for _, c := range cols {
		dropLast(c)
	}
	rep.mend(CodeTotals, "", 1, "the last row sums up the others and is left out")
	return last
}

// sumsUp reports whether the last number is the sum of the others.
func sumsUp(nums []float64) bool {
	last := len(nums) - 1
	sum := 0.0
	for _, v := range nums[:last] {
		if !math.IsNaN(v) {
			sum += v
		}
	}
	return sum != 0 && math.Abs(sum-nums[last]) <= totalTolerance*math.Abs(sum)
}

// dropLast takes the last row from a column, and the level that no other row has.
func dropLast(c *table.Column) {
	if c.Codes == nil {
		c.Nums = c.Nums[:len(c.Nums)-1]
		return
	}
	last := len(c.Codes) - 1
	k := c.Codes[last]
	c.Codes = c.Codes[:last]
	if k < 0 || c.Kind == table.Boolean || slices.Contains(c.Codes, k) {
		return
	}
	c.Levels = slices.Delete(c.Levels, int(k), int(k)+1)
	for i, code := range c.Codes {
		if code > k {
			c.Codes[i]--
		}
	}
}
