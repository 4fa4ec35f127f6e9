package profile

import (
	"context"
	"fmt"

	"sadi"
)

const (
	leakSkill = 0.999 // from which one column alone is suspected to give the target away
	leakRows  = 40    // with fewer, a column may separate the classes by luck
)

// leaks looks for features that alone predict the target almost without fault: they are often known only after it.
func (g *guard) leaks(ctx context.Context) error {
	if g.target < 0 {
		return nil
	}
	y, _, kept, err := TargetOf(g.t.Cols[g.target], nil, g.problem)
	if err != nil {
		return err
	}
	if len(kept) < leakRows {
		return nil
	}
	skills := make([]float64, len(g.cols))
	err = g.opt.Pool.For(ctx, len(g.cols), func(j int) {
		if g.feature(j) && !g.leaking[j] {
			skills[j] = columnSkill(g.t.Cols[j], y, kept)
		}
	})
	if err != nil {
		return err
	}
	measure := "area under the ROC curve"
	if g.problem == sadi.RegressionValue {
		measure = "R²"
	}
	for j, skill := range skills {
		if skill >= leakSkill {
			g.add(j, Guardrail{Code: CodeLeak, Severity: Critical, Text: fmt.Sprintf("%q alone predicts the target %q almost without fault (%s %.4f)", g.cols[j].Name, g.cols[g.target].Name, measure, skill),
				Advice: leakAdvice(g.cols[j].Name)})
		}
	}
	return nil
}
