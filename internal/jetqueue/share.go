package jetqueue

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"sadi"
)

const (
	askTime = 5 * time.Second
	answers = 256 // that a holder works on at the same time; more wait
)

// Share answers requests about a job until stop is called or ctx ends.
func (q *Queue) Share(ctx context.Context, id string, answer func(ctx context.Context, request []byte) []byte) (func(), error) {
	if !nameForm.MatchString(id) {
		return nil, unknownJob(id)
	}
	ctx, cancel := context.WithCancel(ctx)
	stopAtClose := context.AfterFunc(q.ctx, cancel)
	slots := make(chan struct{}, answers)
	sub, err := q.nc.Subscribe(q.names.shareSubject+id, func(m *nats.Msg) {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		go func() {
			defer func() { <-slots }()
			ctx, cancel := context.WithTimeout(ctx, askTime) // then nobody waits for it
			defer cancel()
			reply := message(m.Reply, answer(ctx, m.Data))
			if len(reply.Data) > maxTalk {
				reply.Header.Set(errorHeader, tooLarge("the reply", len(reply.Data), maxTalk).Error())
				reply.Data = nil
			}
			m.RespondMsg(reply) // one that is lost is asked for again
		}()
	})
	if err == nil {
		err = q.flush(ctx) // whoever hears the call must find us
	}
	if err == nil {
		err = q.nc.Publish(q.names.wakeSubject, nil)
	}
	if err != nil {
		if sub != nil {
			sub.Unsubscribe()
		}
		cancel()
		return nil, unavailable(err)
	}
	var once sync.Once
	stop := func() {
		once.Do(func() {
			sub.Unsubscribe()
			cancel()
			stopAtClose()
			ctx, done := context.WithTimeout(context.Background(), time.Second)
			defer done()
			q.flush(ctx) // from here on nobody is sent to us; without a connection nobody is either
		})
	}
	context.AfterFunc(ctx, stop)
	return stop, nil
}

func (q *Queue) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return q.nc.FlushWithContext(ctx)
}

// Ask sends a request to the holder of a job.
func (q *Queue) Ask(ctx context.Context, id string, request []byte) ([]byte, error) {
	if !nameForm.MatchString(id) {
		return nil, unknownJob(id)
	}
	if len(request) > maxTalk {
		return nil, tooLarge("the request", len(request), maxTalk)
	}
	bound, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	m, err := q.nc.RequestMsgWithContext(bound, message(q.names.shareSubject+id, request))
	switch {
	case err == nil && m.Header.Get(errorHeader) != "":
		return nil, sadi.Errorf(sadi.LimitExceeded, "the holder of the job %q can not answer: %s", id, m.Header.Get(errorHeader))
	case err == nil:
		return m.Data, nil
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, context.Cause(ctx)
	}
	return nil, sadi.Errorf(sadi.Unavailable, "nobody answers for the job %q: %w", id, err)
}

// Wake waits until a job begins to share or time has passed.
func (q *Queue) Wake(ctx context.Context, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-q.wakes.next():
	case <-timer.C:
	case <-ctx.Done():
	case <-q.ctx.Done():
	}
}
