package service

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"sadi"
	"sadi/internal/queue"
)

// How long a log may be silent before it counts as read to its end.
const (
	checkEvery = 5 * time.Second        // how often the job of a silent log is looked at
	quiet      = 500 * time.Millisecond // of a log whose job has ended, or that is not followed
)

// Events yields the events of a job after a number, 0 = all, old and new, until the job has ended or ctx does. A job
// that ended without a last word (its workers died) ends its events too.
func (s *Service) Events(ctx context.Context, id string, after uint64) (iter.Seq2[queue.Numbered, error], error) {
	if _, err := s.job(ctx, id); err != nil {
		return nil, err
	}
	return func(yield func(queue.Numbered, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var seen atomic.Uint64
		go s.endSilence(ctx, id, &seen, cancel)
		for e, err := range s.queue.Events(ctx, id, after) {
			if ctx.Err() != nil {
				return
			}
			seen.Add(1)
			if !yield(e, err) || err != nil {
				return
			}
		}
	}, nil
}

// endSilence calls end when the job has ended and nothing more is seen of it.
func (s *Service) endSilence(ctx context.Context, id string, seen *atomic.Uint64, end func()) {
	for {
		j, err := s.job(ctx, id)
		if err == nil && j.State.Final() || sadi.CodeOf(err) == sadi.NotFound {
			for before := seen.Load() + 1; before != seen.Load(); {
				before = seen.Load()
				if !sleep(ctx, quiet) {
					return
				}
			}
			end()
			return
		}
		if !sleep(ctx, checkEvery) {
			return
		}
	}
}

// sleep waits and reports whether ctx still lives.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Logs yields the events of a job as lines for people; follow waits for more until the job has ended.
func (s *Service) Logs(ctx context.Context, id string, follow bool) (iter.Seq2[string, error], error) {
	events, err := s.Events(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	if !follow {
		events = s.untilQuiet(ctx, id)
	}
	return func(yield func(string, error) bool) {
		for e, err := range events {
			if err != nil {
				yield("", err)
				return
			}
			text := Line(e.Event)
			if text == "" {
				continue
			}
			if !yield(fmt.Sprintf("%s  %s", e.Event.Time.UTC().Format("2006-01-02T15:04:05.000Z"), text), nil) {
				return
			}
		}
	}, nil
}

// untilQuiet yields the events that there are.
func (s *Service) untilQuiet(ctx context.Context, id string) iter.Seq2[queue.Numbered, error] {
	return func(yield func(queue.Numbered, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		idle := time.AfterFunc(quiet, cancel)
		defer idle.Stop()
		for e, err := range s.queue.Events(ctx, id, 0) {
			if ctx.Err() != nil {
				return
			}
			idle.Stop() // a slow reader is not the log's silence
			if !yield(e, err) || err != nil {
				return
			}
			idle.Reset(quiet)
		}
	}
}
