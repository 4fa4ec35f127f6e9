package near

import (
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	all := []string{"accuracy", "balanced_accuracy", "precision", "Churn", "edad", "f1"}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"acuracy", []string{"accuracy"}},
		{"accuracy", []string{"accuracy", "balanced_accuracy"}},
		{"churn", []string{"Churn"}},
		{"EDAD", []string{"edad"}},
		{"f2", []string{"f1"}},
		{"", nil},
		{"nothing like it", nil},
		{strings.Repeat("x", 1000), nil},
	} {
		if got := Names(c.name, all); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestEdits(t *testing.T) { // the distances of Levenshtein's usual examples
	for _, c := range []struct {
		a, b string
		want int
	}{{"kitten", "sitting", 3}, {"", "abc", 3}, {"abc", "", 3}, {"saturday", "sunday", 3}, {"same", "same", 0}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
