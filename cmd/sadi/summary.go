package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"sadi/internal/engine"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
)

// summary tells a person how a job ended: the verdict, the numbers behind it, what mattered, where everything lies.
func (a *App) summary(res *engine.Result, dir string) {
	d := &res.Manifest.Determined
	report := res.Report
	p := func(format string, args ...any) { fmt.Fprintf(a.Out, format, args...) }
	p("\n")
	a.say("", d.Target.Column+": "+report.Verdict)
	if len(report.Metrics) > 0 {
		shown := report.Metrics[:min(len(report.Metrics), 6)]
		name := 12
		for _, m := range shown {
			name = max(name, utf8.RuneCountInString(m.Display))
		}
		p("\n  %-*s  %-10s 95 %% interval\n", name, "metric", "value")
		for _, m := range shown {
			p("  %-*s  %s\n", name, m.Display, valueText(m))
		}
	}
	p("\n")
	a.say("  judged: ", d.Delivered.Judged)
	a.say("  delivered: ", fmt.Sprintf("%s, fitted on %s", d.Delivered.Model, d.Delivered.Rows))
	a.printMembers(d)
	if len(d.Importances) > 0 {
		p("\n  what it goes by (fall of the score when shuffled):\n")
		for _, im := range d.Importances[:min(len(d.Importances), 5)] {
			p("    %-28s %.4g\n", im.Feature, im.Mean)
		}
	}
	first := "\n"
	for _, g := range d.Guardrails {
		if g.Severity != manifest.Info {
			text := g.Text
			if g.Advice != "" {
				text += "; " + g.Advice
			}
			p("%s", first)
			first = ""
			a.say(fmt.Sprintf("  %s: ", g.Severity), text)
		}
	}
	p("\n  %s\n    report   %s\n    record   %s\n", dir, filepath.Join(dir, "report.html"), filepath.Join(dir, manifest.Name))
	if at := res.Manifest.Observed.MLflow; at != nil && at.Link != "" {
		p("    mlflow   %s\n", at.Link)
	}
	p("    predict  sadi predict %s FILE\n    check    sadi verify %s\n", dir, dir)
	p("  %s in %.1f s, digest %s\n", counted(res.Outcome(dir).Trials, "trial"), res.Manifest.Observed.Seconds, res.Manifest.Digest[:16])
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
	a.say("  made of: ", strings.Join(parts, ", "))
}

// counted is "1 trial" or "3 trials".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
