package report

import (
	"fmt"

	"sadi/internal/evaluate"
	"sadi/internal/manifest"
)

// judgement fills what the verdict on unseen rows has to show. There is no verdict in a record of a job that failed.
func (pg *page) judgement(d *manifest.Determined, r *evaluate.Report) {
	if r == nil {
		return
	}
	pg.MetricRows = Text{fmt.Sprintf("Measured on %s. The intervals are of a bootstrap of those rows.", rowsText(d, r).EN),
		fmt.Sprintf("Medido en %s. Los intervalos son de un bootstrap de esas filas.", rowsText(d, r).ES)}
	for i, m := range r.Metrics {
		pg.Metrics = append(pg.Metrics, newMetric(m, r, i == 0))
	}
	if len(pg.Metrics) > shownMetrics {
		pg.Metrics, pg.MoreMetrics = pg.Metrics[:shownMetrics], pg.Metrics[shownMetrics:]
	}
	if c := r.Classification; c != nil {
		pg.classes(c)
	}
	if g := r.Regression; g != nil {
		pg.residuals(g)
	}
}

func newMetric(m evaluate.Metric, r *evaluate.Report, chosen bool) metricRow {
	row := metricRow{Name: m.Display, Summary: m.Summary, Value: number(float64(m.Value)), Chosen: chosen}
	if m.Low.Defined() && m.High.Defined() {
		row.Interval = between(float64(m.Low), float64(m.High))
	}
	if chosen && r.Baseline != nil && r.Baseline.Baseline.Defined() {
		row.Baseline = number(float64(r.Baseline.Baseline))
	}
	if m.Reason != "" {
		row.Summary += ": " + m.Reason
	}
	return row
}

func (pg *page) classes(c *evaluate.Classification) {
	if len(c.Confusion) > 0 {
		pg.Confusion = newConfusion(c.Labels, c.Confusion)
	}
	var support, positives float64
	for _, class := range c.Classes {
		pg.Classes = append(pg.Classes, classRow{class.Label, number(float64(class.Precision)), number(float64(class.Recall)),
			number(float64(class.F1)), number(float64(class.Support))})
		support += float64(class.Support)
		if class.Label == c.Positive {
			positives = float64(class.Support)
		}
	}
	var curves []evaluate.Curves
	for _, curve := range c.Curves {
		if len(curve.ROC.FalsePositive) > 0 && len(curves) < shownCurves {
			curves = append(curves, curve)
		}
	}
	if len(curves) == 0 {
		return
	}
	base := 0.0
	if c.Positive != "" && support > 0 {
		base = positives / support
	}
	pg.Charts = []chart{rocChart(curves), prChart(curves, base), calibrationChart(curves)}
	if c.Positive != "" {
		pg.Charts[0].Note = Text{fmt.Sprintf("Positive is “%s”. ", c.Positive) + pg.Charts[0].Note.EN, fmt.Sprintf("Positivo es «%s». ", c.Positive) + pg.Charts[0].Note.ES}
	}
}

func (pg *page) residuals(g *evaluate.Regression) {
	if c := bandChart(g.Predictions); c != nil {
		pg.Charts = append(pg.Charts, *c)
	}
	edges, _ := defined(g.Histogram.Edges, g.Histogram.Edges)
	counts, _ := defined(g.Histogram.Counts, g.Histogram.Counts)
	if len(counts) > 0 && len(edges) == len(counts)+1 {
		note := Text{fmt.Sprintf("True minus predicted value; mean %s, standard deviation %s.", number(float64(g.Mean)), number(float64(g.Std))),
			fmt.Sprintf("Valor verdadero menos predicho; media %s, desviación estándar %s.", number(float64(g.Mean)), number(float64(g.Std)))}
		pg.Charts = append(pg.Charts, histogramChart(edges, counts, Text{"Errors", "Errores"}, note, Text{"error", "error"}))
	}
}

// rowsText names the rows of the verdict.
func rowsText(d *manifest.Determined, r *evaluate.Report) Text {
	n := whole(r.Rows)
	if d.Split.TestRows == 0 {
		return Text{n + " rows by cross-validation", n + " filas por validación cruzada"}
	}
	return Text{n + " rows that no model had seen", n + " filas que ningún modelo había visto"}
}

// sentence is the verdict in plain words.
func sentence(d *manifest.Determined, r *evaluate.Report) verdict {
	if r == nil || len(r.Metrics) == 0 {
		return verdict{"poor", Text{"There is no verdict: the job did not come so far.", "No hay veredicto: el trabajo no llegó hasta ahí."}, nil}
	}
	m := newMetric(r.Metrics[0], r, true)
	rows := rowsText(d, r)
	v := verdict{Tone: "fair", Text: Text{
		fmt.Sprintf("On %s, %s is %s", rows.EN, m.Name, m.Value), fmt.Sprintf("En %s, %s es %s", rows.ES, m.Name, m.Value)}}
	if m.Interval != "" {
		v.Text.EN += fmt.Sprintf(" (95 %% interval %s)", m.Interval)
		v.Text.ES += fmt.Sprintf(" (intervalo del 95 %%: %s)", m.Interval)
	}
	v.add(".", ".")
	if b := r.Baseline; b != nil {
		v.compare(b, m.Baseline)
	}
	if d.Split.TestRows == 0 {
		v.Notes = append(v.Notes, Text{"No rows were set aside, and the same rows chose the ensemble: the truth is likely a little worse.",
			"No se apartaron filas, y las mismas filas eligieron el conjunto: la realidad es probablemente algo peor."})
	}
	for _, g := range d.Guardrails {
		if g.Severity == manifest.Critical {
			if v.Tone == "good" {
				v.Tone = "fair" // a score that is too good to be true is no good news
			}
			title := guardTitle(g.Code)
			name := ""
			if g.Column != "" {
				name = " (" + g.Column + ")"
			}
			v.Notes = append(v.Notes, Text{"Look at this before you trust it: " + title.EN + name + ".", "Mire esto antes de confiar: " + title.ES + name + "."})
		}
	}
	return v
}

func (v *verdict) add(en, es string) { v.Text.EN += en; v.Text.ES += es }

func (v *verdict) compare(b *evaluate.Comparison, value string) {
	if value != "" {
		v.add(" A constant answer gets "+value+".", " Una respuesta constante obtiene "+value+".")
	}
	switch b.Outcome {
	case evaluate.Better:
		v.Tone = "good"
		v.add(" The model is better than that, beyond what chance explains.", " El modelo es mejor, más de lo que explica el azar.")
	case evaluate.NotBetter:
		v.Tone = "poor"
		v.add(" The model is not better than that: the difference may be chance. Do not use it as it is.",
			" El modelo no es mejor: la diferencia puede ser azar. No lo use tal como está.")
	case evaluate.Worse:
		v.Tone = "poor"
		v.add(" The model is worse than that. Do not use it.", " El modelo es peor. No lo use.")
	default:
		v.add(" Whether the model is better than that can not be said on these rows.", " Con estas filas no se puede decir si el modelo es mejor.")
	}
}
