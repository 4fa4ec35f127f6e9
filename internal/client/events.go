package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sadi"
)

// Event is an event of a job, with its number and its line for people.
type Event struct {
	sadi.Event
	Number uint64 `json:"-"`
	Line   string `json:"line"`
}

// How long a stream may fail to come back.
const (
	longestWait = 5 * time.Second
	patience    = 2 * time.Minute
)

// maxEvent bounds one line of a stream in bytes.
const maxEvent = 4 << 20

// Events yields the events of a job after a number, 0 = all, until the job has ended. A stream that breaks is opened
// again where it ended, for up to two minutes without success.
func (c *Client) Events(ctx context.Context, id string, after uint64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		wait, since := c.wait, time.Now()
		for {
			before := after
			done, err := c.read(ctx, id, &after, yield)
			if done {
				return
			}
			if after > before {
				wait, since = c.wait, time.Now()
			}
			// A stream that ended well without a last word: the job may have died with its workers.
			if err == nil {
				var j sadi.Job
				if j, _, err = c.Job(ctx, id); err == nil && j.State.Final() {
					return
				}
			}
			if err != nil && (sadi.CodeOf(err) != sadi.Unavailable || time.Since(since) > patience) {
				yield(Event{}, err)
				return
			}
			select {
			case <-ctx.Done():
				yield(Event{}, context.Cause(ctx))
				return
			case <-time.After(wait):
			}
			wait = min(2*wait, longestWait)
		}
	}
}

// read yields the events of one connection. done = there is no more to say.
func (c *Client) read(ctx context.Context, id string, after *uint64, yield func(Event, error) bool) (done bool, err error) {
	a, err := c.send(ctx, http.MethodGet, "/jobs/"+url.PathEscape(id)+"/events", nil, "Accept", "text/event-stream",
		"Last-Event-ID", strconv.FormatUint(*after, 10))
	if err != nil {
		return false, err
	}
	defer a.Body.Close()
	r := newFrames(a.Body)
	for {
		number, data, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, c.unreachable(ctx, err)
		}
		e := Event{Number: number}
		if err := json.Unmarshal(data, &e); err != nil {
			yield(Event{}, sadi.Errorf(sadi.Corrupt, "event %d is not understood: %w", number, err))
			return true, nil
		}
		*after = max(*after, number)
		if !yield(e, nil) || e.Kind == sadi.EventFinish {
			return true, nil
		}
	}
}

// frames are the events of a stream as the HTML standard has them.
type frames struct{ r *bufio.Reader }

func newFrames(r io.Reader) frames { return frames{bufio.NewReader(r)} }

// next is the next event that has data; comments and the like are passed over. A frame that is broken off counts for
// nothing.
func (f frames) next() (number uint64, data []byte, err error) {
	for {
		line, err := f.line()
		if err != nil {
			return 0, nil, err
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && data != nil:
			return number, data, nil
		case name == "id":
			number, _ = strconv.ParseUint(value, 10, 64) // another stream's id: 0 moves nothing
		case name == "data":
			if data != nil {
				data = append(data, '\n')
			}
			data = append(data, value...)
		}
		if len(data) > maxEvent {
			return 0, nil, sadi.Errorf(sadi.LimitExceeded, "an event is larger than %d bytes", maxEvent)
		}
	}
}

func (f frames) line() (string, error) {
	var line []byte
	for {
		part, more, err := f.r.ReadLine()
		if err != nil {
			return "", err
		}
		if line = append(line, part...); !more {
			return string(line), nil
		}
		if len(line) > maxEvent {
			return "", sadi.Errorf(sadi.LimitExceeded, "an event is larger than %d bytes", maxEvent)
		}
	}
}
