package jetqueue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/queue"
)

func embed(t *testing.T, dir string, o Options) *Queue {
	t.Helper()
	q, err := Embed(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

// What was accepted is there after the end of the process, also after a sudden one, and what was running is free at once.
func TestEmbedKeepsItsState(t *testing.T) {
	for _, end := range []struct {
		name string
		f    func(*Queue)
	}{{"closed", func(q *Queue) { q.Close() }}, {"killed", kill}} {
		t.Run(end.name, func(t *testing.T) {
			ctx, dir := t.Context(), t.TempDir()
			q := embed(t, dir, Options{})
			submit(t, q, 1)
			submit(t, q, 2)
			if _, _, err := q.Submit(ctx, job(3), "key"); err != nil {
				t.Fatal(err)
			}
			if _, err := q.Take(ctx, "w1"); err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				if err := q.Publish(ctx, job(1).ID, sadi.Event{Kind: sadi.EventNote, Text: fmt.Sprint(n + 1)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := q.Blobs().Put(ctx, "a/b", strings.NewReader("content")); err != nil {
				t.Fatal(err)
			}
			end.f(q)

			q = embed(t, dir, Options{})
			if n, err := q.Counts(ctx); err != nil || n[sadi.Queued] != 3 {
				t.Fatalf("%d jobs are queued (%v), want 3", n[sadi.Queued], err)
			}
			if j, existed, err := q.Submit(ctx, job(4), "key"); err != nil || !existed || j.ID != job(3).ID {
				t.Errorf("the key gives %s, %v, %v", j.ID, existed, err)
			}
			l, err := q.Take(ctx, "w2")
			if err != nil {
				t.Fatal(err)
			}
			if j := l.Job(); j.ID != job(1).ID || j.Fence != 2 || !j.Submitted.Equal(job(1).Submitted) {
				t.Errorf("got %+v, want the first job with its second fence", j)
			}
			if err := q.Publish(ctx, job(1).ID, sadi.Event{Kind: sadi.EventFinish}); err != nil {
				t.Fatal(err)
			}
			got := ""
			for e, err := range q.Events(ctx, job(1).ID, 1) {
				if err != nil {
					t.Fatal(err)
				}
				got += fmt.Sprintf("%d:%s ", e.Number, e.Event.Text)
			}
			if got != "2:2 3:3 4: " {
				t.Errorf("the events are %q", got)
			}
			if has, err := q.Blobs().Has(ctx, "a/b"); err != nil || !has {
				t.Errorf("the blob is gone: %v", err)
			}
		})
	}
}

func TestEmbedFolderIsUsedOnce(t *testing.T) {
	dir := t.TempDir()
	q := embed(t, dir, Options{})
	if _, err := Embed(t.Context(), dir, Options{}); sadi.CodeOf(err) != sadi.Unavailable || !strings.Contains(err.Error(), "another process") {
		t.Fatalf("a second server on the folder: %v", err)
	}
	q.Close()
	embed(t, dir, Options{})
}

// A port is opened on demand only, and asks who comes.
func TestEmbedListens(t *testing.T) {
	ctx := t.Context()
	q := embed(t, t.TempDir(), Options{Listen: freeAddress(t), User: "sadi", Password: "right"})
	address := q.nc.ConnectedUrl()
	if address == "" {
		t.Fatal("no address")
	}
	submit(t, q, 1)
	o := Options{Patience: 2 * time.Second, User: "sadi", Password: "wrong"}
	if _, err := Connect(ctx, q.o.Listen, o); sadi.CodeOf(err) != sadi.BadUsage || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password gives %v", err)
	}
	other := connect(t, q.o.Listen, Options{User: "sadi", Password: "right"})
	if _, err := other.Job(ctx, job(1).ID); err != nil {
		t.Error(err)
	}
}

// The port speaks TLS when it has a certificate, and the connection within the process needs none.
func TestEmbedTLS(t *testing.T) {
	cert, key := selfSigned(t)
	q := embed(t, t.TempDir(), Options{Listen: freeAddress(t), Token: "t", Cert: cert, Key: key})
	submit(t, q, 1)
	other := connect(t, "tls://"+q.o.Listen, Options{Token: "t", CA: cert})
	if _, err := other.Job(t.Context(), job(1).ID); err != nil {
		t.Error(err)
	}
	if _, err := Connect(t.Context(), "tls://"+q.o.Listen, Options{Token: "t", Patience: time.Second}); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"queue":       {Queue: "a b"},
		"subject":     {Queue: "a.*"},
		"replicas":    {Replicas: 9},
		"certificate": {Cert: "cert.pem"},
		"listen":      {Listen: "nowhere"},
		"port":        {Listen: "127.0.0.1:0"},
		"open":        {Listen: "0.0.0.0:4222"},
		"open to all": {Listen: ":4222"},
		"pair":        {Listen: "127.0.0.1:4222", Cert: "none.pem", Key: "none.key"},
	} {
		if q, err := Embed(t.Context(), t.TempDir(), o); sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%s: got %v", name, err)
			if err == nil {
				q.Close()
			}
		}
	}
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Embed(t.Context(), file, Options{}); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("a folder that is a file: %v", err)
	}
}

func TestConnectErrors(t *testing.T) {
	ctx := t.Context()
	short := Options{Patience: 300 * time.Millisecond}
	_, err := Connect(ctx, "nats://user:secret@"+freeAddress(t), short)
	if sadi.CodeOf(err) != sadi.Unavailable || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody there: %v", err)
	}
	two := short
	two.Token, two.User = "t", "u"
	if _, err := Connect(ctx, freeAddress(t), two); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("two ways to log in: %v", err)
	}
	none := short
	none.CA = "none.pem"
	if _, err := Connect(ctx, freeAddress(t), none); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("a missing file: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Connect(ended, freeAddress(t), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is over: %v", err)
	}
	q := embed(t, t.TempDir(), Options{})
	q.Close()
	if _, err := q.Take(ctx, "w"); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("take after close: %v", err)
	}
	if _, err := q.Job(ctx, "x"); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("job after close: %v", err)
	}
	for _, err := range q.Events(ctx, "x", 0) {
		if sadi.CodeOf(err) != sadi.Unavailable {
			t.Errorf("events after close: %v", err)
		}
	}
}

// A server that goes and comes again is not noticed, but for the time it takes.
func TestServerRestart(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := serve(t, dir, "")
	address := s.Addr().String()
	o := Options{LeaseTime: 2 * time.Second}
	a, b := connect(t, address, o), connect(t, address, o)
	submit(t, a, 1)
	l, err := a.Take(ctx, "w1")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 10)
	go func() {
		defer close(seen)
		for e, err := range b.Events(ctx, job(1).ID, 0) {
			seen <- fmt.Sprintf("%d:%s:%v", e.Number, e.Event.Text, err)
		}
	}()
	publish := func(kind, text string) {
		t.Helper()
		if err := a.Publish(ctx, job(1).ID, sadi.Event{Kind: kind, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	publish(sadi.EventNote, "before")
	if got := <-seen; got != "1:before:<nil>" {
		t.Fatal(got)
	}
	taken := make(chan queue.Lease, 1)
	go func() { // waits through the break
		l, err := b.Take(ctx, "w2")
		if err != nil {
			t.Error(err)
		}
		taken <- l
	}()
	halt(s)
	updated := make(chan error, 1)
	go func() { // begins in the break
		_, err := l.Update(ctx, func(j *sadi.Job) error { j.Stage = "search"; return nil })
		updated <- err
	}()
	time.Sleep(300 * time.Millisecond)
	serve(t, dir, address)
	if err := <-updated; err != nil {
		t.Fatal(err)
	}
	publish(sadi.EventNote, "after")
	publish(sadi.EventFinish, "end")
	if got := <-seen + " " + <-seen; got != "2:after:<nil> 3:end:<nil>" {
		t.Errorf("the reader got %s", got)
	}
	if _, ok := <-seen; ok {
		t.Error("the log does not end")
	}
	if err := l.Context().Err(); err != nil {
		t.Fatalf("the lease was lost: %v", context.Cause(l.Context()))
	}
	submit(t, a, 2)
	if got := (<-taken).Job(); got.ID != job(2).ID || got.Fence != 1 {
		t.Errorf("the waiting worker got %s with fence %d", got.ID, got.Fence)
	}
	a.Close() // before the server
	b.Close()
}

// Servers that stay away are said to be away, after a bound.
func TestUnavailable(t *testing.T) {
	s := serve(t, t.TempDir(), "")
	q := connect(t, s.ClientURL(), Options{Patience: 500 * time.Millisecond})
	submit(t, q, 1)
	halt(s)
	_, err := q.Job(t.Context(), job(1).ID)
	if sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := q.Job(ctx, job(1).ID); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("with a deadline: %v", err)
	}
}
