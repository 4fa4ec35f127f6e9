package split

import (
	"math"
	"testing"
	"time"
)

func TestHoldoutSize(t *testing.T) {
	for _, c := range []struct {
		n    int
		want float64
	}{{0, .2}, {1000, .2}, {2500, .2}, {4000, .125}, {5000, .1}, {25000, .1}, {50000, .05}, {100000, .025}, {250000, .01}, {5000000, .01}} {
		if got := HoldoutSize(c.n); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d rows: got %g, want %g", c.n, got, c.want)
		}
	}
}

func TestFolds(t *testing.T) {
	rows := make([]int, 30)
	y, when := make([]float64, 30), make([]float64, 30)
	group := make([]int32, 30)
	for i := range rows {
		rows[i], y[i], group[i], when[i] = i, float64(i/27), int32(i%3), float64(i%2)
	}
	for _, c := range []struct {
		name  string
		facts Facts
		want  int
		why   string
	}{
		{"small", Facts{Rows: 1000, Columns: 20, Wall: time.Minute}, 5, "5 folds"},
		{"adult in a minute", Facts{Rows: 40000, Columns: 14, Wall: time.Minute}, 5, "5 folds"},
		{"wide in a minute", Facts{Rows: 40000, Columns: 100, Wall: time.Minute}, 1, "too many for folds"},
		{"wide in an hour", Facts{Rows: 40000, Columns: 100, Wall: time.Hour}, 5, "5 folds"},
		{"letters in a minute", Facts{Rows: 13_500, Columns: 16, Outputs: 26, Wall: time.Minute}, 1, "× 26 classes are too many"},
		{"letters in an hour", Facts{Rows: 13_500, Columns: 16, Outputs: 26, Wall: time.Hour}, 5, "× 26 classes are small enough"},
		{"small with time", Facts{Rows: 1000, Columns: 20, Wall: 10 * time.Minute}, 8, "8 folds"},
		{"few rows, many columns", Facts{Rows: 10_000, Columns: 50, Wall: 2 * time.Minute}, 5, "5 folds"},
		{"large", Facts{Rows: 1_000_000, Columns: 2, Wall: time.Hour}, 1, "one hold-out"},
		{"trials", Facts{Rows: 50_000, Columns: 100}, 5, "5 folds"},
		{"rare class", Facts{Rows: 30, Columns: 2, Wall: time.Minute, By: By{Y: y, Classes: 2}, Usable: rows}, 3, "rarest class"},
		{"groups", Facts{Rows: 30, Columns: 2, Wall: time.Minute, By: By{Group: group}, Usable: rows}, 3, "3 groups"},
		{"times", Facts{Rows: 30, Columns: 2, Wall: time.Minute, By: By{Time: when}, Usable: rows}, 1, "2 different times"},
		{"tiny", Facts{Rows: 3, Columns: 2, Wall: time.Minute}, 3, "only 3 rows"},
	} {
		k, why := Folds(c.facts)
		if k != c.want {
			t.Errorf("%s: %d folds (%s), want %d", c.name, k, why, c.want)
		}
		contains(t, why, c.why)
	}
}
