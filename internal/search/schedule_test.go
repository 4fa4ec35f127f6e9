package search

import (
	"math"
	"strings"
	"testing"
)

func TestPick(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name     string
		families []Family
		want     string // of asks 0 to 11
	}{
		{"one", []Family{{"a", 1, 1}}, "aaaaaaaaaaaa"},
		{"two take turns 3 : 2", []Family{{"a", 1, 1}, {"b", 2, 1}}, "babab" + "babab" + "ba"},
		{"the best three of four, 3 : 2 : 1", []Family{{"a", 1, 1}, {"b", 4, 1}, {"c", 3, 1}, {"d", 2, 1}}, "bcbdcb" + "bcbdcb"},
		{"ties go to the first", []Family{{"a", 1, 1}, {"b", 1, 1}, {"c", 1, 1}, {"d", 1, 1}}, "abacba" + "abacba"},
		{"no score comes last", []Family{{"a", nan, 3}, {"b", 9, 0}, {"c", -5, 1}, {"d", math.Inf(-1), 2}}, "cdcadc" + "cdcadc"},
	} {
		before := c.families[0]
		var got strings.Builder
		for n := range 12 {
			got.WriteString(Pick(c.families, n))
		}
		if got.String() != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got.String(), c.want)
		}
		if c.families[0].Name != before.Name {
			t.Errorf("%s: Pick has reordered what it was given", c.name)
		}
	}
}
