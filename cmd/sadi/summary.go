package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"sadi/internal/engine"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
)

// summary tells a person how a job ended: the verdict, the numbers behind it, what mattered, where everything lies.
func (a *App) summary(res *engine.Result, dir string) {
	d := &res.Manifest.Determined
	report := res.Report
	p := func(format string, args ...any) { fmt.Fprintf(a.Out, format, args...) }
	p("\n%s: %s\n", d.Target.Column, report.Verdict)
	if len(report.Metrics) > 0 {
		p("\n  %-28s %-10s 95 %% interval\n", "metric", "value")
		for _, m := range report.Metrics[:min(len(report.Metrics), 6)] {
			p("  %-28s %s\n", m.Display, valueText(m))
		}
	}
	p("\n  judged: %s\n", d.Delivered.Judged)
	p("  delivered: %s, fitted on %s\n", d.Delivered.Model, d.Delivered.Rows)
	a.printMembers(d)
	if len(d.Importances) > 0 {
		p("\n  what it goes by (fall of the score when shuffled):\n")
		for _, im := range d.Importances[:min(len(d.Importances), 5)] {
			p("    %-28s %.4g\n", im.Feature, im.Mean)
		}
	}
	for _, g := range d.Guardrails {
		if g.Severity != manifest.Info {
			p("\n  %s: %s", g.Severity, g.Text)
			if g.Advice != "" {
				p("; %s", g.Advice)
			}
		}
	}
	p("\n\n  %s\n    report   %s\n    record   %s\n", dir, filepath.Join(dir, "report.html"), filepath.Join(dir, manifest.Name))
	if at := res.Manifest.Observed.MLflow; at != nil && at.Link != "" {
		p("    mlflow   %s\n", at.Link)
	}
	p("    predict  sadi predict %s FILE\n    check    sadi verify %s\n", dir, dir)
	p("  %d trials in %.1f s, digest %s\n", res.Outcome(dir).Trials, res.Manifest.Observed.Seconds, res.Manifest.Digest[:16])
}

func valueText(m evaluate.Metric) string {
	if m.Reason != "" {
		return "—          " + m.Reason
	}
	return fmt.Sprintf("%-10s %s to %s", number(float64(m.Value)), number(float64(m.Low)), number(float64(m.High)))
}

// printMembers lists what the delivered model is made of, the heaviest first.
func (a *App) printMembers(d *manifest.Determined) {
	if d.Ensemble == nil || len(d.Ensemble.Members) < 2 {
		return
	}
	var parts []string
	for _, m := range d.Ensemble.Members {
		parts = append(parts, fmt.Sprintf("%s %.0f %%", d.Trials[m.Trial].Name, 100*m.Weight))
	}
	fmt.Fprintf(a.Out, "  made of: %s\n", strings.Join(parts, ", "))
}
