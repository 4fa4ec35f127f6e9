package report

import (
	"strings"
	"testing"

	"sadi"
	"sadi/internal/manifest"
)

// TestContributionsAreLabelled: with the member, the scale and the rows, in both languages, in the report and in the card.
func TestContributionsAreLabelled(t *testing.T) {
	for _, c := range []struct {
		problem          sadi.Problem
		scale            string
		english, spanish string
	}{
		{sadi.Binary, manifest.OnMargin, "margin (log-odds)", "el margen (log-odds)"},
		{sadi.RegressionValue, manifest.OnMargin, "takes from the margin, the sum", "a el margen, la suma"},
		{sadi.RegressionValue, manifest.OnPrediction, "takes from the prediction:", "a la predicción:"},
	} {
		e := newExample(t, c.problem, 1)
		e.m.Determined.Contributions.Scale = c.scale
		lead := newContributions(&e.m.Determined).Lead
		for text, words := range map[string][]string{lead.EN: {c.english, "1000 rows", "of xgb r1 alone"}, lead.ES: {c.spanish, "Son solo de xgb r1"}} {
			for _, w := range words {
				if !strings.Contains(text, w) {
					t.Errorf("%q lacks %q", text, w)
				}
			}
		}
		if page := pageOf(t, e); !strings.Contains(page, "mean absolute Shapley value") || !strings.Contains(page, "0.91") {
			t.Error("the report lacks the contributions")
		}
		if card := cardOf(t, e); !strings.Contains(card, "mean absolute Shapley value") || !strings.Contains(card, "| `contract` | 0.9100 |") {
			t.Errorf("the card lacks the contributions")
		}
	}
}

func TestContributionsMayBeAbsent(t *testing.T) {
	e := newExample(t, sadi.Binary, 1)
	e.m.Determined.Contributions = nil
	if page := pageOf(t, e); strings.Contains(page, "Shapley") || !strings.Contains(page, "What matters") {
		t.Error("the report tells of contributions that there are none of")
	}
	e.m.Determined.Importances = nil
	if page := pageOf(t, e); strings.Contains(page, "What matters") {
		t.Error("a heading without content")
	}
}
