package engine

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"sadi/internal/manifest"
)

// errBudget is the cause of a context that the budget ended.
var errBudget = errors.New("the budget is used up")

// clock is the only place where time, or a person who asks the job to stop, meets the search. Whatever it decides it
// writes down; in a replay it decides nothing and reads the decisions back instead.
type clock struct {
	start time.Time
	wall  time.Duration // 0 = no bound on time

	mu        sync.Mutex
	made      []manifest.Decision
	replaying bool
	recorded  map[decisionKey]manifest.Decision
}

type decisionKey struct {
	kind        manifest.Kind
	trial, fold int // -1 = none
}

func keyOf(d manifest.Decision) decisionKey {
	k := decisionKey{d.Kind, -1, -1}
	if d.Trial != nil {
		k.trial = *d.Trial
	}
	if d.Fold != nil {
		k.fold = *d.Fold
	}
	return k
}

func newClock(start time.Time, wall time.Duration, replay *[]manifest.Decision) *clock {
	c := &clock{start: start, wall: wall}
	if replay != nil {
		c.replaying, c.wall = true, 0
		c.recorded = map[decisionKey]manifest.Decision{}
		for _, d := range *replay {
			c.recorded[keyOf(d)] = d
		}
	}
	return c
}

// bounded reports whether time ends the job.
func (c *clock) bounded() bool { return c.wall > 0 }

// elapsed is the time since the job began.
func (c *clock) elapsed() time.Duration { return time.Since(c.start) }

// left is the time until the end of the budget less a reserve; a very long time where nothing bounds the job.
func (c *clock) left(reserve time.Duration) time.Duration {
	if !c.bounded() {
		return 1 << 60
	}
	return c.wall - reserve - c.elapsed()
}

// recall is what a replayed job's clock decided, if it did.
func (c *clock) recall(kind manifest.Kind, trial, fold int) (manifest.Decision, bool) {
	d, ok := c.recorded[decisionKey{kind, trial, fold}]
	return d, ok
}

// decide writes a decision down. trial and fold are -1 where the decision is about none.
func (c *clock) decide(kind manifest.Kind, trial, fold, value int, why string) {
	d := manifest.Decision{Kind: kind, Value: value, Why: why}
	if trial >= 0 {
		d.Trial = &trial
	}
	if fold >= 0 {
		d.Fold = &fold
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, d)
}

// decided reports whether a decision of the kind was made.
func (c *clock) decided(kind manifest.Kind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.made, func(d manifest.Decision) bool { return d.Kind == kind })
}

// decisions are the decisions made, in an order that does not depend on which worker was faster.
func (c *clock) decisions() []manifest.Decision {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := slices.Clone(c.made)
	slices.SortFunc(made, func(a, b manifest.Decision) int {
		x, y := keyOf(a), keyOf(b)
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.trial, y.trial), cmp.Compare(x.fold, y.fold))
	})
	return made
}
