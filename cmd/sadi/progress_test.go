package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sadi"
	"sadi/internal/manifest"
)

// The live block must never be broken by the terminal: erasing it counts its lines.
func TestTheLiveBlockFitsTheTerminal(t *testing.T) {
	for _, width := range []int{20, 40, 60, 80, 200} {
		var out bytes.Buffer
		p := &progress{out: &out, live: true, size: func() int { return width }, wall: time.Hour, began: time.Now().Add(-time.Minute), done: make(chan struct{})}
		p.Observe(sadi.Event{Kind: sadi.EventStage, Stage: "search"})
		score := -123456.789
		for i := range 3 {
			p.Observe(sadi.Event{Kind: sadi.EventTrial, Data: manifest.Trial{Index: i, Name: fmt.Sprintf("hist_gradient_boosting_regressor_%d", i), Score: &score}})
		}
		p.Observe(sadi.Event{Kind: sadi.EventBest, Data: score})
		last := out.String()[strings.LastIndex(out.String(), "\x1b[J")+len("\x1b[J"):]
		lines := strings.Split(strings.TrimSuffix(last, "\n"), "\n")
		if len(lines) != p.drawn || len(lines) != 4 {
			t.Errorf("width %d: %d lines are drawn and %d counted, want 4:\n%s", width, len(lines), p.drawn, last)
		}
		for _, l := range lines {
			if n := utf8.RuneCountInString(l); n >= width {
				t.Errorf("width %d: a line of %d signs: %s", width, n, l)
			}
		}
		if width >= 80 && !strings.Contains(lines[0], "score so far") {
			t.Errorf("width %d: the score has no room: %s", width, lines[0])
		}
	}
}
