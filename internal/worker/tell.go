package worker

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/queue"
)

// teller observes the engine: it publishes the events in their order and keeps the record's progress. The engine never
// waits for it.
type teller struct {
	queue queue.Queue
	lease queue.Lease
	id    string
	log   *slog.Logger

	mu      sync.Mutex
	waiting []sadi.Event
	now     sadi.Progress
	stage   string
	begun   time.Time
	spent   time.Duration
	wall    time.Duration
	greater bool

	news chan struct{} // there is something to tell
	end  chan struct{} // no more will come
	done chan struct{} // all was told
}

// toldEvery is the least time between two updates of the record.
const toldEvery = time.Second

// leaders is the number of lines of the leaderboard in the record.
const leaders = 10

func newTeller(q queue.Queue, lease queue.Lease, log *slog.Logger) *teller {
	j := lease.Job()
	t := &teller{queue: q, lease: lease, id: j.ID, log: log, now: sadi.Progress{Elapsed: j.Progress.Elapsed}, begun: time.Now(),
		spent: time.Duration(j.Progress.Elapsed * float64(time.Second)), wall: j.Spec.Params.Budget.Wall,
		news: make(chan struct{}, 1), end: make(chan struct{}), done: make(chan struct{})}
	go t.loop()
	return t
}

// begin sets the clock of the job's budget.
func (t *teller) begin(spent, wall time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun, t.spent, t.wall = time.Now(), spent, wall
}

// Observe takes an event from the engine.
func (t *teller) Observe(e sadi.Event) {
	if e.Kind == sadi.EventLearned {
		return
	}
	t.mu.Lock()
	t.waiting = append(t.waiting, e)
	t.follow(e)
	t.mu.Unlock()
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// follow keeps the progress. The caller holds mu.
func (t *teller) follow(e sadi.Event) {
	switch d := e.Data.(type) {
	case sadi.Facts:
		t.now.Metric, t.greater = d.Metric, d.GreaterIsBetter
	case manifest.Plan:
		t.now.Planned = d.MaxTrials
	case manifest.Trial:
		t.now.Trials++
		t.lead(d)
	case float64:
		if e.Kind == sadi.EventBest {
			t.now.Best = &d
		}
	}
	if e.Kind == sadi.EventStage {
		t.stage = e.Stage
	}
}

func (t *teller) lead(d manifest.Trial) {
	if d.Status != sadi.TrialOK || d.Score == nil {
		return
	}
	t.now.Leaders = append(slices.Clone(t.now.Leaders), sadi.Leader{Trial: d.Index, Name: d.Name, Model: d.Model, Score: *d.Score})
	slices.SortStableFunc(t.now.Leaders, func(a, b sadi.Leader) int {
		if t.greater {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.Score, b.Score), 0)
	})
	t.now.Leaders = t.now.Leaders[:min(len(t.now.Leaders), leaders)]
}

// progress is how far the job is.
func (t *teller) progress() sadi.Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.now
	p.Trials = max(p.Trials, t.lease.Job().Progress.Trials) // an attempt that repeats the one before is no progress
	elapsed := t.spent + time.Since(t.begun)
	p.Elapsed = elapsed.Seconds()
	if t.wall > 0 {
		left := max(t.wall-elapsed, 0).Seconds()
		p.TimeLeft = &left
	}
	return p
}

// loop publishes events as they come, and the progress once in a while.
func (t *teller) loop() {
	defer close(t.done)
	var told time.Time
	tick := time.NewTicker(toldEvery)
	defer tick.Stop()
	for open := true; open; {
		select {
		case <-t.news:
		case <-tick.C:
		case <-t.end:
			open = false
		}
		t.publish()
		if open && time.Since(told) >= toldEvery {
			t.record()
			told = time.Now()
		}
	}
}

func (t *teller) publish() {
	t.mu.Lock()
	events := t.waiting
	t.waiting = nil
	t.mu.Unlock()
	for _, e := range events {
		if err := t.queue.Publish(context.WithoutCancel(t.lease.Context()), t.id, e); err != nil {
			t.log.Warn("an event could not be told", "job", t.id, "error", err)
		}
	}
}

func (t *teller) record() {
	ctx := t.lease.Context()
	if ctx.Err() != nil {
		return
	}
	p := t.progress()
	t.mu.Lock()
	stage := t.stage
	t.mu.Unlock()
	_, err := t.lease.Update(ctx, func(j *sadi.Job) error {
		j.Stage, j.Progress = stage, p
		return nil
	})
	if err != nil && ctx.Err() == nil {
		t.log.Warn("the progress could not be told", "job", t.id, "error", err)
	}
}

// settle waits until everything was told; nothing is observed afterwards.
func (t *teller) settle() {
	close(t.end)
	<-t.done
}

// finish tells that the job has ended.
func (t *teller) finish(j sadi.Job) {
	e := sadi.Event{Time: time.Now().UTC(), Kind: sadi.EventFinish, Text: "the job is " + string(j.State), Data: j.Outcome}
	if j.Error != nil {
		e.Text, e.Data = j.Error.Error(), j.Error
	}
	if err := t.queue.Publish(context.WithoutCancel(t.lease.Context()), t.id, e); err != nil {
		t.log.Warn("the end of a job could not be told", "job", t.id, "error", err)
	}
}
