package profile

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"sadi/internal/table"
)

// TextOptions say how to write for a terminal. The zero value: 100 columns, no colour.
type TextOptions struct {
	Width int  // columns; 0 = 100; less than 60 counts as 60
	Color bool // ANSI colours; for terminals only
}

const (
	shownColumns = 200 // of a table; the others are counted
	shownAlike   = 4   // guardrails of one code that are shown
	shownTargets = 5
	nameWidth    = 28 // at most
	chart        = maxBins
)

// Text writes the profile for people: the columns, what to look at, and the target.
func Text(w io.Writer, p *Profile, opt TextOptions) error {
	if opt.Width == 0 {
		opt.Width = 100
	}
	out := &page{w: w, width: max(opt.Width, 60), color: opt.Color}
	out.line(plural(p.Rows, "row") + ", " + plural(len(p.Columns), "column") + ", " + missingLine(p))
	out.columnTable(p.Columns)
	out.guardrails(p.Guardrails)
	out.targets(p)
	return out.err
}

func missingLine(p *Profile) string {
	missing := 0
	for _, c := range p.Columns {
		missing += c.Missing
	}
	if missing == 0 {
		return "nothing missing"
	}
	return fmt.Sprintf("%s missing (%s)", plural(missing, "value"), percent(float64(missing)/float64(p.Rows*len(p.Columns))))
}

func (out *page) columnTable(cols []Column) {
	out.heading("Columns")
	if len(cols) == 0 {
		out.line("  none")
		return
	}
	const fixed = 2 + 2 + 8 + 9 + 10 + 3 // what stands beside the name and the values
	name, most := columns("name"), min(nameWidth, (out.width-fixed)*2/5)
	for _, c := range cols[:min(len(cols), shownColumns)] {
		name = max(name, columns(shorten(c.Name, nameWidth)))
	}
	name = min(name, most)
	out.line(out.paint(dim, "  "+left("name", name)+"  "+left("type", 8)+right("missing", 9)+right("distinct", 10)+"   values"))
	values := out.width - fixed - name
	for _, c := range cols[:min(len(cols), shownColumns)] {
		missing := "–"
		if c.Missing > 0 {
			missing = shortPercent(c.MissingShare)
		}
		out.line("  " + left(c.Name, name) + "  " + left(c.Kind.String(), 8) + right(missing, 9) +
			right(thousands(c.Distinct), 10) + "   " + left(summary(&c, values), values))
	}
	if extra := len(cols) - shownColumns; extra > 0 {
		out.line(fmt.Sprintf("  and %s more columns", thousands(extra)))
	}
}

// summary is a column's values in about width places.
func summary(c *Column, width int) string {
	switch {
	case c.Quantiles != nil:
		q := c.Quantiles
		if q.Min == q.Max {
			return "always " + shortNumber(q.Min, c.Kind)
		}
		three := []string{}
		for _, v := range []float64{q.Min, q.P50, q.Max} {
			if c.Kind == table.DateTime && q.Max-q.Min > 10*86400 {
				v = 86400 * math.Floor(v/86400) // the day is enough
			}
			three = append(three, shortNumber(v, c.Kind))
		}
		text := strings.Join(three, " … ")
		if width < chart+2+columns(text) {
			return text
		}
		return left(bars(c.Histogram), chart) + "  " + text
	case len(c.Top) > 0:
		return topLine(c, width)
	case c.Text != nil:
		return fmt.Sprintf("all differ, %.1f words each", c.Text.MeanWords)
	}
	return ""
}

// topLine lists the most frequent values as far as there is room.
func topLine(c *Column, width int) string {
	var b strings.Builder
	present := float64(c.Rows - c.Missing)
	for i, l := range c.Top {
		item := fmt.Sprintf("%s %s", shorten(l.Level, 24), shortPercent(float64(l.Count)/present))
		if i > 0 {
			if columns(b.String())+3+columns(item)+2 > width {
				return b.String() + " …"
			}
			b.WriteString(" · ")
		}
		b.WriteString(item)
	}
	if c.Distinct > len(c.Top) {
		b.WriteString(" …")
	}
	return b.String()
}

var barSigns = []rune("▁▂▃▄▅▆▇█")

// bars draws a histogram in one line; a bin without rows is blank.
func bars(bins []Bin) string {
	most := 0
	for _, b := range bins {
		most = max(most, b.Count)
	}
	var out strings.Builder
	for _, b := range bins {
		if b.Count == 0 {
			out.WriteByte(' ')
			continue
		}
		out.WriteRune(barSigns[(len(barSigns)-1)*b.Count/most])
	}
	return out.String()
}

var severityStyle = map[string]style{Critical: red, Warning: yellow, Info: cyan}

func (out *page) guardrails(all []Guardrail) {
	out.heading("What to look at")
	if len(all) == 0 {
		out.line("  nothing was found that could spoil a model")
		return
	}
	for _, severity := range []string{Critical, Warning, Info} {
		byCode, codes := make(map[string][]Guardrail), []string{}
		for _, g := range all {
			if g.Severity == severity {
				if byCode[g.Code] == nil {
					codes = append(codes, g.Code)
				}
				byCode[g.Code] = append(byCode[g.Code], g)
			}
		}
		for _, code := range codes {
			out.alike(severity, byCode[code])
		}
	}
}

// alike writes guardrails of one code, and their advice once when it is the same.
func (out *page) alike(severity string, gs []Guardrail) {
	mark := "  " + left(severity, 8) + "  "
	shown := gs[:min(len(gs), shownAlike)]
	for i, g := range shown {
		first := mark
		if i > 0 {
			first = strings.Repeat(" ", len(mark))
		}
		out.marked(first, severityStyle[severity], plainStyle, g.Text)
		if last := i == len(shown)-1; last && len(gs) > len(shown) {
			out.line(strings.Repeat(" ", len(mark)) + fmt.Sprintf("and %d more of this kind", len(gs)-len(shown)))
		}
		if g.Advice != "" && (i == len(shown)-1 || shown[i+1].Advice != g.Advice) {
			out.wrapped(strings.Repeat(" ", len(mark))+"→ ", dim, g.Advice)
		}
	}
}

func (out *page) targets(p *Profile) {
	out.heading("Target")
	switch {
	case p.Target != nil:
		how := "found"
		if p.Target.Given {
			how = "given"
		}
		out.wrapped("  ", plainStyle, fmt.Sprintf("%s (%s): %s, because %s", shorten(p.Target.Column, maxLevel), how, p.Target.Problem, p.Target.Why))
	case len(p.Targets) == 0:
		out.line("  no column looks like one; say which with --target COLUMN")
	default:
		out.line("  none is clear; say which with --target COLUMN")
	}
	if p.Target != nil && p.Target.Given {
		return
	}
	const bar = 12
	name := min(24, out.width/4)
	for _, c := range p.Targets[:min(len(p.Targets), shownTargets)] {
		filled := int(math.Round(bar * c.Confidence))
		meter := strings.Repeat("█", filled) + strings.Repeat("░", bar-filled)
		out.wrapped(fmt.Sprintf("  %s  %s %s  ", left(c.Column, name), meter, strconv.FormatFloat(c.Confidence, 'f', 2, 64)), dim, fmt.Sprintf("%s: %s", c.Problem, c.Why))
	}
}

// shortNumber is a number to four digits, or a date.
func shortNumber(v float64, kind table.Kind) string {
	if kind == table.DateTime {
		return formatValue(v, kind)
	}
	if v == math.Trunc(v) && math.Abs(v) < 1e7 {
		return formatNumber(v)
	}
	if a := math.Abs(v); a >= 1000 && a < 1e7 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

func shortPercent(share float64) string {
	switch {
	case share > 0 && share < 0.01:
		return "<1 %"
	case share < 1 && share > 0.99:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands writes a count with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
