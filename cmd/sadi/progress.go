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
	"sadi/internal/service"
)

// progress shows a job while it runs: live on a terminal, as plain lines elsewhere.
type progress struct {
	out  io.Writer
	live bool
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
	at := ""
	if !p.live {
		at = fmt.Sprintf("%6.1fs  ", time.Since(p.began).Seconds())
	}
	fmt.Fprintf(p.out, "%s%s\n", at, fmt.Sprintf(format, args...))
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
	var b strings.Builder
	spent := time.Since(p.began).Seconds()
	lines := 1
	if p.wall > 0 {
		const width = 30
		full := min(width, int(width*spent/p.wall.Seconds()))
		fmt.Fprintf(&b, "  [%s%s] %.0f of %.0f s", strings.Repeat("█", full), strings.Repeat("·", width-full), spent, p.wall.Seconds())
	} else {
		fmt.Fprintf(&b, "  %.0f s", spent)
	}
	fmt.Fprintf(&b, "   %d trials", len(p.trials))
	if p.best != nil {
		fmt.Fprintf(&b, "   score so far %s", number(*p.best))
	}
	b.WriteByte('\n')
	for i, t := range p.leaders(5) {
		fmt.Fprintf(&b, "    %d. %-34s %s\n", i+1, t.Name, number(*t.Score))
		lines++
	}
	p.erase()
	io.WriteString(p.out, b.String())
	p.drawn = lines
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
