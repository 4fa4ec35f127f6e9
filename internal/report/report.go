// Package report tells people about a finished job: report.html, one page in English and Spanish that needs nothing but
// a browser, and model_card.md, the model card that goes with the model.
package report

import (
	_ "embed"
	"html/template"
	"io"
	texttemplate "text/template"
	"time"

	"sadi/internal/artifact"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
	"sadi/internal/profile"
)

// The names of the files in a job's folder.
const (
	HTMLName = "report.html"
	CardName = "model_card.md"
)

//go:embed report.html.tmpl
var htmlText string

//go:embed report.css
var style string

//go:embed model_card.md.tmpl
var cardText string

var (
	htmlTemplate = template.Must(template.New(HTMLName).Funcs(functions).Parse(htmlText))
	cardTemplate = texttemplate.Must(texttemplate.New(CardName).Funcs(cardFunctions).Parse(cardText))
)

// Write puts report.html, which holds times and so is observed, and model_card.md, which is determined. The manifest is
// as full as it is before manifest.Finish; r is nil when there is no verdict, p when the data were not looked at.
func Write(folder *artifact.Folder, m *manifest.Manifest, r *evaluate.Report, p *profile.Profile) error {
	if _, err := folder.Put(CardName, func(w io.Writer) error { return Card(w, &m.Determined, r) }); err != nil {
		return err
	}
	_, err := folder.PutObserved(HTMLName, func(w io.Writer) error { return HTML(w, m, r, p) })
	return err
}

// HTML writes report.html.
func HTML(w io.Writer, m *manifest.Manifest, r *evaluate.Report, p *profile.Profile) error {
	return htmlTemplate.Execute(w, struct {
		Style template.CSS
		Page  *page
	}{template.CSS(style), newPage(m, r, p)})
}

// date is a day from seconds since 1970-01-01 UTC.
func date(seconds float64) string { return time.Unix(int64(seconds), 0).UTC().Format("2006-01-02") }
