package profile

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sadi/internal/par"
	"sadi/internal/table"
)

const (
	topLevels = 10
	maxBins   = 20
	maxLevel  = 80 // characters of a level that are shown
)

// Describe profiles each column, in the order of the table. The only error is the cause of ctx.
func Describe(ctx context.Context, t *table.Table, pool *par.Pool) ([]Column, error) {
	cols := make([]Column, len(t.Cols))
	err := pool.For(ctx, len(t.Cols), func(j int) { cols[j] = describe(t.Cols[j]) })
	if err != nil {
		return nil, err
	}
	return cols, nil
}

func describe(c *table.Column) Column {
	d := Column{Name: c.Name, Kind: c.Kind, Why: c.Why, Rows: c.Len()}
	if c.Kind.Numeric() {
		describeNumbers(&d, c)
	} else {
		describeWords(&d, c)
	}
	if d.Rows > 0 {
		d.MissingShare = float64(d.Missing) / float64(d.Rows)
	}
	return d
}

func describeNumbers(d *Column, c *table.Column) {
	sorted := make([]float64, 0, len(c.Nums))
	for _, v := range c.Nums {
		if !math.IsNaN(v) {
			sorted = append(sorted, v+0) // the negative zero becomes zero
		}
	}
	d.Missing = len(c.Nums) - len(sorted)
	if len(sorted) == 0 {
		return
	}
	d.Order = orderOf(sorted)
	sortFloats(sorted)
	d.Quantiles = quantiles(sorted)
	d.Histogram = histogram(sorted, c.Kind == table.Integer)
	d.Distinct, d.Top = runs(sorted, c.Kind)
}

// orderOf is the order of values as they come.
func orderOf(v []float64) Order {
	up, down, step := true, true, true
	for i := 1; i < len(v); i++ {
		up = up && v[i] >= v[i-1]
		down = down && v[i] <= v[i-1]
		step = step && v[i] == v[i-1]+1
	}
	switch {
	case up && down: // constant
		return Unordered
	case step:
		return Sequence
	case up:
		return Ascending
	case down:
		return Descending
	}
	return Unordered
}

// runs counts the distinct values of a sorted slice and gives the most frequent ones.
func runs(sorted []float64, kind table.Kind) (distinct int, top []LevelCount) {
	type run struct {
		value float64
		count int
	}
	var best []run // by count downwards, equal counts by value upwards
	for i := 0; i < len(sorted); {
		k := i + 1
		for k < len(sorted) && sorted[k] == sorted[i] {
			k++
		}
		distinct++
		if n := k - i; len(best) < topLevels || n > best[len(best)-1].count {
			at, _ := slices.BinarySearchFunc(best, n, func(r run, n int) int {
				if r.count >= n {
					return -1
				}
				return 1
			})
			best = slices.Insert(best, at, run{sorted[i], n})
			best = best[:min(len(best), topLevels)]
		}
		i = k
	}
	if best[0].count < 2 {
		return distinct, nil
	}
	for _, r := range best {
		top = append(top, LevelCount{formatValue(r.value, kind), r.count})
	}
	return distinct, top
}

func describeWords(d *Column, c *table.Column) {
	counts := levelCounts(c)
	order := make([]int, 0, len(counts))
	rows := 0
	for k, n := range counts {
		if n > 0 {
			order = append(order, k)
			rows += n
		}
	}
	d.Missing = d.Rows - rows
	d.Distinct = len(order)
	if c.Kind != table.Boolean && rows > 0 {
		d.Text = textStats(c.Levels, counts, rows)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	if len(order) == 0 || counts[order[0]] < 2 {
		return
	}
	for _, k := range order[:min(len(order), topLevels)] {
		d.Top = append(d.Top, LevelCount{shorten(c.Levels[k], maxLevel), counts[k]})
	}
}

// textStats adds up integers, so the order of levels does not matter.
func textStats(levels []string, counts []int, rows int) *TextStats {
	s := &TextStats{}
	var length, wordCount int
	for k, n := range counts {
		if n == 0 {
			continue
		}
		chars := utf8.RuneCountInString(levels[k])
		s.MaxLength = max(s.MaxLength, chars)
		length += n * chars
		wordCount += n * len(strings.Fields(levels[k]))
	}
	s.MeanLength = float64(length) / float64(rows)
	s.MeanWords = float64(wordCount) / float64(rows)
	return s
}

// shorten is valid UTF-8 on one line, cut to n characters with an ellipsis.
func shorten(s string, n int) string {
	if len(s) > 4*n+4 {
		s = s[:4*n+4] // n characters fit surely; what is cut in the middle is beyond them
	}
	var b strings.Builder
	i := 0
	for _, r := range s {
		if i == n-1 && utf8.RuneCountInString(s) > n {
			b.WriteRune('…')
			break
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		b.WriteRune(r)
		i++
	}
	return b.String()
}

// formatValue writes a stored number as a person would.
func formatValue(v float64, kind table.Kind) string {
	if kind != table.DateTime {
		return formatNumber(v)
	}
	if math.Abs(v) > 253402300799 { // beyond the year 9999 a calendar date says nothing
		return formatNumber(v)
	}
	at := time.Unix(int64(math.Floor(v)), 0).UTC()
	if v == math.Trunc(v) && int64(v)%86400 == 0 {
		return at.Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04:05")
}
