package jetqueue

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// follow gives the messages of a stream to each, in order and every one once, until ctx ends or each says false. It goes on
// over failures of the servers, from where it was. While nothing
// arrives, idle is called every second; false ends too.
func (q *Queue) follow(ctx context.Context, stream string, c jetstream.OrderedConsumerConfig, each func(jetstream.Msg) bool, idle func() bool) {
	c.MaxResetAttempts = 1 // a failure comes here, where ctx is heard
	c.InactiveThreshold = time.Minute
	pause := 50 * time.Millisecond
	for ctx.Err() == nil {
		consumer, err := q.js.OrderedConsumer(ctx, stream, c)
		var messages jetstream.MessagesContext
		if err == nil {
			messages, err = consumer.Messages(jetstream.PullExpiry(20*time.Second), jetstream.PullHeartbeat(3*time.Second))
		}
		if err == nil {
			if done := q.drain(ctx, messages, &c, each, idle); done {
				return
			}
			pause = 50 * time.Millisecond
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, time.Second)
	}
}

// drain is follow until the first failure; done = there is no more to follow.
func (q *Queue) drain(ctx context.Context, messages jetstream.MessagesContext, c *jetstream.OrderedConsumerConfig,
	each func(jetstream.Msg) bool, idle func() bool) (done bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer messages.Stop()
	defer cancel()
	arrived := make(chan jetstream.Msg)
	go func() { // one long call: within it the heartbeats of the server are watched
		defer close(arrived)
		for {
			m, err := messages.Next(jetstream.NextContext(ctx))
			if err != nil {
				return
			}
			select {
			case arrived <- m:
			case <-ctx.Done():
				return
			}
		}
	}()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	quiet := true
	for {
		select {
		case m, ok := <-arrived:
			if !ok {
				return ctx.Err() != nil
			}
			quiet = false
			if meta, err := m.Metadata(); err == nil {
				c.DeliverPolicy, c.OptStartSeq = jetstream.DeliverByStartSequencePolicy, meta.Sequence.Stream+1
			}
			if !each(m) {
				return true
			}
		case <-tick.C:
			if quiet && !idle() {
				return true
			}
			quiet = true
		case <-ctx.Done():
			return true
		}
	}
}

// learn keeps the index up to date. synced is closed when it holds what was there at the start.
func (q *Queue) learn(synced chan<- struct{}) {
	c := jetstream.OrderedConsumerConfig{FilterSubjects: []string{q.names.jobSubject + ">"},
		DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, HeadersOnly: true}
	silence := 0
	ready := func() {
		if synced != nil {
			close(synced)
			synced = nil
		}
	}
	if q.streams[q.names.jobs].CachedInfo().State.Msgs == 0 {
		ready()
	}
	q.follow(q.ctx, q.names.jobs, c, func(m jetstream.Msg) bool {
		meta, err := m.Metadata()
		if err != nil {
			return true
		}
		id, revision := strings.TrimPrefix(m.Subject(), q.names.jobSubject), meta.Sequence.Stream
		var h headline
		switch {
		case m.Headers().Get(operationHeader) != "":
			q.index.dropped(id, revision)
		case json.Unmarshal([]byte(m.Headers().Get(headlineHeader)), &h) == nil:
			q.index.put(id, revision, h)
		default:
			q.o.Log.Warn("a record in the queue's bucket is not the queue's", "subject", m.Subject())
		}
		if meta.NumPending == 0 {
			ready()
		}
		return true
	}, func() bool {
		// What was removed meanwhile is counted as pending and never comes: some silence has the same meaning.
		if silence++; silence == 3 {
			ready()
		}
		return true
	})
}
