package tracker

import (
	"errors"
	"time"

	"sadi/internal/mlflow"
)

// errStopped ends a delivery: its context ended, or the store takes nothing.
var errStopped = errors.New("the delivery was stopped")

// deliver brings the events of the spool to the store, until the last one or until it is stopped.
func (r *Run) deliver() {
	defer close(r.done)
	defer r.stop()
	err := r.all()
	for more := true; err != nil && more && !r.spool.complete(); { // what a store refuses is kept for another day
		select {
		case <-r.news:
		case <-r.hurry:
			more = false
		case <-r.ctx.Done():
			more = false
		}
	}
	r.mu.Lock()
	remove := err == nil || r.dropped
	r.mu.Unlock()
	if !remove {
		r.spool.close()
	} else if err := r.spool.remove(); err != nil {
		r.note(err.Error())
	}
}

func (r *Run) all() error {
	t := newTeller(r)
	at, told := r.spool.state.done, 0
	arrive := func() {
		if at > r.spool.state.done {
			r.spool.note(entry{Done: at})
		}
		r.mu.Lock()
		r.waiting -= told
		r.mu.Unlock()
		told = 0
	}
	for {
		lines, ended, err := r.spool.next(at)
		if err != nil {
			r.note(err.Error())
			return err
		}
		for _, l := range lines {
			if err := t.tell(l.record); err != nil {
				return err
			}
			at, told = l.end, told+1
			if t.idle() {
				arrive()
			}
		}
		if err := t.flush(); err != nil {
			return err
		}
		if t.idle() {
			arrive()
		}
		switch {
		case ended:
			r.lost()
			return nil
		case len(lines) > 0:
			continue
		}
		select {
		case <-r.news:
		case <-r.ctx.Done():
			return errStopped
		}
	}
}

// lost tells of a spool that could not be written to its end.
func (r *Run) lost() {
	r.spool.mu.Lock()
	err := r.spool.failed
	r.spool.mu.Unlock()
	if err != nil {
		r.note("the spool of MLflow could not be written; what came after is not told: " + err.Error())
	}
}

// The times between two attempts.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 30 * time.Second
	// poison is the number of attempts after which a call that a server fails at, and nothing else, is given up.
	poison = 20
)

// call does something at the store, again and again while the store is away. It returns errStopped, or the fault of a
// call that the store will never take, which is told and may be passed over.
func (r *Run) call(what string, do func() error) error {
	wait := firstPause
	for n := 1; ; n++ {
		began := time.Now()
		err := do()
		if err == nil {
			r.setFault("")
			r.rest(time.Since(began))
			return nil
		}
		if r.ctx.Err() != nil {
			return errStopped
		}
		switch {
		case mlflow.Temporary(err):
			r.setFault(err.Error())
		case mlflow.Refused(err):
			r.setFault(err.Error())
			r.note(err.Error())
			return errStopped
		default:
			r.note(what + ": " + err.Error())
			return err
		}
		var f *mlflow.Fault
		if errors.As(err, &f) && f.Lone && n >= poison {
			if _, other := r.store.Experiment(r.ctx, r.spool.job.Experiment); other == nil {
				r.setFault("")
				r.note(what + ": " + err.Error())
				return err
			}
		}
		if !r.pause(max(wait, f.After)) {
			return errStopped
		}
		wait = min(2*wait, lastPause)
	}
}

// While a job runs, the delivery rests after each call for so many times as long as the call took: a server may live on the
// processors that the job works on, and 2 % of them is what tracking may cost. What waits then is told when the job has ended.
const (
	restRatio = 50
	lastRest  = 500 * time.Millisecond // a server far away takes long without any work of this machine
)

// rest follows a call that took so long. There is none before the job's own run is there and noted: a short job would end without
// knowing where it is tracked.
func (r *Run) rest(took time.Duration) {
	if r.place().RunID == "" {
		return
	}
	select {
	case <-r.pressed:
	default:
		r.sleep(min(restRatio*took, lastRest), r.pressed)
	}
}

// sleep waits, until cut is closed or the delivery ends.
func (r *Run) sleep(d time.Duration, cut <-chan struct{}) {
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		r.tracker.wait(r.ctx, d)
	}()
	select {
	case <-waited:
	case <-cut:
	}
}

// pause waits before the next attempt; false = there is none. Once somebody waits for the end of the delivery, the pause is
// cut short, and there are few attempts more.
func (r *Run) pause(d time.Duration) bool {
	r.mu.Lock()
	if r.closing {
		if r.attempts == 0 {
			r.mu.Unlock()
			return false
		}
		r.attempts--
	}
	hurry := r.hurry
	if r.closing {
		hurry = nil
	}
	r.mu.Unlock()
	r.sleep(d, hurry)
	return r.ctx.Err() == nil
}

func (r *Run) setFault(text string) {
	r.mu.Lock()
	changed := r.fault != text
	r.fault = text
	r.mu.Unlock()
	if changed {
		r.spool.note(entry{Fault: &text})
	}
}
