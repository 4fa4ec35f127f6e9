package queuetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"sadi"
	"sadi/internal/queue"
)

var talkChecks = []check{
	{"events_are_numbered_and_end", (*suite).checkEvents},
	{"events_resume", (*suite).checkResume},
	{"events_arrive_while_they_happen", (*suite).checkLive},
	{"events_end_with_the_context", (*suite).checkEventsContext},
	{"events_of_many_jobs_do_not_mix", (*suite).checkEventsApart},
	{"workers_are_forgotten", (*suite).checkWorkers},
	{"the_holder_answers", (*suite).checkAsk},
	{"nobody_answers_for_a_free_job", (*suite).checkAskNobody},
	{"wake_hears_of_a_shared_job", (*suite).checkWake},
}

// publish appends n notes, and a finish when asked for.
func (s *suite) publish(q queue.Queue, id string, from, n int, finish bool) {
	s.Helper()
	for i := range n {
		s.ok(q.Publish(s.ctx, id, sadi.Event{Time: epoch, Kind: sadi.EventNote, Stage: "search", Text: fmt.Sprint(from + i),
			Data: map[string]any{"n": from + i}}))
	}
	if finish {
		s.ok(q.Publish(s.ctx, id, sadi.Event{Time: epoch, Kind: sadi.EventFinish, Text: "finish"}))
	}
}

// read collects events until the log ends: "number:text".
func (s *suite) read(q queue.Queue, id string, after uint64) []string {
	s.Helper()
	var got []string
	for e, err := range q.Events(s.ctx, id, after) {
		s.ok(err)
		got = append(got, fmt.Sprintf("%d:%s", e.Number, e.Event.Text))
	}
	if s.ctx.Err() != nil {
		s.Fatalf("the events did not end; got %v", got)
	}
	return got
}

func (s *suite) checkEvents() {
	q, other := s.connect(), s.connect()
	id := s.submit(q, 1, 0).ID
	s.publish(q, id, 1, 3, true)
	if got, want := s.read(other, id, 0), []string{"1:1", "2:2", "3:3", "4:finish"}; !slices.Equal(got, want) {
		s.Errorf("got %v, want %v", got, want)
	}
	for e, err := range other.Events(s.ctx, id, 0) {
		s.ok(err)
		data, _ := e.Event.Data.(map[string]any)
		if e.Event.Kind != sadi.EventNote || e.Event.Stage != "search" || !e.Event.Time.Equal(epoch) || fmt.Sprint(data["n"]) != "1" {
			s.Errorf("the first event is %+v", e.Event)
		}
		break // a reader may leave
	}
}

func (s *suite) checkResume() {
	q := s.connect()
	id := s.submit(q, 1, 0).ID
	s.publish(q, id, 1, 5, true)
	if got, want := s.read(q, id, 4), []string{"5:5", "6:finish"}; !slices.Equal(got, want) {
		s.Errorf("got %v, want %v", got, want)
	}
}

func (s *suite) checkLive() {
	q, other := s.connect(), s.connect()
	id := s.submit(q, 1, 0).ID
	s.publish(q, id, 1, 1, false)
	var got []string
	for e, err := range other.Events(s.ctx, id, 0) {
		s.ok(err)
		got = append(got, fmt.Sprintf("%d:%s", e.Number, e.Event.Text))
		if e.Number == 1 { // the reader is there: what comes now comes live
			s.publish(q, id, 2, 2, true)
		}
	}
	if want := []string{"1:1", "2:2", "3:3", "4:finish"}; !slices.Equal(got, want) {
		s.Errorf("got %v, want %v", got, want)
	}
}

func (s *suite) checkEventsContext() {
	q := s.connect()
	id := s.submit(q, 1, 0).ID
	s.publish(q, id, 1, 1, false)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	n := 0
	for _, err := range q.Events(ctx, id, 0) {
		if err != nil {
			break // the end of the context may show as its error
		}
		n++
		cancel()
	}
	if n != 1 {
		s.Errorf("got %d events, want 1", n)
	}
}

func (s *suite) checkEventsApart() {
	q := s.connect()
	const jobs = 4
	for n := range jobs {
		s.submit(q, n, 0)
	}
	var all sync.WaitGroup
	for n := range jobs {
		all.Go(func() { s.publish(q, job(n).ID, 100*n, 5, true) })
	}
	all.Wait()
	for n := range jobs {
		want := []string{}
		for i := range 5 {
			want = append(want, fmt.Sprintf("%d:%d", i+1, 100*n+i))
		}
		if got := s.read(q, job(n).ID, 0); !slices.Equal(got, append(want, "6:finish")) {
			s.Errorf("job %d: got %v", n, got)
		}
	}
}

func (s *suite) checkWorkers() {
	q, other := s.connect(), s.connect()
	for _, name := range []string{"b", "a"} {
		s.ok(q.Announce(s.ctx, queue.Worker{Name: name, Slots: 2, Busy: 1, Jobs: []string{"job-001"}, Version: "1", Started: epoch}))
	}
	got, err := other.Workers(s.ctx)
	s.ok(err)
	if len(got) != 2 || got[0].Name != "a" || got[1].Name != "b" || got[0].Slots != 2 || !got[0].Started.Equal(epoch) || len(got[0].Jobs) != 1 {
		s.Fatalf("got %+v, want a and b", got)
	}
	for len(got) > 0 {
		select {
		case <-s.ctx.Done():
			s.Fatal("silent workers are not forgotten")
		case <-time.After(s.LeaseTime / 4):
		}
		got, err = other.Workers(s.ctx)
		s.ok(err)
	}
}

func (s *suite) checkAsk() {
	q, other := s.connect(), s.connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	large := bytes.Repeat([]byte{7}, 512<<10)
	stop, err := q.Share(l.Context(), job(1).ID, func(_ context.Context, request []byte) []byte {
		if len(request) == len(large) {
			return request
		}
		return append([]byte("answer to "), request...)
	})
	s.ok(err)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			got, err := other.Ask(s.ctx, job(1).ID, fmt.Append(nil, i))
			if want := fmt.Sprintf("answer to %d", i); err != nil || string(got) != want {
				s.Errorf("got %q (%v), want %q", got, err, want)
			}
		})
	}
	all.Wait()
	if got, err := other.Ask(s.ctx, job(1).ID, large); err != nil || !bytes.Equal(got, large) {
		s.Errorf("the largest request: got %d bytes (%v)", len(got), err)
	}
	stop()
	_, err = other.Ask(s.ctx, job(1).ID, []byte("still there?"))
	s.refused(sadi.Unavailable, err)
}

func (s *suite) checkAskNobody() {
	q := s.connect()
	s.submit(q, 1, 0)
	_, err := q.Ask(s.ctx, job(1).ID, []byte("anyone?"))
	s.refused(sadi.Unavailable, err)
}

func (s *suite) checkWake() {
	q, other := s.connect(), s.connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	other.Wake(s.ctx, time.Millisecond) // nobody shares: the time passes
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		other.Wake(s.ctx, time.Hour)
	}()
	for {
		stop, err := q.Share(l.Context(), job(1).ID, func(context.Context, []byte) []byte { return nil })
		s.ok(err)
		select { // again: the other one may not have been waiting yet
		case <-woken:
			stop()
			return
		case <-s.ctx.Done():
			s.Fatal("nobody woke up")
		case <-time.After(s.LeaseTime / 8):
			stop()
		}
	}
}
