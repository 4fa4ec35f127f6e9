package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
	"sadi/internal/manifest/manifesttest"
	"sadi/internal/profile"
	"sadi/internal/table"
)

var problems = []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue}

func pageOf(t *testing.T, e example) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, e.m, e.r, e.p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func cardOf(t *testing.T, e example) string {
	t.Helper()
	var b bytes.Buffer
	if err := Card(&b, &e.m.Determined, e.r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkPage holds every page to what all of them promise.
func checkPage(t *testing.T, text string) {
	t.Helper()
	body := text[strings.Index(text, "<body>"):]
	for _, outside := range []string{"http:", "https:", "src=", "href=", "url(", "@import"} {
		if strings.Contains(text, outside) {
			t.Errorf("the page reaches outside: %q", outside)
		}
	}
	if strings.Contains(text, "ZgotmplZ") || strings.Contains(body, "NaN") || strings.Contains(body, "Inf") || strings.Contains(body, "<no value>") {
		t.Error("the page shows what is no value")
	}
	if en, es := strings.Count(body, `lang="en"`), strings.Count(body, `lang="es"`); en != es || en < 30 {
		t.Errorf("%d texts in English, %d in Spanish", en, es)
	}
	d := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(body, "<br>", "")))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil && !strings.Contains(err.Error(), "unexpected end element </html>") {
			t.Errorf("the page is not well-formed: %v", err)
			return
		} else if err != nil {
			return
		}
	}
}

func TestPages(t *testing.T) {
	want := map[sadi.Problem][]string{
		sadi.Binary:          {"ROC AUC", "ROC curve", "Curva ROC", "Calibration", "Decided and true classes", "Positive is “Yes”"},
		sadi.Multiclass:      {"Log loss", "Chinstrap", "Calibration", "Decided and true classes"},
		sadi.RegressionValue: {"RMSE", "Predicted and true values", "Errores"},
	}
	for _, p := range problems {
		e := newExample(t, p, 1)
		text := pageOf(t, e)
		checkPage(t, text)
		for _, s := range append(want[p], "What matters", "tenure", "Possible leak of the target", "Posible fuga del objetivo", "75 %", "cut by the clock", "rounds_stopped, trial 3, fold 1, 212",
			"all 7043 rows with a target", "18446744073709551615", manifesttest.Hash(1), "sadi replay manifest.json", "the fit panicked") {
			if !strings.Contains(text, s) {
				t.Errorf("%s: the page does not say %q", p, s)
			}
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		skill float64
		leak  bool
		tone  string
		en    string
		es    string
	}{
		{1.2, false, "good", "is better than that", "El modelo es mejor"},
		{1.2, true, "fair", "is better than that", "El modelo es mejor"},
		{0, false, "poor", "is not better than that", "El modelo no es mejor"},
		{-1, false, "poor", "is worse than that", "El modelo es peor"},
	} {
		e := newExample(t, sadi.Binary, c.skill)
		if !c.leak {
			e.m.Determined.Guardrails = nil
		}
		v := sentence(&e.m.Determined, e.r)
		if v.Tone != c.tone || !strings.Contains(v.Text.EN, c.en) || !strings.Contains(v.Text.ES, c.es) || len(v.Notes) > 0 != c.leak {
			t.Errorf("skill %g: got %+v", c.skill, v)
		}
		if !strings.Contains(pageOf(t, e), `class="verdict `+c.tone+`"`) || !strings.Contains(cardOf(t, e), c.en) {
			t.Errorf("skill %g: the verdict does not show", c.skill)
		}
	}
	e := newExample(t, sadi.Binary, 1)
	e.m.Determined.Split.TestRows = 0
	v := sentence(&e.m.Determined, e.r)
	if !strings.Contains(v.Text.EN, "by cross-validation") || !strings.Contains(v.Notes[0].EN, "No rows were set aside") {
		t.Errorf("without test rows: got %+v", v)
	}
	if v := sentence(&e.m.Determined, nil); !strings.Contains(v.Text.EN, "no verdict") {
		t.Errorf("without a report: got %+v", v)
	}
}

// Names and labels come from a file of a stranger.
func TestHostileNames(t *testing.T) {
	const evil = "</td><script>alert(1)</script>\"'`|]()*_ <img onerror=x>\n# h {{.}} \u2028"
	e := newExample(t, sadi.Binary, 1)
	d := &e.m.Determined
	d.Target.Column, d.Target.Labels = evil, []string{evil, evil + "2"}
	d.Dataset.Name, d.Features, d.Dropped = evil, []string{evil}, []manifest.Dropped{{Column: evil, Reason: evil}}
	d.Importances = []manifest.Importance{{Feature: evil, Mean: 1}}
	d.Contributions = &manifest.Contributions{Trial: 1, Rows: 9, Features: []manifest.Contribution{{Feature: evil, Mean: 1}}}
	d.Guardrails = []manifest.Guardrail{{Code: evil, Severity: evil, Column: evil, Text: evil, Advice: evil}}
	d.Trials[1].Name, d.Trials[4].Error = evil, evil
	d.Trials[1].Params = map[string]any{evil: evil}
	d.Dataset.Dialect = []manifest.Finding{{What: evil, Value: evil, Why: evil}}
	d.Dataset.Repairs = []manifest.Repair{{Text: evil, Where: evil}}
	d.Split.Why, d.Delivered.Judged = evil, evil
	c := e.r.Classification
	c.Labels, c.Positive, c.Classes[0].Label, c.Curves[0].Label = d.Target.Labels, evil, evil, evil
	e.r.Metrics[0].Display, e.r.Metrics[0].Summary, e.r.Metrics[0].Reason = evil, evil, evil
	e.p.Columns[0].Name, e.p.Columns[0].Why = evil, evil
	e.p.Columns[1].Top[0].Level = evil
	text := pageOf(t, e)
	checkPage(t, text)
	if n := strings.Count(text, "<script"); n != 1 || strings.Contains(text, "<img") {
		t.Errorf("%d scripts", n)
	}
	card := cardOf(t, e)
	if bare := stripCode(card); strings.Contains(bare, "<") {
		t.Errorf("the card lets HTML through: %s", bare)
	}
	for line := range strings.SplitSeq(card, "\n") { // what was given may not break out of its line or cell
		if strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "# Model card") {
			t.Errorf("a heading was smuggled in: %q", line)
		}
	}
}

// stripCode removes escaped backticks, and then code spans, in which nothing has a meaning.
func stripCode(s string) string {
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(strings.ReplaceAll(s, "\\`", ""), "")
}

// A report may lack what a job could not measure.
func TestThinRecords(t *testing.T) {
	nothing := &manifest.Manifest{}
	checkPage(t, pageOf(t, example{m: nothing}))
	cardOf(t, example{m: nothing})
	for _, p := range problems {
		e := newExample(t, p, 1)
		nan := evaluate.Number(math.NaN())
		for i := range e.r.Metrics {
			e.r.Metrics[i].Value, e.r.Metrics[i].Low, e.r.Metrics[i].High, e.r.Metrics[i].Reason = nan, nan, nan, "one class only"
		}
		e.r.Baseline.Outcome, e.r.Baseline.Baseline = evaluate.Unknown, nan
		if c := e.r.Classification; c != nil {
			c.Classes[0].Precision, c.Classes[0].Support = nan, 0
			c.Curves[0].ROC, c.Curves[0].PR, c.Curves[0].Calibration = evaluate.ROC{}, evaluate.PR{}, evaluate.Calibration{}
			c.Confusion = nil
		}
		if g := e.r.Regression; g != nil {
			g.Predictions = []evaluate.Band{{Predicted: 5, Actual: 5, Low: 5, High: 5, Weight: 1}}
			g.Histogram = evaluate.Histogram{Edges: []evaluate.Number{3, 3}, Counts: []evaluate.Number{1}}
		}
		if p == sadi.RegressionValue {
			checkPage(t, pageOf(t, e))
			e.r.Regression.Predictions[0].Actual = nan
		}
		e.p = nil
		checkPage(t, pageOf(t, e))
		cardOf(t, e)
	}
	e := newExample(t, sadi.Multiclass, 1)
	e.m.Determined.Ensemble.Members[0].Trial = 4
	if err := Card(io.Discard, &e.m.Determined, e.r); sadi.CodeOf(err) != sadi.Internal {
		t.Errorf("a member without a score: got %v", err)
	}
}

// Wide data and many classes are cut, and the page says so.
func TestMuchIsCut(t *testing.T) {
	e := newExample(t, sadi.Binary, 1)
	for i := range 500 {
		name := strings.Repeat("x", i+1)
		e.p.Columns = append(e.p.Columns, profile.Column{Name: name, Kind: table.Number})
		e.m.Determined.Features = append(e.m.Determined.Features, name)
		e.m.Determined.Trials = append(e.m.Determined.Trials, manifest.Trial{Index: 6 + i, Name: "t", Status: sadi.TrialOK, Score: new(0.1)})
	}
	text := pageOf(t, e)
	checkPage(t, text)
	for _, s := range []string{"444 <span lang=\"en\">more are in profile.json", "490 <span lang=\"en\">more are in leaderboard.csv"} {
		if !strings.Contains(text, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	if card := cardOf(t, e); !strings.Contains(card, "and 462 more") {
		t.Error("the card names every column")
	}
}

func TestWriteFitsTheFolder(t *testing.T) {
	e := newExample(t, sadi.Binary, 1)
	folder, err := artifact.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if e.m.Determined.Test, err = json.Marshal(e.r); err != nil {
		t.Fatal(err)
	}
	if err := Write(folder, e.m, e.r, e.p); err != nil {
		t.Fatal(err)
	}
	if err := manifest.Finish(folder, e.m); err != nil {
		t.Fatal(err)
	}
	v, err := manifest.Verify(folder.Dir())
	if err != nil || !v.OK {
		t.Errorf("got %+v, %v", v, err)
	}
	if o := folder.Observed(); len(o) != 1 || o[0].Path != HTMLName {
		t.Errorf("observed: %v", o)
	}
	first, err := os.ReadFile(filepath.Join(folder.Dir(), CardName))
	if err != nil {
		t.Fatal(err)
	}
	e.m.Observed = manifest.Observed{}
	if again := cardOf(t, e); again != string(first) {
		t.Error("the card depends on what is observed")
	}
}

func TestNumbersForPeople(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 0.84731: "0.8473", -0.5: "−0.5000", 1: "1", 12.3456: "12.35", 123.456: "123.5", 1234.5: "1235", 12345.6: "12\u202f346",
		-1234567: "−1\u202f234\u202f567", 0.00001234: "1.23e-05", 1e20: "1.00e+20", math.Inf(1): "–", math.NaN(): "–"} {
		if got := number(f); got != want {
			t.Errorf("%g: got %q, want %q", f, got, want)
		}
	}
	for f, want := range map[float64]string{0: "0 %", 0.0001: "< 0.1 %", 0.015: "1.5 %", 0.265: "26 %", 1: "100 %"} {
		if got := percent(f); got != want {
			t.Errorf("%g: got %q, want %q", f, got, want)
		}
	}
	for f, want := range map[float64]string{0.05: "0.1 s", 59.94: "59.9 s", 60: "1 min 0 s", 3725: "1 h 2 min"} {
		if got := duration(f); got != want {
			t.Errorf("%g: got %q, want %q", f, got, want)
		}
	}
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{{0, 1, "0 0.2 0.4 0.6 0.8 1.0"}, {-3, 7, "−2 0 2 4 6"}, {0, 480000, "0 100k 200k 300k 400k"}, {0.8412, 0.8503, "0.842 0.844 0.846 0.848 0.850"}, {5, 5, "5"}, {1e16, 1e16 + 4, "10\u202f000\u202f000G"}} {
		var got []string
		for _, tick := range (axis{c.lo, c.hi, 0, 100}).ticks(5) {
			got = append(got, tick.Label)
			if tick.At < 0 || tick.At > 100 {
				t.Errorf("%g…%g: a tick at %g", c.lo, c.hi, tick.At)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%g…%g: got %q, want %q", c.lo, c.hi, s, c.want)
		}
	}
}
