package jetqueue

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"sadi"
	"sadi/internal/queue"
)

// Submit adds a job as queued; the name of a job is up to 64 letters, digits, _ and -.
//
// The key is written first, with the job's name, and then the record: whoever repeats the call after a crash between the
// two, or comes at the same moment, finds the name and writes the record if it is not there.
func (q *Queue) Submit(ctx context.Context, j sadi.Job, key string) (sadi.Job, bool, error) {
	if !nameForm.MatchString(j.ID) {
		return sadi.Job{}, false, sadi.Errorf(sadi.BadUsage, "%q can not be the name of a job", j.ID).
			Advise("use up to 64 letters, digits, _ and -")
	}
	r := &record{Job: j}
	r.State = sadi.Queued
	if r.Submitted.IsZero() {
		r.Submitted = time.Now().UTC()
	}
	if key != "" {
		hash := sha256.Sum256([]byte(key))
		r.Key = hex.EncodeToString(hash[:])
		id, err := q.claimKey(ctx, r.Key, j.ID)
		if err != nil {
			return sadi.Job{}, false, err
		}
		r.ID = id
	}
	for {
		err := q.write(ctx, r)
		if err == nil {
			return copied(r)
		}
		if !errors.Is(err, errConflict) {
			return sadi.Job{}, false, err
		}
		old, err := q.read(ctx, r.ID)
		if err == nil {
			return old.Job, true, nil
		}
		if sadi.CodeOf(err) != sadi.NotFound {
			return sadi.Job{}, false, err
		}
		r.revision = old.revision // a deleted job had the name
	}
}

// copied gives the record as it was written, sharing nothing with the caller.
func copied(r *record) (sadi.Job, bool, error) {
	c, err := decode(r.text)
	return c.Job, false, err
}

// claimKey notes that a key stands for a job, and gives the job that it stands for.
func (q *Queue) claimKey(ctx context.Context, key, id string) (string, error) {
	subject := q.names.keySubject + key
	for {
		_, err := q.publish(ctx, message(subject, []byte(id)), jetstream.WithExpectLastSequencePerSubject(0))
		if err == nil {
			return id, nil
		}
		if !errors.Is(err, errConflict) {
			return "", err
		}
		m, err := q.last(ctx, q.names.keys, subject)
		if err == nil && nameForm.Match(m.Data) {
			return string(m.Data), nil
		}
		if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) { // it may have run out at this moment
			return "", err
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return "", err
		}
	}
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Job returns a record.
func (q *Queue) Job(ctx context.Context, id string) (sadi.Job, error) {
	r, err := q.read(ctx, id)
	if err != nil {
		return sadi.Job{}, err
	}
	return r.Job, nil
}

// List returns records. A cursor is the place of the last job of a page in the order of submission. Jobs of other
// connections show when this one has heard of them, which takes milliseconds.
func (q *Queue) List(ctx context.Context, f queue.Filter) (queue.Page, error) {
	before := ^uint64(0)
	if f.After != "" {
		n, err := strconv.ParseUint(f.After, 10, 64)
		if err != nil {
			return queue.Page{}, sadi.Errorf(sadi.BadUsage, "%q is no cursor of a list", f.After).Advise("use the one of the page before")
		}
		before = n
	}
	if f.Limit < 0 {
		return queue.Page{}, sadi.Errorf(sadi.BadUsage, "a page can not have %d jobs", f.Limit)
	}
	ids, next := q.index.page(f.States, before, min(cmp.Or(f.Limit, 50), 500))
	records := make([]*record, len(ids))
	errs := make([]error, len(ids))
	var readers sync.WaitGroup
	for first := range min(8, len(ids)) {
		readers.Go(func() {
			for i := first; i < len(ids); i += 8 {
				records[i], errs[i] = q.read(ctx, ids[i])
			}
		})
	}
	readers.Wait()
	var page queue.Page
	for i, r := range records {
		switch {
		case sadi.CodeOf(errs[i]) == sadi.NotFound: // deleted meanwhile
		case errs[i] != nil:
			return queue.Page{}, errs[i]
		case len(f.States) == 0 || slices.Contains(f.States, r.State):
			page.Jobs = append(page.Jobs, r.Job)
		}
	}
	if next > 0 {
		page.Next = strconv.FormatUint(next, 10)
	}
	return page, nil
}

// Update changes a record.
func (q *Queue) Update(ctx context.Context, id string, change func(*sadi.Job) error) (sadi.Job, error) {
	r, err := q.change(ctx, id, func(r *record) error { return change(&r.Job) })
	if err != nil {
		return sadi.Job{}, err
	}
	return r.Job, nil
}

// Delete forgets a job. The record goes last, so that a call that was cut can be repeated.
func (q *Queue) Delete(ctx context.Context, id string) error {
	for {
		r, err := q.read(ctx, id)
		if err != nil {
			return err
		}
		if !r.State.Final() {
			return sadi.Errorf(sadi.BadUsage, "the job %q is %s and can not be deleted", id, r.State).Advise("cancel it first")
		}
		if err := q.purge(ctx, q.names.events, q.names.eventSubject+id); err != nil {
			return err
		}
		if r.Key != "" {
			if err := q.purge(ctx, q.names.keys, q.names.keySubject+r.Key); err != nil {
				return err
			}
		}
		q.logs.forget(id)
		if err := q.erase(ctx, id, r.revision); !errors.Is(err, errConflict) {
			return err
		}
	}
}

// Ahead counts the queued jobs that go before one.
func (q *Queue) Ahead(ctx context.Context, id string) (int, error) {
	if _, _, known := q.index.state(id); !known {
		if _, err := q.read(ctx, id); err != nil {
			return 0, err
		}
	}
	return q.index.ahead(id), nil
}

// Counts are the numbers of jobs by state.
func (q *Queue) Counts(ctx context.Context) (map[sadi.State]int, error) {
	if q.ctx.Err() != nil {
		return nil, closed()
	}
	return q.index.counts(), nil
}
