package jetqueue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"

	"sadi"
	"sadi/internal/queue"
)

// sign is what a holder tells of a lease.
type sign struct {
	Job   string `json:"job"`
	Fence uint64 `json:"fence"`
}

// Parts of the lease time: a heartbeat may be late three times before its holder is taken for dead, and then there is
// time left to take over.
func (q *Queue) heartbeat() time.Duration { return q.o.LeaseTime / 5 }
func (q *Queue) patience() time.Duration  { return q.o.LeaseTime * 4 / 5 }
func (q *Queue) look() time.Duration      { return q.o.LeaseTime / 25 }

// listen hears the signs of life and the calls to idle workers.
func (q *Queue) listen() error {
	_, err := q.nc.Subscribe(q.names.aliveSubject, func(m *nats.Msg) {
		var signs []sign
		if json.Unmarshal(m.Data, &signs) == nil {
			for _, s := range signs {
				q.index.hear(s.Job, s.Fence)
			}
		}
	})
	if err == nil {
		_, err = q.nc.Subscribe(q.names.wakeSubject, func(*nats.Msg) { q.wakes.tell() })
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// beat tells what this connection holds. A holder that was cut off for long lets go by itself.
func (q *Queue) beat() {
	tick := time.NewTicker(q.heartbeat())
	defer tick.Stop()
	for {
		select {
		case <-q.ctx.Done():
			return
		case <-tick.C:
		}
		q.mu.Lock()
		cut := !q.down.IsZero() && time.Since(q.down) > 4*q.o.LeaseTime
		var signs []sign
		var all []*lease
		for id, l := range q.held {
			signs, all = append(signs, sign{id, l.fence}), append(all, l)
		}
		q.mu.Unlock()
		if cut {
			for _, l := range all {
				l.end(queue.ErrLost)
			}
			continue
		}
		for len(signs) > 0 {
			n := min(len(signs), 1000) // far below the bound of a message
			if data, err := json.Marshal(signs[:n]); err == nil {
				q.nc.Publish(q.names.aliveSubject, data) // one that fails is followed by another
			}
			signs = signs[n:]
		}
	}
}

// sweep makes the jobs of lost holders queued again.
func (q *Queue) sweep() {
	tick := time.NewTicker(q.look())
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-q.ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		if now.Sub(last) > q.heartbeat() { // this process was asleep: what it did not hear says nothing
			q.index.listening(now)
		}
		last = now
		if !q.nc.IsConnected() {
			q.index.listening(now)
			continue
		}
		for id, fence := range q.index.silent(q.patience()) {
			if err := q.requeue(q.ctx, id, fence); err != nil && q.ctx.Err() == nil {
				q.o.Log.Warn("a job without a holder could not be queued again", "job", id, "err", err)
			}
			last = time.Now()
		}
	}
}

// requeue makes a job queued again whose holder is gone, unless somebody else did something with it.
func (q *Queue) requeue(ctx context.Context, id string, fence uint64) error {
	worker := ""
	_, err := q.change(ctx, id, func(r *record) error {
		if r.State != sadi.Running || r.Fence != fence {
			return errNotOurs
		}
		worker = r.Worker
		r.State, r.Lost = sadi.Queued, r.Worker
		return nil
	})
	if err == errNotOurs || sadi.CodeOf(err) == sadi.NotFound {
		return nil
	}
	if err == nil {
		q.o.Log.Warn("the holder of a job was lost; the job is queued again", "job", id, "worker", worker)
	}
	return err
}

// recover queues every running job again: at the start of a server that nobody else can reach, no holder is left.
func (q *Queue) recover(ctx context.Context) error {
	for id, fence := range q.index.silent(-1) {
		if err := q.requeue(ctx, id, fence); err != nil {
			return err
		}
	}
	return nil
}
