package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sadi"
	"sadi/internal/queue"
	"sadi/internal/service"
)

// Event is an event of a job as the stream has it.
type Event struct {
	sadi.Event
	Line string `json:"line,omitempty" doc:"The event as a line for people"`
}

func (a *API) eventRoutes() {
	schema := &huma.Schema{Type: "string", Description: "Server-sent events: id = the number of the event, event = its kind, data = JSON with time, kind, stage, text, line and data"}
	register(a, operation{method: http.MethodGet, path: "/jobs/{job_id}/events", tag: "jobs", id: "job-events", role: Read, stream: true,
		summary: "The events of a job as they happen",
		text:    "Server-sent events, from the first one or after Last-Event-ID, until the job has ended. Comments keep a quiet stream open.",
		errors:  []int{404}, response: map[string]*huma.MediaType{"text/event-stream": {Schema: schema}}},
		func(ctx context.Context, in *struct {
			JobPath
			Last  uint64 `header:"Last-Event-ID" doc:"The number of the last event that was seen"`
			After uint64 `query:"after" doc:"The same, for clients that can not set a header"`
		}) (*huma.StreamResponse, error) {
			streaming, cancel := a.untilStop(ctx)
			events, err := a.service.Events(streaming, in.ID, max(in.Last, in.After))
			if err != nil {
				cancel()
				return nil, err
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				defer cancel()
				next := make(chan queue.Numbered)
				go func() {
					defer close(next)
					for e, err := range events {
						if err != nil {
							note(streaming, err)
							return
						}
						select {
						case next <- e:
						case <-streaming.Done():
							return
						}
					}
				}()
				a.send(streaming, ctx, next)
			}}, nil
		})
	register(a, operation{method: http.MethodGet, path: "/jobs/{job_id}/logs", tag: "jobs", id: "job-logs", role: Read, stream: true,
		summary: "The events of a job as text", text: "A line for each event that tells people something.",
		errors: []int{404}, response: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: "string"}}}},
		func(ctx context.Context, in *struct {
			JobPath
			Follow bool `query:"follow" doc:"Wait for more until the job has ended"`
		}) (*huma.StreamResponse, error) {
			streaming, cancel := a.untilStop(ctx)
			lines, err := a.service.Logs(streaming, in.ID, in.Follow)
			if err != nil {
				cancel()
				return nil, err
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				defer cancel()
				ctx.SetHeader("Content-Type", "text/plain; charset=utf-8")
				ctx.SetStatus(http.StatusOK)
				for line, err := range lines {
					if err != nil {
						note(streaming, err)
						panic(http.ErrAbortHandler)
					}
					if _, err := fmt.Fprintln(ctx.BodyWriter(), line); err != nil {
						return
					}
					if in.Follow {
						flush(ctx)
					}
				}
			}}, nil
		})
}

// untilStop is a context that also ends when the server stops.
func (a *API) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-a.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// send writes events until there are no more.
func (a *API) send(ctx context.Context, out huma.Context, events <-chan queue.Numbered) {
	out.SetHeader("Content-Type", "text/event-stream")
	out.SetHeader("X-Accel-Buffering", "no") // proxies that would wait for more
	out.SetStatus(http.StatusOK)
	w := out.BodyWriter()
	fmt.Fprint(w, "retry: 2000\n\n")
	flush(out)
	beat := time.NewTicker(a.Heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case e, more := <-events:
			if !more {
				return
			}
			_, err = w.Write(frame(e))
		case <-beat.C:
			_, err = fmt.Fprint(w, ": still there\n\n")
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
		flush(out)
	}
}

// frame is an event on the wire. JSON has no line breaks of its own, so one data line holds it.
func frame(e queue.Numbered) []byte {
	data, err := json.Marshal(Event{e.Event, service.Line(e.Event)})
	if err != nil { // the payload is no JSON: its line is
		e.Event.Data = nil
		data, _ = json.Marshal(Event{e.Event, service.Line(e.Event)})
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %d\nevent: %s\ndata: %s\n\n", e.Number, e.Event.Kind, data)
	return b.Bytes()
}

func flush(ctx huma.Context) {
	if w, ok := ctx.BodyWriter().(http.ResponseWriter); ok {
		http.NewResponseController(w).Flush() // a writer that can not is not buffered
	}
}
