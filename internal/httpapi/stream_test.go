package httpapi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
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

// stream opens the events of a job.
func (w *world) stream(ctx context.Context, id string, header ...string) *http.Response {
	w.t.Helper()
	q, err := http.NewRequestWithContext(ctx, "GET", w.URL+httpapi.Base+"/jobs/"+id+"/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		w.t.Fatal(err)
	}
	if ct := a.Header.Get("Content-Type"); a.StatusCode != 200 || ct != "text/event-stream" {
		w.t.Fatalf("status %d, %s", a.StatusCode, ct)
	}
	return a
}

// ids are the numbers of the events in a stream.
func ids(text string) (all []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if n, ok := strings.CutPrefix(line, "id: "); ok {
			all = append(all, n)
		}
	}
	return all
}

func TestEventsResume(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	j, _, err := w.Submit(t.Context(), service.Submission{Spec: servicetest.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	publish := func(kind, text string) {
		if err := w.Queue.Publish(t.Context(), j.ID, sadi.Event{Time: time.Now(), Kind: kind, Text: text}); err != nil {
			t.Error(err)
		}
	}
	publish(sadi.EventNote, "first\nline")
	ctx, leave := context.WithCancel(t.Context())
	a := w.stream(ctx, j.ID)
	lines := bufio.NewScanner(a.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
	}
	if !strings.Contains(lines.Text(), `"line":"note: first\nline"`) {
		t.Errorf("got %q", lines.Text())
	}
	leave() // the connection breaks after the first event
	a.Body.Close()
	publish(sadi.EventNote, "second")
	publish(sadi.EventNote, "third")
	publish(sadi.EventFinish, "end")
	a = w.stream(t.Context(), j.ID, "Last-Event-ID", "1")
	text, err := io.ReadAll(a.Body)
	a.Body.Close()
	if got := ids(string(text)); err != nil || !slices.Equal(got, []string{"2", "3", "4"}) || !strings.Contains(string(text), "event: finish\n") {
		t.Errorf("got %v, %v:\n%s", got, err, text)
	}
	_, all := w.call("GET", "/jobs/"+j.ID+"/events?after=3", nil)
	if got := ids(all); !slices.Equal(got, []string{"4"}) {
		t.Errorf("after=3 gives %v", got)
	}
	w.problem(422, sadi.BadUsage, "header.Last-Event-ID", "GET", "/jobs/"+j.ID+"/events", nil, "Last-Event-ID", "x")
}

func TestQuietStreamsStayOpen(t *testing.T) {
	w := open(t, httpapi.Options{Heartbeat: 5 * time.Millisecond}, service.Limits{})
	j, _, err := w.Submit(t.Context(), service.Submission{Spec: servicetest.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	a := w.stream(t.Context(), j.ID)
	defer a.Body.Close()
	beats := 0
	for lines := bufio.NewScanner(a.Body); beats < 3 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), ":") {
			beats++
		}
	}
	if beats < 3 {
		t.Errorf("%d comments", beats)
	}
}

// TestServeEnds stops a server that has a quiet event stream open.
func TestServeEnds(t *testing.T) {
	world := servicetest.New(t, service.Limits{})
	j, _, err := world.Submit(t.Context(), service.Submission{Spec: servicetest.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- httpapi.New(httpapi.Options{Service: world.Service}).Serve(ctx, on) }()
	a, err := http.Get(fmt.Sprintf("http://%s%s/jobs/%s/events", on.Addr(), httpapi.Base, j.ID))
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := io.ReadAll(a.Body); err != nil {
		t.Errorf("the stream: %v", err)
	}
	a.Body.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestABodyThatBreaksOff sends less than it promised.
func TestABodyThatBreaksOff(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	for path, kind := range map[string]string{"/submit": "application/json", "/datasets?name=a.csv": "text/csv", "/jobs/none/predict": "application/json"} {
		c, err := net.Dial("tcp", w.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "POST %s%s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n{\"rows\":", httpapi.Base, path, kind)
		c.(*net.TCPConn).CloseWrite()
		a, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else if a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", path, a.StatusCode)
		}
		c.Close()
	}
	left, err := os.ReadDir(filepath.Join(w.Root, "incoming"))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left (%v), want the sample alone", len(left), err)
	}
}
