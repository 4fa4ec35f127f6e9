package jetqueue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"sadi"
)

// record is a job as the servers keep it.
type record struct {
	sadi.Job
	Order uint64 `json:"order,omitempty"`       // revision of the first write: its place in the order of submission
	Key   string `json:"key,omitempty"`         // the submission's key, hashed
	Lost  string `json:"lost_worker,omitempty"` // the last holder that was lost

	revision uint64
	text     []byte // as it was read
}

// headline is what the index knows of a record: it stands in the header of its message.
type headline struct {
	State    sadi.State `json:"state"`
	Priority int        `json:"priority"`
	Order    uint64     `json:"order,omitempty"` // 0 = the revision
	Fence    uint64     `json:"fence"`
	Stopping bool       `json:"stopping,omitempty"`
}

// Headers of ours.
const (
	headlineHeader = "Sadi-Job"
	numberHeader   = "Sadi-Number" // of an event in its job's log
	kindHeader     = "Sadi-Kind"   // of an event
	errorHeader    = "Sadi-Error"  // of a reply that could not be given
)

// Headers of JetStream and its key-value buckets.
const (
	operationHeader = "KV-Operation"
	ttlHeader       = "Nats-TTL"
)

func (r *record) headline() headline {
	return headline{r.State, r.Priority, r.Order, r.Fence, r.Stopping}
}

func unknownJob(id string) error { return sadi.Errorf(sadi.NotFound, "there is no job %q", id) }

// read gets the newest record of a job from the leader. Where there is none it is an error with code NotFound, and the
// revision is that of the trace of a deleted one, or 0.
func (q *Queue) read(ctx context.Context, id string) (*record, error) {
	r := &record{}
	if !nameForm.MatchString(id) {
		return r, unknownJob(id)
	}
	m, err := q.last(ctx, q.names.jobs, q.names.jobSubject+id)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return r, unknownJob(id)
	}
	if err != nil {
		return r, err
	}
	r.revision = m.Sequence
	if m.Header.Get(operationHeader) != "" {
		return r, unknownJob(id)
	}
	r, err = decode(m.Data)
	if err != nil {
		return &record{}, err
	}
	r.revision = m.Sequence
	if r.Order == 0 {
		r.Order = r.revision
	}
	q.index.put(id, r.revision, r.headline())
	return r, nil
}

func decode(text []byte) (*record, error) {
	r := &record{text: text}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, sadi.Errorf(sadi.Corrupt, "the record of a job can not be read: %w", err)
	}
	return r, nil
}

// write stores a record if its revision is still the newest one.
func (q *Queue) write(ctx context.Context, r *record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return sadi.Errorf(sadi.Internal, "the record of the job %q can not be written: %w", r.ID, err)
	}
	if bytes.Equal(text, r.text) {
		return nil
	}
	if len(text) > maxMessage-4096 { // room for the headers
		return tooLarge("the record of the job", len(text), maxMessage)
	}
	head, err := json.Marshal(r.headline())
	if err != nil {
		return sadi.Errorf(sadi.Internal, "the record of the job %q can not be written: %w", r.ID, err)
	}
	m := message(q.names.jobSubject+r.ID, text)
	m.Header.Set(headlineHeader, string(head))
	sequence, err := q.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(r.revision))
	if err != nil {
		return err
	}
	r.revision, r.text = sequence, text
	q.index.put(r.ID, sequence, r.headline())
	return nil
}

// change is the one way in which a record changes: read, change, check the move of the state, write if nobody else did.
func (q *Queue) change(ctx context.Context, id string, f func(*record) error) (*record, error) {
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		r, err := q.read(ctx, id)
		if err != nil {
			return nil, err
		}
		state, fence := r.State, r.Fence
		if err := f(r); err != nil {
			return nil, err
		}
		if r.State != state {
			if err := state.Next(r.State); err != nil {
				return nil, err
			}
		}
		if r.ID != id || r.Fence < fence {
			return nil, sadi.Errorf(sadi.Internal, "the identity of the job %q was changed", id)
		}
		if r.State == sadi.Queued && state != sadi.Queued {
			r.Worker = ""
		}
		if r.State == sadi.Queued && state == sadi.NeedsTarget {
			r.Attempts = 0 // an answer is progress
		}
		if err := q.write(ctx, r); !errors.Is(err, errConflict) {
			return r, err
		}
		if err := pause(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// erase deletes a record of a revision. The trace that the followers need to hear of it goes by itself.
func (q *Queue) erase(ctx context.Context, id string, revision uint64) error {
	m := message(q.names.jobSubject+id, nil)
	m.Header.Set(operationHeader, "PURGE")
	m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	m.Header.Set(ttlHeader, strconv.Itoa(int(markerLife/time.Second)))
	sequence, err := q.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(revision))
	if err == nil {
		q.index.drop(id, sequence)
	}
	return err
}
