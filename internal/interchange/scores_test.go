package interchange

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"sadi/internal/model"
)

// TestUsesAreTheScoresOfXGBoost: get_score in all its types, for every recorded model.
func TestUsesAreTheScoresOfXGBoost(t *testing.T) {
	text, err := os.ReadFile("testdata/scores.json")
	if err != nil {
		t.Fatal(err)
	}
	var scores map[string]map[string]map[string]float64 // by model, type and feature
	if err := json.Unmarshal(text, &scores); err != nil {
		t.Fatal(err)
	}
	types := map[string]func(model.Use) float64{
		"weight":      func(u model.Use) float64 { return float64(u.Splits) },
		"gain":        model.Use.MeanGain,
		"total_gain":  func(u model.Use) float64 { return u.Gain },
		"cover":       model.Use.MeanCover,
		"total_cover": func(u model.Use) float64 { return u.Cover },
	}
	compared := 0
	for _, c := range records(t) {
		if c.file != "xgboost-1.7.4" {
			continue
		}
		m, err := Read(c.bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(scores[c.Name]) != len(types) {
			t.Fatalf("%s: the fixture has %d types", c.Name, len(scores[c.Name]))
		}
		uses := m.Booster.Uses()
		for kind, score := range types {
			for j, f := range m.Features {
				want := scores[c.Name][kind][f.Name] // a feature that is not asked is left out
				if got := score(uses[j]); !(math.Abs(got-want) <= 1e-5*max(1, math.Abs(want))) {
					t.Errorf("%s, %s of %s: got %v, want %v", c.Name, kind, f.Name, got, want)
				}
				compared++
			}
		}
	}
	if compared < 200 {
		t.Errorf("only %d scores were compared", compared)
	}
}
