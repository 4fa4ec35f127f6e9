package report

import (
	"fmt"

	"sadi/internal/manifest"
	"sadi/internal/profile"
	"sadi/internal/table"
)

// column is a line of the table of columns.
type column struct {
	Name, Why string
	Kind      Text
	Role      Text // what part it plays: target, left out, feature
	IsTarget  bool
	Left      bool
	Missing   string
	Alarm     bool // much is missing
	Distinct  string
	Values    string // the range, or the most frequent words
	Spark     []Box
}

var kindTexts = map[table.Kind]Text{
	table.Number: {"number", "número"}, table.Integer: {"integer", "entero"}, table.Boolean: {"yes or no", "sí o no"},
	table.Category: {"category", "categoría"}, table.DateTime: {"date", "fecha"}, table.Text: {"text", "texto"},
}

func (pg *page) data(d *manifest.Determined, p *profile.Profile) {
	for _, f := range d.Dataset.Dialect {
		v := f.Value
		if f.Why != "" {
			v += " – " + f.Why
		}
		pg.Reading = append(pg.Reading, fact{same(f.What), same(v), false})
	}
	for _, r := range d.Dataset.Repairs {
		line := fmt.Sprintf("%s (%d ×", r.Text, r.Count)
		if r.Where != "" {
			line += ", " + r.Where
		}
		pg.Repairs = append(pg.Repairs, line+")")
	}
	pg.Dropped = d.Dropped
	if p == nil {
		return
	}
	left := map[string]bool{}
	for _, c := range d.Dropped {
		left[c.Column] = true
	}
	used := map[string]bool{}
	for _, name := range d.Features {
		used[name] = true
	}
	// the target first, then the others in the order of the file
	for _, first := range []bool{true, false} {
		for i := range p.Columns {
			c := &p.Columns[i]
			if (c.Name == d.Target.Column) != first {
				continue
			}
			if len(pg.Columns) == shownColumns {
				pg.MoreColumns++
				continue
			}
			row := newColumn(c)
			switch {
			case first:
				row.Role, row.IsTarget = Text{"target", "objetivo"}, true
			case left[c.Name] || !used[c.Name]:
				row.Role, row.Left = Text{"left out", "excluida"}, true
			}
			pg.Columns = append(pg.Columns, row)
		}
	}
}

func newColumn(c *profile.Column) column {
	kind, ok := kindTexts[c.Kind]
	if !ok {
		kind = same(c.Kind.String())
	}
	out := column{Name: c.Name, Kind: kind, Why: c.Why, Distinct: whole(c.Distinct), Missing: "–"}
	if c.Missing > 0 {
		out.Missing, out.Alarm = percent(c.MissingShare), c.MissingShare > 0.3
	}
	switch q := c.Quantiles; {
	case q != nil && c.Kind == table.DateTime:
		out.Values = date(q.Min) + " … " + date(q.Max)
	case q != nil:
		out.Values = number(q.Min) + " … " + number(q.P50) + " … " + number(q.Max)
	default:
		out.Values = top(c)
	}
	out.Spark = spark(c)
	return out
}

// top are the most frequent words with their shares.
func top(c *profile.Column) string {
	var s string
	for i, l := range c.Top[:min(len(c.Top), 3)] {
		if i > 0 {
			s += ", "
		}
		s += shorten(l.Level, 24)
		if n := c.Rows - c.Missing; n > 0 {
			s += " " + percent(float64(l.Count)/float64(n))
		}
	}
	return s
}

const sparkWidth, sparkHeight = 96, 22

// spark draws the histogram of a column, or the counts of its most frequent words.
func spark(c *profile.Column) []Box {
	var counts []int
	for _, b := range c.Histogram {
		counts = append(counts, b.Count)
	}
	if len(counts) == 0 {
		for _, l := range c.Top {
			counts = append(counts, l.Count)
		}
	}
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	if most == 0 {
		return nil
	}
	width := min(float64(sparkWidth)/float64(len(counts)), 12)
	var out []Box
	for i, n := range counts {
		h := sparkHeight * float64(n) / float64(most)
		if n > 0 {
			h = max(h, 1)
		}
		out = append(out, Box{float64(i) * width, sparkHeight - h, width - 1, h})
	}
	return out
}
