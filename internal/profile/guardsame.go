package profile

import (
	"context"
	"fmt"

	"sadi/internal/table"
)

// recodeLevels is the most values of a column that is compared with others under a renaming. Only columns that repeat
// are, because any two columns without repeats are renamings of each other.
const (
	recodeLevels = 1000
	recodeRepeat = 5 // rows per value
)

// sameColumns finds columns that are others, as they are or renamed. Between features the later one is noted; between
// a feature and the target the feature.
func (g *guard) sameColumns(ctx context.Context) error {
	values := make([]uint64, len(g.cols))
	patterns := make([]uint64, len(g.cols))
	err := g.opt.Pool.For(ctx, len(g.cols), func(j int) {
		if g.feature(j) || j == g.target {
			values[j], patterns[j] = fingerprints(g.t.Cols[j], &g.cols[j])
		}
	})
	if err != nil {
		return err
	}
	if g.target >= 0 {
		g.copiesOfTarget(values, patterns)
	}
	firstValues, firstPattern := make(map[uint64]int), make(map[uint64]int)
	for j := range g.cols {
		if !g.feature(j) {
			continue
		}
		k, seen := firstValues[values[j]]
		if seen && sameValues(g.t.Cols[k], g.t.Cols[j]) {
			g.add(j, Guardrail{Code: CodeDuplicate, Severity: Warning, Drop: true, Text: fmt.Sprintf("%q has the values of %q in every row", g.cols[j].Name, g.cols[k].Name),
				Advice: "it is left out, because it adds nothing"})
			continue
		}
		firstValues[values[j]] = j
		if patterns[j] == 0 {
			continue
		}
		if k, seen := firstPattern[patterns[j]]; seen && renamed(g.t.Cols[k], g.t.Cols[j]) {
			g.add(j, Guardrail{Code: CodeRecoded, Severity: Info, Text: fmt.Sprintf("%q is %q in other words: each value of one goes with one value of the other", g.cols[j].Name, g.cols[k].Name),
				Advice: "one of the two would do"})
			continue
		}
		firstPattern[patterns[j]] = j
	}
	return nil
}

func (g *guard) copiesOfTarget(values, patterns []uint64) {
	y := g.t.Cols[g.target]
	for j, c := range g.t.Cols {
		switch {
		case !g.feature(j):
		case values[j] == values[g.target] && sameValues(c, y):
			g.add(j, Guardrail{Code: CodeTargetCopy, Severity: Critical, Drop: true, Text: fmt.Sprintf("%q has the values of the target %q in every row", c.Name, y.Name),
				Advice: "it is left out, because it is the answer"})
		case patterns[j] != 0 && patterns[j] == patterns[g.target] && renamed(c, y):
			g.add(j, Guardrail{Code: CodeLeak, Severity: Critical, Text: fmt.Sprintf("%q is the target %q in other words: each value of one goes with one value of the other", c.Name, y.Name),
				Advice: leakAdvice(c.Name)})
		}
	}
}

// fingerprints are numbers that are equal for equal columns, and for columns that are renamings of each other; the
// latter is 0 when the column has too many values to be compared so.
func fingerprints(c *table.Column, d *Column) (values, pattern uint64) {
	cell := cells(c)
	for i := range c.Len() {
		values = mix(values ^ cell(i))
	}
	if d.Distinct < 2 || d.Distinct > recodeLevels || recodeRepeat*d.Distinct > d.Rows-d.Missing {
		return values, 0
	}
	seen := make(map[uint64]uint64, d.Distinct)
	for i := range c.Len() {
		if c.Missing(i) {
			pattern = mix(pattern ^ missingCell)
			continue
		}
		v := cell(i)
		order, ok := seen[v]
		if !ok {
			order = uint64(len(seen) + 1)
			seen[v] = order
		}
		pattern = mix(pattern ^ order)
	}
	return values, pattern
}

func sameValues(a, b *table.Column) bool {
	va, vb := cells(a), cells(b)
	for i := range a.Len() {
		if va(i) != vb(i) {
			return false
		}
	}
	return true
}

// renamed reports whether a one-to-one map leads from the values of a to those of b, and missing to missing.
func renamed(a, b *table.Column) bool {
	va, vb := cells(a), cells(b)
	forth, back := make(map[uint64]uint64), make(map[uint64]uint64)
	for i := range a.Len() {
		if a.Missing(i) != b.Missing(i) {
			return false
		}
		x, y := va(i), vb(i)
		if to, ok := forth[x]; ok && to != y {
			return false
		}
		if to, ok := back[y]; ok && to != x {
			return false
		}
		forth[x], back[y] = y, x
	}
	return true
}
