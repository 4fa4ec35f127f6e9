package tracker

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/mlflow"
)

// Run is a job that is told of. Its methods may be called on nil: a job that is not tracked.
type Run struct {
	tracker *Tracker
	spool   *spool
	store   mlflow.Store
	ctx     context.Context
	stop    context.CancelFunc
	news    chan struct{} // something was appended
	done    chan struct{} // nothing more is delivered

	press   sync.Once     // closes pressed
	pressed chan struct{} // the job has ended or somebody waits: the delivery rests no more

	mu      sync.Mutex
	waiting int    // events that are not delivered
	trials  int    // that have ended
	fault   string // of the last attempt; "" = the store takes what it is given
	dropped bool   // nobody wants to know any more
	noted   map[string]bool

	closing  bool          // somebody waits for the end of the delivery
	attempts int           // that are made then after a failure
	hurry    chan struct{} // closed with it
}

var _ sadi.Observer = (*Run)(nil)

func newRun(t *Tracker, s *spool, store mlflow.Store) *Run {
	r := &Run{tracker: t, spool: s, store: store, news: make(chan struct{}, 1), done: make(chan struct{}), pressed: make(chan struct{}), hurry: make(chan struct{}), noted: map[string]bool{}}
	r.ctx, r.stop = context.WithCancel(t.ctx)
	if n, err := s.count(); err == nil {
		r.waiting = n
	}
	if s.complete() {
		r.hasten()
	}
	return r
}

// kindEnd is the kind of record that is no event: how the job ended.
const kindEnd = "end"

// point is a point of the ensemble's score.
type point struct {
	Value float64 `json:"value"`
	Trial int     `json:"trial"` // trials that had ended
}

// learned is sadi.Learned in JSON, which has no NaN.
type learned struct {
	Trial   int     `json:"trial"`
	Seconds float64 `json:"seconds"`
	Folds   []fold  `json:"folds"`
}

type fold struct {
	Score  *float64     `json:"score"` // null = undefined
	Rounds int          `json:"rounds,omitempty"`
	Curve  [][2]float64 `json:"curve,omitempty"` // round and loss
}

func learnedOf(l sadi.Learned) learned {
	out := learned{Trial: l.Trial, Seconds: l.Seconds}
	for _, f := range l.Folds {
		g := fold{Rounds: f.Rounds}
		if !math.IsNaN(f.Score) && !math.IsInf(f.Score, 0) {
			g.Score = &f.Score
		}
		for _, p := range f.Curve {
			g.Curve = append(g.Curve, [2]float64{float64(p.Round), p.Loss})
		}
		out.Folds = append(out.Folds, g)
	}
	return out
}

// Observe implements sadi.Observer: it writes the event to the spool and returns.
func (r *Run) Observe(e sadi.Event) {
	if r == nil {
		return
	}
	var data any
	switch d := e.Data.(type) {
	case sadi.Facts:
		data = d
	case sadi.Learned:
		data = learnedOf(d)
	case manifest.Trial:
		data = d
		r.mu.Lock()
		r.trials++
		r.mu.Unlock()
	case float64:
		r.mu.Lock()
		data = point{d, r.trials}
		r.mu.Unlock()
		if e.Kind != sadi.EventBest || math.IsNaN(d) || math.IsInf(d, 0) {
			return
		}
	default:
		return // what is planned and noted stands in the manifest
	}
	r.append(e.Time, e.Kind, data)
}

func (r *Run) append(at time.Time, kind string, data any) {
	text, err := manifest.Raw(data)
	if err != nil { // a number that JSON lacks
		r.note("an event of the kind " + kind + " could not be kept: " + err.Error())
		return
	}
	r.mu.Lock()
	r.waiting++
	r.mu.Unlock()
	r.spool.append(record{Time: at.UTC(), Kind: kind, Data: text})
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// note tells a person something, once.
func (r *Run) note(text string) {
	r.mu.Lock()
	known := r.noted[text] || len(r.noted) >= 20
	r.noted[text] = true
	r.mu.Unlock()
	if !known {
		r.tracker.Note(r.spool.job.ID, text)
	}
}

// Observed is where the job is tracked, as far as it is known now; nil = nowhere.
func (r *Run) Observed() *manifest.MLflow {
	if r == nil {
		return nil
	}
	at := r.place()
	r.mu.Lock()
	defer r.mu.Unlock()
	at.Pending, at.Error = r.waiting, r.fault
	return at
}

func (r *Run) place() *manifest.MLflow {
	r.spool.mu.Lock()
	defer r.spool.mu.Unlock()
	j, parent := &r.spool.job, r.spool.state.parent()
	at := &manifest.MLflow{TrackingURI: j.Target, Experiment: j.Experiment, ExperimentID: r.spool.state.experiment, RunID: parent.ID}
	if parent.ID != "" {
		at.Link = r.store.Link(parent)
	}
	return at
}

// ending is how a job ended.
type ending struct {
	State sadi.State `json:"state"`
	Dir   string     `json:"dir,omitempty"` // the job's folder; "" = it left none
	Error string     `json:"error,omitempty"`
}

// Finish says how the job ended and where its result lies; passing = the folder will soon be gone. After it nothing is
// observed, and what waits is delivered in the background.
func (r *Run) Finish(state sadi.State, cause error, dir string, passing bool) {
	if r == nil {
		return
	}
	end := ending{State: state, Dir: dir}
	if cause != nil {
		end.Error = cause.Error()
	}
	if dir != "" {
		if _, err := os.Stat(filepath.Join(dir, manifest.Name)); err != nil {
			end.Dir = ""
		} else if passing {
			end.Dir = filepath.Join(r.spool.dir, resultDir)
			if err := keepFolder(end.Dir, dir); err != nil {
				r.note("the files of the job could not be kept for MLflow: " + err.Error())
			}
		} else if abs, err := filepath.Abs(dir); err == nil {
			end.Dir = abs
		}
	}
	r.hasten() // first, or a call about this very end may rest
	r.append(time.Now(), kindEnd, end)
}

// hasten lets the delivery rest no more.
func (r *Run) hasten() { r.press.Do(func() { close(r.pressed) }) }

// Abandon ends the telling of a job that another worker goes on with, and forgets what waits.
func (r *Run) Abandon() {
	if r == nil {
		return
	}
	r.mu.Lock()
	r.dropped = true
	r.mu.Unlock()
	r.stop()
}

// Wait gives the delivery of a job that has ended so much time, and no more than one attempt where the store can not be
// reached. It returns the number of events that still wait, and why.
func (r *Run) Wait(atMost time.Duration) (events int, fault string) {
	if r == nil {
		return 0, ""
	}
	r.mu.Lock()
	if r.fault != "" {
		atMost = min(atMost, lastAttempt)
	}
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), atMost)
	defer cancel()
	r.await(ctx, false)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waiting, r.fault
}

// lastAttempt is the time for one attempt at a store that could not be reached before.
const lastAttempt = 300 * time.Millisecond

// await waits for the end of the delivery, or of ctx, which ends it. A failure ends it too, unless patient.
func (r *Run) await(ctx context.Context, patient bool) {
	r.mu.Lock()
	if !patient && !r.closing {
		r.closing = true
		if r.fault == "" {
			r.attempts = 2
		}
		close(r.hurry)
		r.hasten()
	}
	r.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		r.stop()
		<-r.done
	}
}
