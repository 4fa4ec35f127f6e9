package profile

import (
	"context"
	"fmt"
	"slices"

	"sadi/internal/table"
)

const (
	rowBlock      = 1 << 14 // rows hashed as one piece of work
	fewRows       = 100
	repeatedShare = 0.02 // share of repeated rows that makes it a warning
)

// rows looks at the table's rows as a whole.
func (g *guard) rows(ctx context.Context) error {
	if n := g.t.Rows; n < fewRows {
		g.add(-1, Guardrail{Code: CodeFewRows, Severity: Warning, Text: "there are only " + plural(n, "row"),
			Advice: "take scores as rough: their intervals are wide"})
	}
	for j := range g.cols {
		if g.feature(j) && g.cols[j].Name != g.opt.Time {
			g.timeOrder(j)
		}
	}
	return g.repeatedRows(ctx)
}

// timeOrder notes that rows run with a date.
func (g *guard) timeOrder(j int) {
	d := &g.cols[j]
	if g.t.Cols[j].Kind != table.DateTime || g.opt.Time != "" || d.Rows < idRows {
		return
	}
	var how string
	switch d.Order {
	case Ascending, Sequence:
		how = "oldest first"
	case Descending:
		how = "newest first"
	default:
		return
	}
	g.add(j, Guardrail{Code: CodeTimeOrder, Severity: Info, Text: fmt.Sprintf("the rows stand in the order of %q, %s", d.Name, how),
		Advice: fmt.Sprintf("use --time %s if later rows are to be predicted from earlier ones", quoteArg(d.Name))})
}

// repeatedRows counts rows that repeat an earlier one in all columns that are used. Rows are compared by 64-bit
// hashes: among a million rows two different ones meet with a chance of 3 in 100 million.
func (g *guard) repeatedRows(ctx context.Context) error {
	var cell []func(int) uint64
	for j, c := range g.t.Cols {
		if g.feature(j) || j == g.target {
			cell = append(cell, cells(c))
		}
	}
	if len(cell) < 2 {
		return nil
	}
	n := g.t.Rows
	hashes := make([]uint64, n)
	err := g.opt.Pool.For(ctx, (n+rowBlock-1)/rowBlock, func(b int) {
		block := hashes[b*rowBlock : min((b+1)*rowBlock, n)]
		for _, value := range cell {
			for i := range block {
				block[i] = mix(block[i] ^ value(b*rowBlock+i))
			}
		}
	})
	if err != nil {
		return err
	}
	sortKeys(hashes)
	repeated := n - len(slices.Compact(hashes))
	if repeated == 0 {
		return nil
	}
	share := float64(repeated) / float64(n)
	severity := Info
	if share >= repeatedShare {
		severity = Warning
	}
	g.add(-1, Guardrail{Code: CodeDuplicateRows, Severity: severity, Text: fmt.Sprintf("%s of %s rows (%s) repeat an earlier row", thousands(repeated), thousands(n), percent(share)),
		Advice: "a row on both sides of a split makes scores look better than they are; remove repeats that are not separate cases"})
	return nil
}
