package profile

import (
	"context"
	"fmt"
	"strings"

	"sadi/internal/dataset"
)

const (
	smallClass   = 10  // rows of a class below which little is learned of it
	minClass     = 2   // rows below which a class can not be learned and judged
	fairFraction = 0.1 // of its even share 1/K; a class below is rare (5 % of two classes)
	namedClasses = 5   // classes that are named in a sentence
)

// balance looks at the target: where it is missing, and how many rows each class has.
func (g *guard) balance(context.Context) error {
	if g.target < 0 {
		return nil
	}
	d := &g.cols[g.target]
	if d.Missing > 0 {
		g.add(g.target, Guardrail{Code: CodeTargetMissing, Severity: Warning, Text: fmt.Sprintf("the target %q is missing in %s (%s)", d.Name, plural(d.Missing, "row"), percent(d.MissingShare)),
			Advice: "these rows are left out of training and judging"})
	}
	if !g.problem.IsClassification() {
		return nil
	}
	y, labels, _, err := TargetOf(g.t.Cols[g.target], nil, g.problem)
	if err != nil {
		return err
	}
	g.classSizes(d.Name, labels, countClasses(y))
	return nil
}

func countClasses(y dataset.Target) []int {
	counts := make([]int, y.Classes)
	for _, k := range y.Y {
		counts[int(k)]++
	}
	return counts
}

func (g *guard) classSizes(name string, labels []string, counts []int) {
	rows, rarest := 0, 0
	var lone, small []string
	for k, n := range counts {
		rows += n
		if n < counts[rarest] {
			rarest = k
		}
		class := fmt.Sprintf("%q (%d)", shorten(labels[k], 30), n)
		switch {
		case n < minClass:
			lone = append(lone, class)
		case n < smallClass:
			small = append(small, class)
		}
	}
	if len(lone) > 0 {
		g.add(g.target, Guardrail{Code: CodeSmallClass, Severity: Critical, Text: fmt.Sprintf("%s of %q in one row only: %s", countOf(len(lone)), name, list(lone)),
			Advice: "a class in one row can not be learned and judged; add rows, or merge or remove the class"})
	}
	if len(small) > 0 {
		g.add(g.target, Guardrail{Code: CodeSmallClass, Severity: Warning, Text: fmt.Sprintf("%s of %q in fewer than %d rows: %s", countOf(len(small)), name, smallClass, list(small)),
			Advice: "expect little of rare classes; add rows or merge them"})
	}
	share := float64(counts[rarest]) / float64(rows)
	if share < fairFraction/float64(len(counts)) && counts[rarest] >= smallClass {
		g.add(g.target, Guardrail{Code: CodeImbalance, Severity: Warning, Text: fmt.Sprintf("the class %q of %q has only %s of the rows (%d)", shorten(labels[rarest], 30), name, percent(share), counts[rarest]),
			Advice: "accuracy says little then; look at average precision, F1 or log loss"})
	}
}

func countOf(classes int) string {
	if classes == 1 {
		return "1 class"
	}
	return thousands(classes) + " classes"
}

// list names a few and counts the others.
func list(items []string) string {
	if extra := len(items) - namedClasses; extra > 0 {
		return strings.Join(items[:namedClasses], ", ") + fmt.Sprintf(" and %d more", extra)
	}
	return strings.Join(items, ", ")
}

func leakAdvice(name string) string {
	return fmt.Sprintf("ignore it with --ignore %s if it is not known at prediction time", quoteArg(name))
}
