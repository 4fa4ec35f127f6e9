package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/httpapi"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

// open makes a server in this process and its client. around, if not nil, stands before the API.
func open(t *testing.T, around func(http.Handler) http.Handler) (*servicetest.World, *Client) {
	t.Helper()
	w := servicetest.New(t, service.Limits{})
	var h http.Handler = httpapi.New(httpapi.Options{Service: w.Service})
	if around != nil {
		h = around(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c, err := New(server.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	c.wait = time.Millisecond
	return w, c
}

func TestAJob(t *testing.T) {
	w, c := open(t, nil)
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ventas 2024.csv")
	if err := os.WriteFile(path, []byte(servicetest.Sample(90)), 0o666); err != nil {
		t.Fatal(err)
	}
	spec := servicetest.Spec()
	var err error
	if spec.Input, err = c.Upload(ctx, path); err != nil || spec.Input != "data/incoming/ventas_2024.csv" {
		t.Fatalf("got %q, %v", spec.Input, err)
	}
	id, err := c.Submit(ctx, Request{Spec: spec, Priority: 3, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Submit(ctx, Request{Spec: spec, Priority: 3, Key: "k"}); err != nil || again != id {
		t.Errorf("the key again: %q, %v", again, err)
	}
	if j, place, err := c.Job(ctx, id); err != nil || j.State != sadi.Queued || place != 1 || j.Priority != 3 || j.Spec.Params.HPO {
		t.Errorf("got %+v, %d, %v", j, place, err)
	}
	w.Work(t)
	var kinds []string
	for e, err := range c.Events(ctx, id, 0) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, e.Kind)
	}
	if len(kinds) < 8 || kinds[len(kinds)-1] != sadi.EventFinish || !slices.Contains(kinds, sadi.EventTrial) {
		t.Errorf("the events are %v", kinds)
	}
	var log bytes.Buffer
	if err := c.Logs(ctx, id, true, &log); err != nil || !strings.Contains(log.String(), "predicting bought") {
		t.Errorf("the log is %v\n%s", err, log.String())
	}
	if p, err := c.Jobs(ctx, []string{"succeeded"}, 10, ""); err != nil || len(p.Jobs) != 1 || p.Jobs[0].Outcome == nil {
		t.Errorf("got %+v, %v", p, err)
	}
	_, err = c.Cancel(ctx, id)
	if sadi.CodeOf(err) != sadi.Conflict {
		t.Errorf("cancel a job that succeeded: %v", err)
	}
	_, err = c.SetTarget(ctx, id, "age")
	if sadi.CodeOf(err) != sadi.Conflict {
		t.Errorf("answer a job that succeeded: %v", err)
	}
}

// broken cuts every event stream off after some bytes, at first; what is cut off is sent again.
type broken struct {
	http.ResponseWriter
	left *int
}

func (b broken) Write(p []byte) (int, error) {
	if *b.left <= 0 {
		return b.ResponseWriter.Write(p)
	}
	n := min(len(p), *b.left)
	b.ResponseWriter.Write(p[:n])
	if *b.left -= n; *b.left <= 0 {
		http.NewResponseController(b.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

func (b broken) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func TestEventsComeBackAfterABreak(t *testing.T) {
	connections := 0
	w, c := open(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/events") {
				connections++
				if connections == 2 {
					http.Error(w, "a proxy without a server", http.StatusBadGateway)
					return
				}
				left := 300 * connections
				if connections > 5 {
					left = 0
				}
				w = broken{w, &left}
			}
			next.ServeHTTP(w, r)
		})
	})
	j, _, err := w.Submit(t.Context(), service.Submission{Spec: servicetest.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	const n = 40
	for i := range n {
		kind := sadi.EventNote
		if i == n-1 {
			kind = sadi.EventFinish
		}
		if err := w.Queue.Publish(t.Context(), j.ID, sadi.Event{Kind: kind, Text: fmt.Sprint("text ", i+1)}); err != nil {
			t.Fatal(err)
		}
	}
	var got []uint64
	for e, err := range c.Events(t.Context(), j.ID, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Text != fmt.Sprint("text ", e.Number) {
			t.Errorf("event %d is %q", e.Number, e.Text)
		}
		got = append(got, e.Number)
	}
	for i, g := range got {
		if g != uint64(i+1) {
			t.Fatalf("got %v", got)
		}
	}
	if len(got) != n || connections < 4 {
		t.Errorf("%d events over %d connections", len(got), connections)
	}
}

func TestFailures(t *testing.T) {
	_, c := open(t, nil)
	_, _, err := c.Job(t.Context(), "none")
	if sadi.CodeOf(err) != sadi.NotFound {
		t.Errorf("an unknown job: %v", err)
	}
	for _, err := range c.Events(t.Context(), "none", 0) {
		if sadi.CodeOf(err) != sadi.NotFound {
			t.Errorf("the events of an unknown job: %v", err)
		}
	}
	_, err = c.Submit(t.Context(), Request{Spec: sadi.Spec{Input: "../x", TaskType: sadi.Auto}})
	var e *sadi.Error
	if !errors.As(err, &e) || e.Code != sadi.Forbidden || e.Where != "input_csv_path" || e.Hint == "" {
		t.Errorf("a path that leads out: %v", err)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }))
	defer other.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, address := range []string{other.URL, gone.URL} {
		c, err := New(address, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Job(t.Context(), "x"); sadi.CodeOf(err) != sadi.Unavailable {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"", "ftp://x", "http://", "http://a:b@c", "::"} {
		if _, err := New(address, ""); sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%q: %v", address, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := c.Job(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is over: %v", err)
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("retry: 1\n\nid: 7\nevent: note\ndata: {}\n\n: x\n\ndata: a\ndata: b\n\n"))
	f.Add([]byte("id: x\r\ndata\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newFrames(bytes.NewReader(data))
		for range len(data) + 1 {
			if _, _, err := r.next(); err != nil {
				return
			}
		}
		t.Error("the stream has no end")
	})
}
