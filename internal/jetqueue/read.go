package jetqueue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// wanted says which message of a stream is to be read: the last of a subject, or the first from a sequence on.
type wanted struct {
	Last string `json:"last_by_subj,omitempty"`
	Next string `json:"next_by_subj,omitempty"`
	From uint64 `json:"seq,omitempty"`
}

// last reads the newest message of a subject; jetstream.ErrMsgNotFound when there is none.
func (q *Queue) last(ctx context.Context, stream, subject string) (*jetstream.RawStreamMsg, error) {
	return q.lead(ctx, stream, wanted{Last: subject})
}

// lead reads from the leader of a stream. The client of nats.go asks any copy where a stream allows that; a copy may lag
// behind a write that was acknowledged, and the reader of a new job would not find it.
func (q *Queue) lead(ctx context.Context, stream string, w wanted) (*jetstream.RawStreamMsg, error) {
	request, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	var m *jetstream.RawStreamMsg
	err = q.try(ctx, func(ctx context.Context) error {
		reply, err := q.nc.RequestWithContext(ctx, jetstream.DefaultAPIPrefix+"STREAM.MSG.GET."+stream, request)
		if err != nil {
			return err
		}
		var r struct {
			Error   *jetstream.APIError `json:"error"`
			Message *struct {
				Subject  string    `json:"subject"`
				Sequence uint64    `json:"seq"`
				Header   []byte    `json:"hdrs"`
				Data     []byte    `json:"data"`
				Time     time.Time `json:"time"`
			} `json:"message"`
		}
		switch err := json.Unmarshal(reply.Data, &r); {
		case err != nil:
			return err
		case r.Error != nil && r.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
			return jetstream.ErrMsgNotFound
		case r.Error != nil:
			return r.Error
		case r.Message == nil:
			return jetstream.ErrInvalidJetStreamResponse
		}
		m = &jetstream.RawStreamMsg{Subject: r.Message.Subject, Sequence: r.Message.Sequence, Data: r.Message.Data, Time: r.Message.Time}
		if len(r.Message.Header) > 0 {
			m.Header, err = nats.DecodeHeadersMsg(r.Message.Header)
		}
		return err
	})
	return m, err
}

// any reads what never changes from whatever copy answers, which is much faster than reading from the leader. What it
// does not find may be there.
func (q *Queue) any(ctx context.Context, stream string, w wanted) (*nats.Msg, error) {
	request, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	var m *nats.Msg
	err = q.try(ctx, func(ctx context.Context) error {
		var err error
		m, err = q.nc.RequestWithContext(ctx, jetstream.DefaultAPIPrefix+"DIRECT.GET."+stream, request)
		if err == nil && m.Header.Get(jetstream.SequenceHeader) == "" { // a status
			return jetstream.ErrMsgNotFound
		}
		return err
	})
	return m, err
}
