package profile

import (
	"context"
	"fmt"

	"sadi/internal/table"
)

// The bounds of what is remarkable in a single column.
const (
	constantShare   = 0.99 // of the rows, from which a value is almost everywhere
	missingMuch     = 0.5  // share of missing rows that is worth a line
	missingAlmost   = 0.95 // share that makes it a warning
	constantMissing = 0.01 // a single value is worth keeping only when where it is missing varies by more
	manyLevels      = 100  // categories that are many whatever the rows
	someLevels      = 20   // categories that are many when each has few rows
	levelShare      = 0.3  // distinct/rows for that
	groupRepeats    = 2    // rows per value from which an identifier is one of groups
)

// eachColumn looks at columns one by one.
func (g *guard) eachColumn(context.Context) error {
	for j := range g.cols {
		if !g.feature(j) || g.t.Rows == 0 {
			continue
		}
		if r, ok := g.worthless(j); ok {
			g.add(j, r)
			continue
		}
		g.peculiar(j)
	}
	return nil
}

// worthless says why nothing can be learned from column j.
func (g *guard) worthless(j int) (Guardrail, bool) {
	c, d := g.t.Cols[j], &g.cols[j]
	present := d.Rows - d.Missing
	switch {
	case d.Distinct == 0:
		return Guardrail{Code: CodeEmpty, Severity: Warning, Drop: true, Text: fmt.Sprintf("%q has no value in any row", d.Name),
			Advice: "it is left out; check how the file was made if it should have values"}, true
	case d.Distinct == 1 && (d.MissingShare < constantMissing || d.MissingShare > 1-constantMissing):
		return Guardrail{Code: CodeConstant, Severity: Info, Drop: true, Text: fmt.Sprintf("%q has the same value wherever it has one", d.Name),
			Advice: "it is left out, because it can not tell rows apart"}, true
	}
	if d.Name == g.opt.Time {
		return Guardrail{}, false
	}
	if why := identifier(c, d, len(g.cols)); why != "" {
		return Guardrail{Code: CodeIdentifier, Severity: Warning, Drop: true, Text: fmt.Sprintf("%q looks like an identifier: %s", d.Name, why),
			Advice: "it is left out, because a model would learn rows by heart"}, true
	}
	unique := float64(d.Distinct) / float64(present)
	if c.Kind == table.Category && unique > allUnique && present >= idRowsPlain {
		return Guardrail{Code: CodeNearUnique, Severity: Warning, Drop: true, Text: fmt.Sprintf("%s of the words in %q differ", percent(unique), d.Name),
			Advice: "it is left out, because a category that does not repeat tells nothing of other rows"}, true
	}
	return Guardrail{}, false
}

// peculiar notes what is remarkable in column j.
func (g *guard) peculiar(j int) {
	c, d := g.t.Cols[j], &g.cols[j]
	present := float64(d.Rows - d.Missing)
	unique := float64(d.Distinct) / present
	if d.MissingShare >= missingMuch {
		severity := Info
		if d.MissingShare >= missingAlmost {
			severity = Warning
		}
		g.add(j, Guardrail{Code: CodeMissing, Severity: severity, Text: fmt.Sprintf("%s of %q is missing", percent(d.MissingShare), d.Name),
			Advice: "that it is missing is used as information; ignore the column if that means nothing"})
	}
	if len(d.Top) > 0 && d.Distinct > 1 && float64(d.Top[0].Count) >= constantShare*float64(d.Rows) {
		g.add(j, Guardrail{Code: CodeNearlyConstant, Severity: Info,
			Text: fmt.Sprintf("%q is %q in %s of the rows", d.Name, shorten(d.Top[0].Level, 30), percent(float64(d.Top[0].Count)/float64(d.Rows)))})
	}
	switch {
	case c.Kind == table.Text && unique > nearUnique && present >= idRowsPlain:
		g.add(j, Guardrail{Code: CodeNearUnique, Severity: Info, Text: fmt.Sprintf("%q is free text: %s of its values differ", d.Name, percent(unique)),
			Advice: "its words are used, not its values; ignore it if it only names the rows"})
	case (c.Kind == table.Category || c.Kind == table.Integer) && g.groups(j):
		g.add(j, Guardrail{Code: CodeGroup, Severity: Info, Text: fmt.Sprintf("%q looks like the identifier of groups: %d values in %.0f rows", d.Name, d.Distinct, present),
			Advice: fmt.Sprintf("use --group %s if new data will have other groups", quoteArg(d.Name))})
	case c.Kind == table.Category && (d.Distinct > manyLevels || d.Distinct > someLevels && unique > levelShare):
		g.add(j, Guardrail{Code: CodeHighCardinality, Severity: Warning, Text: fmt.Sprintf("%q has %d categories, %.1f rows for each on average", d.Name, d.Distinct, present/float64(d.Distinct)),
			Advice: "its categories are encoded by what is known of them; group rare ones if you know how"})
	}
}

// groups reports whether column j has the name of an identifier and values that repeat.
func (g *guard) groups(j int) bool {
	d := &g.cols[j]
	return names.identifier(d.Name) && d.Distinct >= someLevels && d.Rows-d.Missing >= groupRepeats*d.Distinct
}

// quoteArg is a name as an argument of a command line.
func quoteArg(name string) string {
	for _, r := range name {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-' && r != '.' {
			return fmt.Sprintf("%q", name)
		}
	}
	return name
}
