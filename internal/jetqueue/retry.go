package jetqueue

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"sadi"
)

// errConflict says that another process wrote first.
var errConflict = errors.New("another process was faster")

const attemptTime = 2 * time.Second // for one answer of the servers; then the request is sent again

// try calls op until it ends with something other than the silence of the servers. What it sends may arrive twice.
func (q *Queue) try(ctx context.Context, op func(context.Context) error) error {
	over := time.Now().Add(q.o.Patience)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := nats.ErrDisconnected
		if q.nc.IsConnected() { // else the request would wait in a buffer, and its answer find nobody
			attempt, cancel := context.WithTimeout(ctx, min(attemptTime, q.o.Patience))
			err = op(attempt)
			cancel()
		}
		switch {
		case err == nil:
			return nil
		case ctx.Err() == nil && q.ctx.Err() == nil && passing(err) && time.Now().Add(pause).Before(over):
		case q.ctx.Err() != nil:
			return closed()
		case errors.Is(ctx.Err(), context.Canceled):
			return context.Cause(ctx)
		default:
			return outward(err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		case <-q.ctx.Done():
		}
	}
}

// passing reports whether the servers may answer otherwise a moment later: they start, elect a leader, or are busy.
func passing(err error) bool {
	for _, e := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrDisconnected,
		nats.ErrReconnectBufExceeded, nats.ErrConnectionReconnecting, nats.ErrNoServers, jetstream.ErrNoStreamResponse,
		jetstream.ErrJetStreamNotEnabled, jetstream.ErrJetStreamNotEnabledForAccount} {
		if errors.Is(err, e) {
			return true
		}
	}
	api := apiError(err)
	return api != nil && !slices.Contains(full, api.ErrorCode) && (api.Code == 503 || api.ErrorCode == duplicateInFlight || api.ErrorCode == peerOffline)
}

const (
	wrongSequence         jetstream.ErrorCode = 10071
	wrongSequenceInFlight jetstream.ErrorCode = 10164
	duplicateInFlight     jetstream.ErrorCode = 10158
	peerOffline           jetstream.ErrorCode = 10118
)

// Errors that only more room cures: insufficient resources, storage or memory, a store that failed, an account's bound.
var full = []jetstream.ErrorCode{10023, 10047, 10028, 10077, 10122}

func apiError(err error) *jetstream.APIError {
	var api jetstream.JetStreamError
	if errors.As(err, &api) {
		return api.APIError()
	}
	return nil
}

// outward is the error for people. Errors that have their form already stay as they are.
func outward(err error) error {
	var known *sadi.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, errConflict) || errors.Is(err, jetstream.ErrMsgNotFound) {
		return err
	}
	if api := apiError(err); api != nil && slices.Contains(full, api.ErrorCode) {
		return sadi.Errorf(sadi.Unavailable, "the queue has no room: %w", err).
			Advise("free space on the servers' disks, raise the bound, or delete jobs that are not needed")
	}
	return unavailable(err)
}

func closed() error { return sadi.Errorf(sadi.Unavailable, "the connection to the queue is closed") }

func unavailable(err error) error {
	return sadi.Errorf(sadi.Unavailable, "the queue does not answer: %w", err).
		Advise("check the NATS servers and JetStream; the call may be repeated")
}

// publish stores a message. Its own number lets the server recognise a repetition, so that a lost acknowledgement
// costs nothing. errConflict tells that an expectation of the options did not hold.
func (q *Queue) publish(ctx context.Context, m *nats.Msg, opts ...jetstream.PublishOpt) (sequence uint64, err error) {
	opts = append(opts, jetstream.WithMsgID(nuid.Next()), jetstream.WithRetryAttempts(0))
	err = q.try(ctx, func(ctx context.Context) error {
		ack, err := q.js.PublishMsg(ctx, m, opts...)
		if api := apiError(err); api != nil && (api.ErrorCode == wrongSequence || api.ErrorCode == wrongSequenceInFlight) {
			return errConflict
		}
		if err == nil {
			sequence = ack.Sequence
		}
		return err
	})
	return sequence, err
}

// purge removes the messages of a subject.
func (q *Queue) purge(ctx context.Context, stream, subject string) error {
	return q.try(ctx, func(ctx context.Context) error {
		return q.streams[stream].Purge(ctx, jetstream.WithPurgeSubject(subject))
	})
}

// subjects lists the subjects of a stream that match, with the number of messages of each.
func (q *Queue) subjects(ctx context.Context, stream, filter string) (found map[string]uint64, err error) {
	err = q.try(ctx, func(ctx context.Context) error {
		info, err := q.streams[stream].Info(ctx, jetstream.WithSubjectFilter(filter))
		if err == nil {
			found = info.State.Subjects
		}
		return err
	})
	return found, err
}
