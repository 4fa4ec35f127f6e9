package csvio

import (
	"fmt"
	"strconv"
	"strings"

	"sadi/internal/table"
)

// opening is the first record beside what follows it.
type opening struct {
	cells   []string   // of the first record, trimmed
	first   []evidence // the first record alone
	below   []evidence // the records below, of the same width
	repeats []int      // how often the cell stands again below
	rows    int        // records below
}

// header decides whether the first record has the names of the columns.
func (o *opening) header(schema table.Schema) (yes bool, why string) {
	asked := 0
	have := make(map[string]bool, len(o.cells))
	for _, c := range o.cells {
		have[c] = true
	}
	for _, f := range schema {
		if have[f.Name] {
			asked++
		}
	}
	if 2*asked > len(schema) { // a value of a file without names may be one of them
		return true, fmt.Sprintf("the first line has %s that are asked for", plural(asked, "name"))
	}
	var names, values, recurring, words int
	for j := range o.cells {
		typed := o.first[j].numbers+o.first[j].dates > 0
		switch below := &o.below[j]; {
		case o.rows == 0:
			if typed {
				values++
			}
		case below.numeric() || below.temporal():
			if typed {
				values++
			} else if o.first[j].others > 0 {
				names++
			}
		default:
			words++
			if o.repeats[j] > 0 && o.cells[j] != "" {
				recurring++
			}
		}
	}
	switch {
	case names > 0:
		return true, fmt.Sprintf("the first line has words where %s numbers or dates", plural(names, "column")+" "+hold(names))
	case values > 0 && o.counts():
		return true, "the first line counts upwards by one, as names do and values hardly"
	case values > 0 && o.rows == 0:
		return false, "the only line has values"
	case values > 0:
		return false, fmt.Sprintf("the first line has values as the lines below in each of the %s of numbers or dates", plural(values, "column"))
	case o.rows > 1 && recurring > 0 && 2*recurring >= words:
		return false, fmt.Sprintf("the words of the first line stand again below in %s", plural(recurring, "column"))
	case o.rows == 0:
		return true, "the only line has words"
	}
	return true, "all columns hold words, and those of the first line do not stand again below"
}

func hold(n int) string {
	if n == 1 {
		return "holds"
	}
	return "hold"
}

// counts reports whether the numbers of the first record, three or more, grow by one from column to column.
func (o *opening) counts() bool {
	n, last := 0, 0
	for j, c := range o.cells {
		if o.first[j].numbers == 0 {
			continue
		}
		v, err := strconv.Atoi(c)
		if err != nil || n > 0 && v != last+1 {
			return false
		}
		last = v
		n++
	}
	return n >= 3
}

// columnNames gives each column a name of its own.
func columnNames(cells []string, r *Report) []string {
	names := make([]string, len(cells))
	taken := make(map[string]bool, len(cells))
	for _, c := range cells {
		taken[c] = true
	}
	used := make(map[string]bool, len(cells))
	next := map[string]int{} // the number to try next behind a name
	free := func(stem string) string {
		for k := max(next[stem], 2); ; k++ {
			if name := fmt.Sprintf("%s_%d", stem, k); !used[name] && !taken[name] {
				next[stem] = k + 1
				return name
			}
		}
	}
	var unnamed, renamed []string
	for j, c := range cells {
		name := c
		if name == "" {
			if name = "c" + strconv.Itoa(j+1); used[name] || taken[name] {
				name = free(name)
			}
			unnamed = append(unnamed, name)
		} else if used[name] {
			name = free(c)
			renamed = append(renamed, fmt.Sprintf("%q as %q", c, name))
		}
		used[name] = true
		names[j] = name
	}
	r.mend(CodeUnnamed, "header", len(unnamed), "columns without a name are called %s", list(unnamed))
	r.mend(CodeRenamed, "header", len(renamed), "a name occurs more than once; read %s", list(renamed))
	return names
}

// numberedNames are c1, c2, … for a file without a header.
func numberedNames(n int) []string {
	names := make([]string, n)
	for j := range names {
		names[j] = "c" + strconv.Itoa(j+1)
	}
	return names
}

// list joins the first few words.
func list(words []string) string {
	if n := len(words); n > 8 {
		return strings.Join(words[:8], ", ") + fmt.Sprintf(" and %d more", n-8)
	}
	return strings.Join(words, ", ")
}
