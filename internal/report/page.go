package report

import (
	"fmt"

	"sadi"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
	"sadi/internal/profile"
)

// page is everything that report.html shows, ready to be shown: texts in both languages, numbers as people read them,
// drawings in their coordinates. The template adds nothing but its headings.
type page struct {
	Title, Dataset string
	Verdict        verdict
	Tiles          []tile
	Metrics        []metricRow
	MoreMetrics    []metricRow
	MetricRows     Text // on which rows
	Charts         []chart
	Confusion      *confusion
	Classes        []classRow
	Importances    []bar
	Contributions  contributions
	Leaders        []leader
	Tried          Text
	More           int // leaders that are not shown
	Fallen         []fallen
	Guardrails     []guard
	Reading        []fact
	Repairs        []string
	Dropped        []manifest.Dropped
	Columns        []column
	MoreColumns    int
	Judging        []fact
	Clock          []string
	Facts          []fact
}

// verdict is the sentence at the top and its colour: good, fair, poor.
type verdict struct {
	Tone  string
	Text  Text
	Notes []Text
}

type tile struct {
	Label Text
	Value string
	Note  Text
}

type metricRow struct {
	Name, Summary             string
	Value, Interval, Baseline string
	Chosen                    bool
}

type chart struct {
	Title, Note Text
	Plot        *Plot
}

type bar struct {
	Name, Value   string
	Width, Lo, Hi float64 // percent of the room
}

type leader struct {
	Rank, Name, Model, Source, Score, Spread, Weight, Params string
	Ensemble, Member                                         bool
	Bar                                                      float64 // percent
}

type fallen struct {
	Name   string
	Status Text
	Why    string
}

type guard struct {
	Severity     manifest.Severity
	Title        Text
	Column       string
	Text, Advice string
}

// fact is a line of a table of two columns.
type fact struct {
	Name  Text
	Value Text
	Mono  bool
}

const (
	shownMetrics     = 8
	shownLeaders     = 15
	shownColumns     = 60
	shownImportances = 20
)

func newPage(m *manifest.Manifest, r *evaluate.Report, p *profile.Profile) *page {
	d := &m.Determined
	pg := &page{Title: d.Target.Column, Dataset: d.Dataset.Name}
	pg.Verdict = sentence(d, r)
	pg.Tiles = tiles(m, r)
	pg.judgement(d, r)
	pg.Importances = importances(d)
	pg.Contributions = newContributions(d)
	pg.leaderboard(d, measure(d, r))
	for _, g := range d.Guardrails {
		pg.Guardrails = append(pg.Guardrails, guard{g.Severity, guardTitle(g.Code), g.Column, g.Text, g.Advice})
	}
	pg.data(d, p)
	pg.Judging = judging(d)
	for _, c := range d.Clock {
		pg.Clock = append(pg.Clock, clockLine(c))
	}
	pg.Facts = facts(m)
	return pg
}

func tiles(m *manifest.Manifest, r *evaluate.Report) []tile {
	d := &m.Determined
	var out []tile
	if r != nil && len(r.Metrics) > 0 {
		c := newMetric(r.Metrics[0], r, true)
		out = append(out, tile{same(c.Name), c.Value, Text{"95 % interval " + c.Interval, "intervalo del 95 % " + c.Interval}})
		if c.Baseline != "" {
			out = append(out, tile{Text{"Constant answer", "Respuesta constante"}, c.Baseline, Text{"what ignoring the columns gets", "lo que logra ignorar las columnas"}})
		}
	}
	out = append(out,
		tile{Text{"Rows", "Filas"}, whole(d.Dataset.Rows), Text{fmt.Sprintf("%d columns, %d used", d.Dataset.Columns, len(d.Features)),
			fmt.Sprintf("%d columnas, %d usadas", d.Dataset.Columns, len(d.Features))}},
		tile{Text{"Configurations", "Configuraciones"}, whole(scored(d)), Text{"tried with a score, in " + duration(m.Observed.Seconds),
			"probadas con resultado, en " + duration(m.Observed.Seconds)}})
	return out
}

// scored is the number of trials with a score.
func scored(d *manifest.Determined) (n int) {
	for _, t := range d.Trials {
		if t.Status == sadi.TrialOK {
			n++
		}
	}
	return n
}

func (pg *page) leaderboard(d *manifest.Determined, name string) {
	rows := manifest.Leaderboard(d)
	worst, best := 0.0, 0.0
	n := scored(d)
	ranked := 0
	for _, r := range rows {
		if r.Rank > 0 {
			if ranked == 0 {
				best = *r.Score
			}
			worst = *r.Score
			ranked++
		}
	}
	for _, r := range rows {
		switch {
		case r.Rank == 0:
			pg.Fallen = append(pg.Fallen, fallen{r.Trial.Name, stateText(r.Trial.Status), r.Trial.Error})
		case len(pg.Leaders) == shownLeaders:
			pg.More++
		default:
			pg.Leaders = append(pg.Leaders, newLeader(r, best, worst))
		}
	}
	pg.Tried = Text{fmt.Sprintf("%d configurations were scored on rows that they had not been fitted on; the measure is %s, and %s is better.", n, name, direction(d).EN),
		fmt.Sprintf("Se evaluaron %d configuraciones sobre filas con las que no se habían ajustado; la medida es %s, y %s es mejor.", n, name, direction(d).ES)}
}

// measure is the name of the score for people.
func measure(d *manifest.Determined, r *evaluate.Report) string {
	if r != nil && len(r.Metrics) > 0 && r.Metric == d.Metric.Name {
		return r.Metrics[0].Display
	}
	return d.Metric.Name
}

func direction(d *manifest.Determined) Text {
	if d.Metric.GreaterIsBetter {
		return Text{"more", "más"}
	}
	return Text{"less", "menos"}
}

func newLeader(r manifest.Row, best, worst float64) leader {
	l := leader{Rank: fmt.Sprint(r.Rank), Score: number(*r.Score), Bar: 100, Ensemble: r.Trial == nil}
	if best != worst {
		l.Bar = 4 + 96*(*r.Score-worst)/(best-worst)
	}
	if t := r.Trial; t != nil {
		params, err := manifest.Canonical(t.Params)
		if err == nil {
			l.Params = string(params)
		}
		l.Name, l.Model, l.Source = t.Name, t.Model, string(t.Source)
		if len(t.FoldScores) > 1 {
			l.Spread = "± " + number(r.Spread)
		}
		if r.Weight > 0 {
			l.Weight, l.Member = percent(r.Weight), true
		}
	}
	return l
}

func importances(d *manifest.Determined) []bar {
	var most float64
	for _, im := range d.Importances {
		most = max(most, im.Mean+im.Std)
	}
	var out []bar
	for _, im := range d.Importances[:min(len(d.Importances), shownImportances)] {
		if most <= 0 {
			break
		}
		room := func(v float64) float64 { return 100 * max(0, v) / most }
		out = append(out, bar{Name: im.Feature, Value: number(im.Mean), Width: room(im.Mean), Lo: room(im.Mean - im.Std), Hi: room(im.Mean + im.Std)})
	}
	return out
}
