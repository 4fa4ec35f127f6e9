package model

import (
	"testing"
	"time"
)

func TestForecast(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		reports [][2]int // rounds, milliseconds
		within  int      // milliseconds
		want    int      // rounds; -1 = not known
	}{
		"nothing":                {nil, 1000, -1},
		"one round":              {[][2]int{{1, 5000}}, 10_000, -1},
		"two rounds":             {[][2]int{{1, 5000}, {2, 6000}}, 10_000, -1},
		"three rounds":           {[][2]int{{1, 5000}, {2, 6000}, {3, 7000}}, 10_000, 6},
		"a time that has passed": {[][2]int{{1, 5000}, {2, 6000}, {3, 7000}}, 6500, 3},
		"a burst of four":        {[][2]int{{1, 800}, {2, 800}, {3, 801}, {4, 801}}, 10_000, -1},
		"two bursts and the third's first round": {[][2]int{{1, 800}, {2, 800}, {3, 801}, {4, 801},
			{5, 1600}, {6, 1600}, {7, 1601}, {8, 1601}, {9, 2400}}, 10_000, 9 + 38}, // 200 ms a round
		"rounds that are short beside what is done once": {[][2]int{{1, 10_000}, {2, 10_040}, {3, 10_080}, {4, 10_120}, {5, 10_160},
			{6, 10_200}, {7, 10_240}}, 10_640, 17},
		"no time passes": {[][2]int{{1, 0}, {2, 0}, {3, 0}}, 10, -1},
	} {
		var f Forecast
		for _, r := range c.reports {
			f.Done(r[0], time.Duration(r[1])*ms)
		}
		if got, known := f.Within(time.Duration(c.within) * ms); known != (c.want >= 0) || known && got != c.want {
			t.Errorf("%s: got %d rounds, known %v; want %d", name, got, known, c.want)
		}
	}
}
