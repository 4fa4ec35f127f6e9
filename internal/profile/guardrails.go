package profile

import (
	"cmp"
	"context"
	"slices"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/table"
)

// Guardrail is something in the data that could spoil a model.
type Guardrail struct {
	Code     string `json:"code"`             // one of the Code… constants
	Severity string `json:"severity"`         // info, warning, critical
	Column   string `json:"column,omitempty"` // "" = the whole table
	Text     string `json:"text"`             // one sentence: what
	Advice   string `json:"advice,omitempty"` // what to do
	Drop     bool   `json:"drop,omitempty"`   // the column is left out of the features
}

// The severities.
const (
	Info     = "info"     // good to know
	Warning  = "warning"  // may make the model worse, or its scores look better than they are
	Critical = "critical" // the result can probably not be trusted before someone has looked
)

// The codes of guardrails. They stand in manifests and never change meaning.
const (
	CodeEmpty           = "empty_column"     // no value in any row
	CodeConstant        = "constant_column"  // one value in every row
	CodeNearlyConstant  = "nearly_constant"  // one value almost everywhere
	CodeMissing         = "mostly_missing"   // few rows have a value
	CodeIdentifier      = "id_like"          // numbers or names rows
	CodeNearUnique      = "near_unique"      // words that almost never repeat
	CodeHighCardinality = "high_cardinality" // very many categories
	CodeDuplicate       = "duplicate_column" // the values of an earlier column
	CodeRecoded         = "recoded_column"   // another column in other words
	CodeGroup           = "group_column"     // an identifier that repeats: rows belong together
	CodeTimeOrder       = "time_order"       // rows stand in the order of a date
	CodeDuplicateRows   = "duplicate_rows"
	CodeFewRows         = "few_rows"
	CodeNoFeatures      = "no_features" // no column is left to learn from
	CodeTargetMissing   = "target_missing"
	CodeImbalance       = "class_imbalance"
	CodeSmallClass      = "small_class"
	CodeLeak            = "target_leak" // one column alone gives the target away
	CodeTargetCopy      = "target_copy" // a column is the target
)

// Codes lists every code of a guardrail.
func Codes() []string {
	return []string{CodeEmpty, CodeConstant, CodeNearlyConstant, CodeMissing, CodeIdentifier, CodeNearUnique,
		CodeHighCardinality, CodeDuplicate, CodeRecoded, CodeGroup, CodeTimeOrder, CodeDuplicateRows, CodeFewRows,
		CodeNoFeatures, CodeTargetMissing, CodeImbalance, CodeSmallClass, CodeLeak, CodeTargetCopy}
}

// GuardOptions say which columns have another part to play. The zero value: none.
type GuardOptions struct {
	Ignore []string  // columns that the user leaves out: nothing is said of them
	Group  string    // the column that groups rows; no feature
	Time   string    // the column that orders rows
	Weight string    // the column of sample weights; no feature
	Pool   *par.Pool // nil = one goroutine
}

// Guardrails lists what could spoil a model, the most severe first and then in the order of the columns; cols is what
// Describe said of t. target "" leaves out what concerns the target. Nothing is done to the table: Drop is advice that
// the caller follows and shows.
//
// Errors: the cause of ctx; sadi.NotFound when there is no column called target.
func Guardrails(ctx context.Context, t *table.Table, cols []Column, target string, p sadi.Problem, opt GuardOptions) ([]Guardrail, error) {
	g := &guard{t: t, cols: cols, problem: p, opt: opt, target: -1, dropped: make([]bool, len(cols)), leaking: make([]bool, len(cols))}
	if target != "" {
		g.target = slices.IndexFunc(t.Cols, func(c *table.Column) bool { return c.Name == target })
		if g.target < 0 {
			return nil, t.NoColumn(target)
		}
	}
	for _, step := range []func(context.Context) error{g.eachColumn, g.sameColumns, g.balance, g.leaks, g.rows, g.features} {
		if err := step(ctx); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return g.sorted(), nil
}

// guard gathers guardrails.
type guard struct {
	t       *table.Table
	cols    []Column
	target  int // the column, or -1
	problem sadi.Problem
	opt     GuardOptions
	found   []placed
	dropped []bool // columns that a guardrail leaves out
	leaking []bool // columns that were found to give the target away
}

type placed struct {
	Guardrail
	place int // the column's, or -1
}

// add notes a guardrail of column j, or of the table for -1.
func (g *guard) add(j int, r Guardrail) {
	if j >= 0 {
		r.Column = g.cols[j].Name
		g.dropped[j] = g.dropped[j] || r.Drop
		g.leaking[j] = g.leaking[j] || r.Code == CodeLeak
	}
	g.found = append(g.found, placed{r, j})
}

// feature reports whether column j is one to learn from.
func (g *guard) feature(j int) bool {
	name := g.cols[j].Name
	return j != g.target && !g.dropped[j] && name != g.opt.Group && name != g.opt.Weight && !slices.Contains(g.opt.Ignore, name)
}

// features says so when no column is left.
func (g *guard) features(context.Context) error {
	for j := range g.cols {
		if g.feature(j) {
			return nil
		}
	}
	if g.target >= 0 {
		g.add(-1, Guardrail{Code: CodeNoFeatures, Severity: Critical, Text: "no column is left to learn from",
			Advice: "add columns that describe the rows, or ignore fewer"})
	}
	return nil
}

var severityRank = map[string]int{Critical: 0, Warning: 1, Info: 2}

func (g *guard) sorted() []Guardrail {
	slices.SortStableFunc(g.found, func(a, b placed) int {
		return cmp.Or(cmp.Compare(severityRank[a.Severity], severityRank[b.Severity]), cmp.Compare(a.place, b.place))
	})
	out := make([]Guardrail, len(g.found))
	for i, r := range g.found {
		out[i] = r.Guardrail
	}
	return out
}
