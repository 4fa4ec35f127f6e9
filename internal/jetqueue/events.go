package jetqueue

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sadi"
	"sadi/internal/queue"
)

// logs are the ends of the event logs that this connection writes to, so that an event costs one write and no read.
type logs struct {
	mu   sync.Mutex
	open map[string]*log
}

type log struct {
	mu       sync.Mutex
	known    bool
	number   uint64 // of the last event
	sequence uint64 // of its message
}

func (l *logs) of(id string) *log {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[id] == nil {
		if len(l.open) >= 10_000 {
			clear(l.open) // they are found again
		}
		l.open[id] = &log{}
	}
	return l.open[id]
}

func (l *logs) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, id)
}

// Publish appends an event to a job's log. Its number is one more than that of the event before, and the server
// stores it only if that one is still the last.
func (q *Queue) Publish(ctx context.Context, id string, e sadi.Event) error {
	if _, _, known := q.index.state(id); !known {
		if _, err := q.read(ctx, id); err != nil {
			return err
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		return sadi.Errorf(sadi.Internal, "an event of the kind %q can not be written: %w", e.Kind, err)
	}
	if len(text) > maxMessage-4096 {
		return tooLarge("the event", len(text), maxMessage)
	}
	l := q.logs.of(id)
	l.mu.Lock()
	defer l.mu.Unlock()
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		if !l.known {
			if err := q.findEnd(ctx, id, l); err != nil {
				return err
			}
		}
		m := message(q.names.eventSubject+id, text)
		m.Header.Set(numberHeader, strconv.FormatUint(l.number+1, 10))
		m.Header.Set(kindHeader, e.Kind)
		sequence, err := q.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(l.sequence))
		if err == nil {
			l.number, l.sequence = l.number+1, sequence
			if e.Kind == sadi.EventFinish {
				q.logs.forget(id)
			}
			return nil
		}
		l.known = false // also after a failure: it may have been stored
		if !errors.Is(err, errConflict) {
			return err
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// findEnd reads where a log ends.
func (q *Queue) findEnd(ctx context.Context, id string, l *log) error {
	m, err := q.last(ctx, q.names.events, q.names.eventSubject+id)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		l.known, l.sequence = true, 0 // the number stays: events that are too old are gone, and their numbers are not used again
		return nil
	}
	if err != nil {
		return err
	}
	l.known, l.number, l.sequence = true, max(l.number, number(m.Header)), m.Sequence
	return nil
}

func number(h nats.Header) uint64 {
	n, _ := strconv.ParseUint(h.Get(numberHeader), 10, 64) // what is not ours counts as 0
	return n
}

// errLogEnd stops the reading of a log without an error.
var errLogEnd = errors.New("the log is complete")

// Events yields events, old and new.
func (q *Queue) Events(ctx context.Context, id string, after uint64) iter.Seq2[queue.Numbered, error] {
	return func(yield func(queue.Numbered, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(q.ctx, func() { cancel(closed()) })()
		left := false
		err := q.readLog(ctx, id, after, func(n queue.Numbered) bool {
			left = !yield(n, nil)
			return !left
		})
		if q.ctx.Err() != nil {
			err = closed()
		} else if ctx.Err() != nil {
			return
		}
		if err != nil && err != errLogEnd && !left {
			yield(queue.Numbered{}, err)
		}
	}
}

func (q *Queue) readLog(ctx context.Context, id string, after uint64, yield func(queue.Numbered) bool) (err error) {
	if _, err := q.read(ctx, id); err != nil {
		return err
	}
	subject := q.names.eventSubject + id
	switch m, err := q.last(ctx, q.names.events, subject); {
	case err == nil && m.Header.Get(kindHeader) == sadi.EventFinish && number(m.Header) <= after:
		return errLogEnd
	case err != nil && !errors.Is(err, jetstream.ErrMsgNotFound):
		return err
	}
	c := jetstream.OrderedConsumerConfig{FilterSubjects: []string{subject}, DeliverPolicy: jetstream.DeliverAllPolicy}
	q.follow(ctx, q.names.events, c, func(m jetstream.Msg) bool {
		n := queue.Numbered{Number: number(m.Headers())}
		if n.Number <= after {
			return true
		}
		if e := json.Unmarshal(m.Data(), &n.Event); e != nil {
			err = sadi.Errorf(sadi.Corrupt, "event %d of the job %q can not be read: %w", n.Number, id, e)
			return false
		}
		after = n.Number
		return yield(n) && n.Event.Kind != sadi.EventFinish
	}, func() bool {
		err = q.complete(ctx, id, after)
		return err == nil
	})
	return err
}

// complete looks after a log in which nothing happens: the job may have been deleted, or may have ended while the process
// that was to say so in the log came to its end.
func (q *Queue) complete(ctx context.Context, id string, after uint64) error {
	state, age, known := q.index.state(id)
	switch {
	case !known:
		_, err := q.read(ctx, id)
		return err
	case !state.Final() || age < 5*time.Second:
		return nil
	}
	m, err := q.last(ctx, q.names.events, q.names.eventSubject+id)
	if err == nil && m.Header.Get(kindHeader) == sadi.EventFinish {
		if number(m.Header) <= after {
			return errLogEnd
		}
		return nil // it is on its way
	}
	l := q.logs.of(id)
	l.mu.Lock()
	l.number = max(l.number, after)
	l.mu.Unlock()
	err = q.Publish(ctx, id, sadi.Event{Time: time.Now().UTC(), Kind: sadi.EventFinish, Text: "the job ended as " + string(state)})
	if err != nil {
		q.o.Log.Warn("the end of a job could not be written to its log", "job", id, "err", err)
	}
	return nil
}
