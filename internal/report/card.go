package report

import (
	"io"
	"slices"
	"strings"
	texttemplate "text/template"

	"sadi"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
)

// card is what the model card shows beyond the record itself.
type card struct {
	D            *manifest.Determined
	Program      manifest.Program
	Problem      string
	Seed         uint64
	Labels       []string
	Features     []string
	MoreFeatures int
	Dropped      []manifest.Dropped
	MoreDropped  int
	Members      []leader
	Verdict      string
	Notes        []string
	Metrics      []metricRow
	Classes      []classRow
	Importances  []manifest.Importance

	Contributions    []manifest.Contribution
	ContributionText string
}

const shownNames = 40

// Card writes model_card.md, in the order of Mitchell et al., "Model Cards for Model Reporting" (2019). It holds nothing
// that another run of the same job would not give.
func Card(w io.Writer, d *manifest.Determined, r *evaluate.Report) error {
	program, _ := manifest.Running()
	pg := &page{}
	pg.judgement(d, r)
	v := sentence(d, r)
	c := card{D: d, Program: program, Problem: problemText(d.Target.Problem).EN, Seed: uint64(d.Spec.Seed), Verdict: v.Text.EN,
		Metrics: slices.Concat(pg.Metrics, pg.MoreMetrics), Classes: pg.Classes,
		Labels:      d.Target.Labels[:min(len(d.Target.Labels), shownNames)],
		Features:    d.Features[:min(len(d.Features), shownNames)],
		Dropped:     d.Dropped[:min(len(d.Dropped), shownNames)],
		Importances: d.Importances[:min(len(d.Importances), shownImportances)]}
	if of := d.Contributions; of != nil {
		c.Contributions, c.ContributionText = of.Features[:min(len(of.Features), shownImportances)], contributionText(d).EN
	}
	c.MoreFeatures, c.MoreDropped = len(d.Features)-len(c.Features), len(d.Dropped)-len(c.Dropped)
	for _, note := range v.Notes {
		c.Notes = append(c.Notes, note.EN)
	}
	if d.Ensemble != nil {
		for _, m := range d.Ensemble.Members {
			if m.Trial < 0 || m.Trial >= len(d.Trials) || d.Trials[m.Trial].Score == nil {
				return sadi.Errorf(sadi.Internal, "the ensemble has trial %d, which has no score", m.Trial)
			}
			t := d.Trials[m.Trial]
			c.Members = append(c.Members, leader{Name: t.Name, Model: t.Model, Weight: percent(m.Weight), Score: number(*t.Score)})
		}
	}
	return cardTemplate.Execute(w, c)
}

var cardFunctions = texttemplate.FuncMap{"md": markdown, "code": code, "num": number}

// markdown escapes a text, so that it stands on one line and means nothing to Markdown or HTML.
func markdown(v any) string {
	var b strings.Builder
	for _, r := range oneLine(v) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\`*_[]|~#>$", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code is a text between backticks, where nothing can be escaped: a backtick becomes a quote, and a bar, which would end
// the cell of a table, a broken bar.
func code(v any) string {
	return strings.NewReplacer("`", "'", "|", "¦").Replace(oneLine(v))
}

func oneLine(v any) string {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case manifest.Severity:
		s = string(v)
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return shorten(s, 400)
}
