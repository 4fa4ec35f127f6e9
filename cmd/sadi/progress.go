package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/profile"
	"sadi/internal/service"
)

// progress shows a job while it runs: live on a terminal, as plain lines elsewhere.
type progress struct {
	out  io.Writer
	live bool
	size func() int    // columns of the terminal
	wall time.Duration // 0 = no bound

	mu      sync.Mutex
	began   time.Time
	stage   string
	planned int
	trials  []manifest.Trial
	best    *float64
	rising  bool // a greater score is better
	drawn   int  // lines of the live block on the screen
	done    chan struct{}
	closed  sync.Once
}

// progress makes the display. With JSON asked for, standard output is left to the JSON line.
func (a *App) progress(wall time.Duration, jsonAsked bool) *progress {
	p := &progress{out: a.Err, wall: wall, began: time.Now(), rising: true, done: make(chan struct{})}
	if f, ok := a.Err.(*os.File); ok && !jsonAsked {
		p.live = term.IsTerminal(int(f.Fd()))
		p.size = func() int { return columnsOf(f) }
	}
	if p.live {
		go p.tick()
	}
	return p
}

func (p *progress) tick() {
	for {
		select {
		case <-p.done:
			return
		case <-time.After(250 * time.Millisecond):
			p.mu.Lock()
			p.draw()
			p.mu.Unlock()
		}
	}
}

// Close takes the live block off the screen.
func (p *progress) Close() {
	p.closed.Do(func() {
		close(p.done)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.erase()
	})
}

// Observe takes an event of the engine.
func (p *progress) Observe(e sadi.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case sadi.EventStage:
		p.stage = e.Stage
	case sadi.EventFacts:
		p.rising = e.Data.(sadi.Facts).GreaterIsBetter
	case sadi.EventPlan:
		p.planned = len(e.Data.(manifest.Plan).Entries)
	case sadi.EventTrial:
		p.trials = append(p.trials, e.Data.(manifest.Trial))
	case sadi.EventBest:
		v := e.Data.(float64)
		p.best = &v
	}
	// What the live block shows needs no line.
	if text := service.Line(e); text != "" && !(p.live && (e.Kind == sadi.EventTrial || e.Kind == sadi.EventBest || e.Kind == sadi.EventPlan)) {
		p.line("%s", text)
	}
	if p.live {
		p.draw()
	}
}

// number writes a score with five meaningful digits.
func number(v float64) string { return fmt.Sprintf("%.5g", v) }

// line writes a line that stays, above the live block.
func (p *progress) line(format string, args ...any) {
	p.erase()
	text := fmt.Sprintf(format, args...)
	if p.live {
		io.WriteString(p.out, profile.Wrap("", text, p.size()))
		return
	}
	fmt.Fprintf(p.out, "%6.1fs  %s\n", time.Since(p.began).Seconds(), text)
}

func (p *progress) erase() {
	if p.drawn > 0 {
		fmt.Fprintf(p.out, "\x1b[%dA\x1b[J", p.drawn)
		p.drawn = 0
	}
}

// draw puts the live block on the screen: time, trials, score so far and the best configurations.
func (p *progress) draw() {
	if p.stage != "search" {
		p.erase()
		return
	}
	room := p.size() - 1 // a line that fills the last column may break, and erasing counts lines
	var b strings.Builder
	spent := time.Since(p.began).Seconds()
	if p.wall > 0 {
		width := min(30, max(5, room-55))
		full := min(width, int(float64(width)*spent/p.wall.Seconds()))
		fmt.Fprintf(&b, "  [%s%s] %.0f of %.0f s", strings.Repeat("█", full), strings.Repeat("·", width-full), spent, p.wall.Seconds())
	} else {
		fmt.Fprintf(&b, "  %.0f s", spent)
	}
	fmt.Fprintf(&b, "   %s", counted(len(p.trials), "trial"))
	if p.best != nil {
		fmt.Fprintf(&b, "   score so far %s", number(*p.best))
	}
	lines := []string{b.String()}
	for i, t := range p.leaders(5) {
		lines = append(lines, fmt.Sprintf("    %d. %-34s %s", i+1, t.Name, number(*t.Score)))
	}
	p.erase()
	for _, l := range lines {
		io.WriteString(p.out, profile.Clip(l, room)+"\n")
	}
	p.drawn = len(lines)
}

// leaders are the best trials so far.
func (p *progress) leaders(n int) []manifest.Trial {
	var ok []manifest.Trial
	for _, t := range p.trials {
		if t.Score != nil {
			ok = append(ok, t)
		}
	}
	slices.SortStableFunc(ok, func(a, b manifest.Trial) int {
		less := *a.Score < *b.Score
		if *a.Score == *b.Score {
			return 0
		}
		if less == p.rising {
			return 1
		}
		return -1
	})
	return ok[:min(n, len(ok))]
}
