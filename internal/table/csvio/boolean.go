package csvio

import (
	"strings"

	"sadi/internal/table"
)

// booleanPairs are the words for false and true that belong together, in lower case. 0 and 1 are whole numbers.
var booleanPairs = [...]struct{ no, yes []string }{
	{[]string{"false"}, []string{"true"}},
	{[]string{"no"}, []string{"yes"}},
	{[]string{"no"}, []string{"si", "sí"}},
	{[]string{"falso"}, []string{"verdadero"}},
	{[]string{"f"}, []string{"t"}},
	{[]string{"n"}, []string{"y"}},
}

// asBooleans gives each level 0 or 1 if the words are exactly those of one pair, both present, and -1 to what is
// missing in such a column. as is nil otherwise, and if a schema wants another kind. Under a schema for booleans every
// pair counts, and 0 and 1 too; other words are missing.
func (w *words) asBooleans() (as []int32, missing []int) {
	if w.field != nil {
		if w.field.Kind != table.Boolean {
			return nil, nil
		}
		return w.anyBooleans()
	}
	if len(w.levels) > 64 { // more spellings there are not
		return nil, nil
	}
	for _, pair := range booleanPairs {
		as, missing = make([]int32, len(w.levels)), make([]int, len(w.levels))
		var seen [2]bool
		fits := true
		for k, level := range w.levels {
			missing[k] = -1
			switch word := strings.ToLower(level); {
			case contains(pair.no, word):
				seen[0] = true
			case contains(pair.yes, word):
				as[k], seen[1] = 1, true
			default:
				as[k] = -1
				missing[k] = isMissing([]byte(level))
				fits = fits && missing[k] >= 0 && missingTokens[missing[k]].booleans
			}
		}
		if fits && seen[0] && seen[1] {
			return as, missing
		}
	}
	return nil, nil
}

// anyBooleans reads each level as a boolean by itself.
func (w *words) anyBooleans() (as []int32, missing []int) {
	as, missing = make([]int32, len(w.levels)), make([]int, len(w.levels))
	unknown := 0
	example := ""
	for k, level := range w.levels {
		as[k], missing[k] = -1, -1
		word := strings.ToLower(level)
		switch word {
		case "0":
			as[k] = 0
		case "1":
			as[k] = 1
		}
		for _, pair := range booleanPairs {
			if contains(pair.no, word) {
				as[k] = 0
			} else if contains(pair.yes, word) {
				as[k] = 1
			}
		}
		if as[k] < 0 {
			if missing[k] = isMissing([]byte(level)); missing[k] < 0 {
				unknown += w.counts[k]
				if example == "" {
					example = level
				}
			}
		}
	}
	w.report.mend(CodeNotBoolean, w.where(), unknown, "words that mean neither yes nor no, such as %q, count as missing", shorten(example))
	return as, missing
}

func contains(words []string, s string) bool {
	for _, w := range words {
		if w == s {
			return true
		}
	}
	return false
}

// boolean makes a Boolean column; as and missing tell what each level means.
func (w *words) boolean(c *table.Column, as []int32, missing []int) {
	var best [2]int // the most frequent spelling, + 1
	var spellings [2]int
	for k, v := range as {
		if v < 0 {
			if m := missing[k]; m >= 0 {
				w.read.missing[m] += int32(w.counts[k])
			}
			continue
		}
		spellings[v]++
		if best[v] == 0 || w.counts[k] > w.counts[best[v]-1] {
			best[v] = k + 1
		}
	}
	c.Levels = []string{"false", "true"}
	for v, k := range best {
		if k > 0 {
			c.Levels[v] = w.levels[k-1]
		}
	}
	if other := max(best[0], best[1]); w.field != nil && (best[0] == 0) != (best[1] == 0) {
		fillPair(c.Levels, w.levels[other-1])
	}
	if n := spellings[0] + spellings[1]; n > 2 {
		w.report.mend(CodeSpellings, w.where(), n, "other spellings count as the two words %q and %q", c.Levels[0], c.Levels[1])
	}
	if w.field == nil {
		c.Why = "exactly the two words " + c.Levels[0] + " and " + c.Levels[1]
	}
	w.recode(as)
	c.Codes = w.read.codes
	w.countMissing()
}

// fillPair completes the two words when a block has only one of them.
func fillPair(levels []string, word string) {
	if word == "0" || word == "1" {
		levels[0], levels[1] = "0", "1"
		return
	}
	word = strings.ToLower(word)
	for _, pair := range booleanPairs {
		if contains(pair.no, word) {
			levels[1] = pair.yes[0]
			return
		}
		if contains(pair.yes, word) {
			levels[0] = pair.no[0]
			return
		}
	}
}
