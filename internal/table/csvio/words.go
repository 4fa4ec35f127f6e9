package csvio

import (
	"fmt"
	"math"
	"strings"

	"sadi/internal/table"
)

// words is a column that was read as words: the distinct ones in order, how often each occurs, and for each row its
// place among them.
type words struct {
	*builder
	levels []string
	counts []int
}

// words puts the words of all workers into one order. The codes become places in levels.
func (b *builder) words() *words {
	r := b.read
	levels, ranks := rank(r.dicts)
	w := &words{builder: b, levels: levels, counts: make([]int, len(levels))}
	at := 0
	for _, run := range r.runs {
		ranks := ranks[run.worker]
		for i, c := range r.codes[at:run.end] {
			k := ranks[c]
			w.counts[k]++
			r.codes[at+i] = k
		}
		at = run.end
	}
	r.runs, r.dicts = nil, nil
	return w
}

// firstRow is the first row that holds level k.
func (w *words) firstRow(k int) int {
	for i, c := range w.read.codes {
		if c == int32(k) {
			return i
		}
	}
	return -1
}

// build makes a column of words: Boolean, Category or Text.
func (w *words) build(c *table.Column) {
	as, missing := w.asBooleans()
	kind := table.Category
	switch {
	case w.field != nil:
		kind = w.field.Kind
		c.Why = schemaWhy
	case as != nil:
		kind = table.Boolean
	}
	w.countTrimmed()
	c.Kind = kind
	if kind == table.Boolean {
		w.boolean(c, as, missing)
		return
	}
	w.category(c)
	if w.field == nil {
		c.Kind, c.Why = w.kind()
	}
	if c.Kind == table.Number { // nothing but missing values
		c.Nums, c.Codes, c.Levels = missingNumbers(w.rows), nil, nil
	}
}

func missingNumbers(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// category maps the words that can only mean "no value" to missing and keeps the others.
func (w *words) category(c *table.Column) {
	to := make([]int32, len(w.levels))
	kept := w.levels[:0]
	n := 0
	for k, level := range w.levels {
		if m := isMissingWord(level); m >= 0 {
			to[k] = -1
			w.read.missing[m] += int32(w.counts[k])
			continue
		}
		to[k] = int32(n)
		kept = append(kept, level)
		w.counts[n] = w.counts[k]
		n++
	}
	if n < len(to) {
		w.recode(to)
	}
	w.levels, w.counts = kept, w.counts[:n]
	c.Levels, c.Codes = w.levels, w.read.codes
	w.countMissing()
}

func (w *words) recode(to []int32) {
	for i, k := range w.read.codes {
		w.read.codes[i] = to[k]
	}
}

const (
	textShare = 0.01 // of distinct values among all, above which words may be text
	textWords = 3    // words in a value on average, from which they are
	textLeast = 10   // distinct values that text has at least
)

// kind decides between a category and text, and says why. AutoGluon has the same bounds for share and words.
func (w *words) kind() (table.Kind, string) {
	present, parts, letters := 0, 0, 0
	numbers, dates, odd := 0, 0, -1 // odd: the most frequent word that is neither
	var lossy int
	for k, level := range w.levels {
		n := w.counts[k]
		present += n
		parts += n * countWords(level)
		letters += n * len(level)
		switch tok := []byte(level); {
		case len(tok) > 64:
		case formatsOf(tok) != noFormat:
			numbers += n
			continue
		case parseDate(tok).orders != noOrder:
			dates += n
			continue
		case isDigits(level):
			lossy += n
			continue
		}
		if odd < 0 || n > w.counts[odd] {
			odd = k
		}
	}
	distinct := len(w.levels)
	if present == 0 {
		w.report.mend(CodeAllMissing, w.where(), w.rows, "the column has no value at all")
		return table.Number, fmt.Sprintf("none of the %s has a value", plural(w.rows, "cell"))
	}
	mean := float64(parts) / float64(present)
	if distinct > textLeast && float64(distinct) > textShare*float64(present) && mean >= textWords {
		return table.Text, fmt.Sprintf("%d different values in %s, of %.1f words on average", distinct, plural(present, "cell"), mean)
	}
	why := fmt.Sprintf("words: %s in %s", plural(distinct, "different value"), plural(present, "cell"))
	switch {
	case lossy > 0 && odd < 0 && dates == 0:
		why = fmt.Sprintf("whole numbers of so many digits that a number would lose some (beyond 2^53): %s", plural(distinct, "different value"))
		w.report.find("long numbers", w.name, "%s would lose digits as numbers, so the values are kept as words", plural(lossy, "value"))
	case odd >= 0 && 2*numbers > present:
		why = w.mixed(numbers, present, odd, "numbers")
	case odd >= 0 && 2*dates > present:
		why = w.mixed(dates, present, odd, "dates")
	case odd < 0 && dates == 0:
		why = fmt.Sprintf("numbers written in formats that contradict each other: %s", plural(distinct, "different value"))
		w.report.find("mixed column", w.name, "%s", why)
	case odd < 0 && numbers == 0 && lossy == 0:
		why = fmt.Sprintf("dates written in orders that contradict each other: %s", plural(distinct, "different value"))
		w.report.find("mixed column", w.name, "%s", why)
	}
	return table.Category, why
}

// mixed says which word keeps a column from being numbers or dates.
func (w *words) mixed(good, present, odd int, what string) string {
	why := fmt.Sprintf("%d of %s are %s, but others are not, such as %q in row %d", good, plural(present, "value"), what,
		shorten(w.levels[odd]), w.firstRow(odd)+1)
	w.report.find("mixed column", w.name, "%s; the column is read as words", why)
	return why
}

func isDigits(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func countWords(s string) (n int) {
	inside := false
	for i := range len(s) {
		blank := s[i] == ' ' || s[i] >= '\t' && s[i] <= '\r'
		if !blank && !inside {
			n++
		}
		inside = !blank
	}
	return n
}
