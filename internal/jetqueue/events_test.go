package jetqueue

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"sadi"
)

func read(t *testing.T, q *Queue, id string, after uint64) string {
	t.Helper()
	var b strings.Builder
	for e, err := range q.Events(t.Context(), id, after) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d:%s ", e.Number, e.Event.Text)
	}
	return b.String()
}

// Several processes write to one log: its numbers have no gap and no event is lost.
func TestEventsOfSeveralWriters(t *testing.T) {
	url := serve(t, t.TempDir(), "").ClientURL()
	front := connect(t, url, Options{})
	submit(t, front, 1)
	const writers, each = 3, 20
	var all sync.WaitGroup
	for range writers {
		q := connect(t, url, Options{})
		all.Go(func() {
			for range each {
				if err := q.Publish(t.Context(), job(1).ID, sadi.Event{Kind: sadi.EventNote}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := front.Publish(t.Context(), job(1).ID, sadi.Event{Kind: sadi.EventFinish}); err != nil {
		t.Fatal(err)
	}
	want := uint64(0)
	for e, err := range front.Events(t.Context(), job(1).ID, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if want++; e.Number != want {
			t.Fatalf("event %d comes after %d", e.Number, want-1)
		}
	}
	if want != writers*each+1 {
		t.Errorf("the log has %d events, want %d", want, writers*each+1)
	}
}

// The events of a job that was deleted go with it, and its readers are told.
func TestEventsOfADeletedJob(t *testing.T) {
	ctx := t.Context()
	q := embed(t, t.TempDir(), Options{})
	submit(t, q, 1)
	if err := q.Publish(ctx, job(1).ID, sadi.Event{Kind: sadi.EventNote, Text: "old"}); err != nil {
		t.Fatal(err)
	}
	var last error
	for e, err := range q.Events(ctx, job(1).ID, 0) {
		if last = err; err != nil || e.Number != 1 {
			continue
		}
		if _, err := q.Update(ctx, job(1).ID, to(sadi.Cancelled)); err != nil {
			t.Fatal(err)
		}
		if err := q.Delete(ctx, job(1).ID); err != nil {
			t.Fatal(err)
		}
	}
	if sadi.CodeOf(last) != sadi.NotFound {
		t.Errorf("the reader ends with %v", last)
	}
	if err := q.Publish(ctx, job(1).ID, sadi.Event{Kind: sadi.EventNote}); sadi.CodeOf(err) != sadi.NotFound {
		t.Errorf("an event of a deleted job: %v", err)
	}
	submit(t, q, 1) // a name may be used again
	if err := q.Publish(ctx, job(1).ID, sadi.Event{Kind: sadi.EventFinish, Text: "new"}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, q, job(1).ID, 0); got != "1:new " {
		t.Errorf("got %q", got)
	}
	if got := read(t, q, job(1).ID, 1); got != "" {
		t.Errorf("after the last event there is %q", got)
	}
}

func TestEventBounds(t *testing.T) {
	q := embed(t, t.TempDir(), Options{})
	submit(t, q, 1)
	if err := q.Publish(t.Context(), job(1).ID, sadi.Event{Kind: sadi.EventNote, Text: strings.Repeat("x", maxMessage)}); sadi.CodeOf(err) != sadi.LimitExceeded {
		t.Errorf("an event that is too large: %v", err)
	}
	if _, err := q.Update(t.Context(), job(1).ID, func(j *sadi.Job) error { j.Stage = strings.Repeat("x", maxMessage); return nil }); sadi.CodeOf(err) != sadi.LimitExceeded {
		t.Errorf("a record that is too large: %v", err)
	}
	for _, id := range []string{"", "a.b", "a b", "*", ">", strings.Repeat("a", 65)} {
		j := job(1)
		j.ID = id
		if _, _, err := q.Submit(t.Context(), j, ""); sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("submit %q: %v", id, err)
		}
		if _, err := q.Job(t.Context(), id); sadi.CodeOf(err) != sadi.NotFound {
			t.Errorf("job %q: %v", id, err)
		}
		if err := q.Publish(t.Context(), id, sadi.Event{}); sadi.CodeOf(err) != sadi.NotFound {
			t.Errorf("publish %q: %v", id, err)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"job_id":"a","state":"queued","order":3}`))
	f.Add([]byte(`{"spec":{"params":{"budget":{"seconds":1e300}}}}`))
	f.Add([]byte(`{"progress":{"best":null},"error":{"code":7}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := decode(text); err != nil && sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("the error has the code %s", sadi.CodeOf(err))
		}
	})
}

func TestVersions(t *testing.T) {
	for v, want := range map[string]bool{"2.10.99": false, "2.11.0": true, "v2.15.2": true, "3.0.0": true, "1.4": false, "2.11.0-RC.1": true, "dev": true} {
		if atLeast(v, 2, 11) != want {
			t.Errorf("%s: %v", v, !want)
		}
	}
}
