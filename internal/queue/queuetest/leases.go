package queuetest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"sadi"
	"sadi/internal/queue"
)

var leaseChecks = []check{
	{"a_taken_job_is_running", (*suite).checkTaken},
	{"higher_goes_first_then_the_order", (*suite).checkOrder},
	{"take_waits_and_gives_up", (*suite).checkWait},
	{"a_job_is_held_once", (*suite).checkContention},
	{"a_cancelled_job_is_not_handed_out", (*suite).checkCancelled},
	{"a_held_job_stays_held", (*suite).checkKept},
	{"release_gives_back_at_once", (*suite).checkRelease},
	{"close_gives_back_at_once", (*suite).checkClose},
	{"a_killed_holder_loses_the_job", (*suite).checkKill},
	{"an_older_holder_can_not_write", (*suite).checkFence},
	{"a_stop_reaches_the_holder", (*suite).checkStop},
	{"a_stop_reaches_the_next_holder", (*suite).checkStopNext},
	{"done_ends_the_lease", (*suite).checkDone},
	{"an_answered_job_is_handed_out_again", (*suite).checkAnswered},
	{"progress_forgives_attempts", (*suite).checkProgress},
	{"a_poison_job_fails", (*suite).checkPoison},
}

func (s *suite) checkTaken() {
	q := s.connect()
	s.submit(q, 1, 0)
	j := s.take(q, "w1").Job()
	if j.ID != job(1).ID || j.State != sadi.Running || j.Worker != "w1" || j.Attempts != 1 || j.Fence != 1 || j.Started == nil {
		s.Errorf("got %+v, want it running at w1, its first attempt, with a time of start", j)
	}
	if kept := s.state(q, j.ID, sadi.Running); kept.Fence != 1 || kept.Worker != "w1" {
		s.Errorf("the record is %+v", kept)
	}
	if n, err := q.Counts(s.ctx); err != nil || n[sadi.Queued] != 0 {
		s.Errorf("%d jobs are queued (%v), want 0", n[sadi.Queued], err)
	}
}

func (s *suite) checkOrder() {
	q := s.connect()
	for n, priority := range []int{0, 0, 5, -1, 5, 0} {
		s.submit(q, n, priority)
	}
	var got []string
	for range 6 {
		got = append(got, s.take(q, "w").Job().ID)
	}
	var want []string
	for _, n := range []int{2, 4, 0, 1, 5, 3} {
		want = append(want, job(n).ID)
	}
	if !slices.Equal(got, want) {
		s.Errorf("got %v, want %v", got, want)
	}
}

func (s *suite) checkWait() {
	q := s.connect()
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := q.Take(ctx, "w"); err == nil {
		s.Fatal("a take with a context that is over got a job of an empty queue")
	}
	got := make(chan queue.Lease)
	go func() {
		l, err := q.Take(s.ctx, "w")
		if err != nil {
			s.Error(err)
		}
		got <- l
	}()
	s.submit(s.connect(), 1, 0)
	if l := <-got; l != nil && l.Job().ID != job(1).ID {
		s.Errorf("got %s", l.Job().ID)
	}
}

func (s *suite) checkContention() {
	const jobs, workers = 24, 4
	q := s.connect()
	for n := range jobs {
		s.submit(q, n, 0)
	}
	ctx, enough := context.WithCancel(s.ctx)
	defer enough()
	var mu sync.Mutex
	held := map[string]int{}
	var all sync.WaitGroup
	for range workers {
		q := s.connect()
		all.Go(func() {
			for {
				l, err := q.Take(ctx, "w")
				if err != nil {
					return
				}
				id := l.Job().ID
				if _, err := l.Update(s.ctx, to(sadi.Succeeded)); err != nil {
					s.Errorf("%s: %v", id, err)
				}
				if err := l.Done(s.ctx); err != nil {
					s.Errorf("%s: %v", id, err)
				}
				mu.Lock()
				held[id]++
				if len(held) == jobs {
					enough()
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(held) != jobs {
		s.Fatalf("%d of %d jobs were handed out", len(held), jobs)
	}
	for id, n := range held {
		if j := s.state(q, id, sadi.Succeeded); n != 1 || j.Fence != 1 {
			s.Errorf("%s was held %d times, its fence is %d", id, n, j.Fence)
		}
	}
}

func (s *suite) checkCancelled() {
	q := s.connect()
	s.submit(q, 1, 0)
	s.submit(q, 2, 0)
	_, err := q.Update(s.ctx, job(1).ID, to(sadi.Cancelled))
	s.ok(err)
	if got := s.take(q, "w").Job().ID; got != job(2).ID {
		s.Errorf("got %s, which was cancelled", got)
	}
	s.none(q)
}

func (s *suite) checkKept() {
	q := s.connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	s.none(s.connect()) // for longer than a lease that nobody renews would live
	if err := l.Context().Err(); err != nil {
		s.Fatalf("the lease ended: %v", context.Cause(l.Context()))
	}
	_, err := l.Update(s.ctx, func(j *sadi.Job) error { j.Stage = "search"; return nil })
	s.ok(err)
	if j := s.state(q, job(1).ID, sadi.Running); j.Stage != "search" || j.Fence != 1 {
		s.Errorf("the record is %+v", j)
	}
}

func (s *suite) checkRelease() {
	q, other := s.connect(), s.connect()
	s.submit(q, 1, 0)
	first := s.take(q, "w1")
	s.ok(first.Release(s.ctx))
	second := s.take(other, "w2")
	if j := second.Job(); j.Attempts != 1 || j.Fence != 2 || j.Worker != "w2" {
		s.Errorf("got %+v, want the first attempt and the second fence", j)
	}
	if _, err := first.Update(s.ctx, func(*sadi.Job) error { return nil }); !errors.Is(err, queue.ErrLost) {
		s.Errorf("the first holder could write: %v", err)
	}
	s.ok(first.Release(s.ctx)) // again: nothing happens to the job of the second
	s.state(q, job(1).ID, sadi.Running)
}

func (s *suite) checkClose() {
	q := s.Connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	s.ok(q.Close())
	s.cause(l, queue.ErrLost)
	if j := s.take(s.connect(), "w2").Job(); j.Attempts != 1 || j.Fence != 2 {
		s.Errorf("got %+v, want the first attempt and the second fence", j)
	}
}

func (s *suite) checkKill() {
	q, other := s.Connect(), s.connect()
	s.submit(other, 1, 0)
	s.take(q, "w1")
	s.Kill(q)
	if j := s.take(other, "w2").Job(); j.ID != job(1).ID || j.Attempts != 2 || j.Fence != 2 || j.Worker != "w2" {
		s.Errorf("got %+v, want the second attempt and the second fence", j)
	}
}

func (s *suite) checkFence() {
	q, other := s.connect(), s.connect()
	s.submit(q, 1, 0)
	old := s.take(q, "w1")
	_, err := other.Update(s.ctx, job(1).ID, to(sadi.Queued)) // as a repair would, that takes the holder for dead
	s.ok(err)
	second := s.take(other, "w2")
	s.cause(old, queue.ErrLost)
	if _, err := old.Update(s.ctx, to(sadi.Failed)); !errors.Is(err, queue.ErrLost) {
		s.Errorf("the older holder could write: %v", err)
	}
	s.ok(old.Release(s.ctx))
	s.state(q, job(1).ID, sadi.Running)
	_, err = second.Update(s.ctx, to(sadi.Succeeded))
	s.ok(err)
}

func (s *suite) checkStop() {
	q, other := s.connect(), s.connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	_, err := other.Update(s.ctx, job(1).ID, func(j *sadi.Job) error { j.Stopping = true; return nil })
	s.ok(err)
	s.cause(l, queue.ErrStopped)
	_, err = l.Update(s.ctx, to(sadi.Cancelled)) // a holder that was asked to stop still writes how it ended
	s.ok(err)
	s.ok(l.Done(s.ctx))
	s.state(other, job(1).ID, sadi.Cancelled)
}

func (s *suite) checkStopNext() {
	q, other := s.connect(), s.connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	_, err := other.Update(s.ctx, job(1).ID, func(j *sadi.Job) error { j.Stopping = true; return nil })
	s.ok(err)
	s.ok(l.Release(s.ctx))
	s.cause(s.take(other, "w2"), queue.ErrStopped)
}

func (s *suite) checkDone() {
	q := s.connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	_, err := l.Update(s.ctx, to(sadi.Succeeded))
	s.ok(err)
	s.ok(l.Done(s.ctx))
	s.none(q)
	s.state(q, job(1).ID, sadi.Succeeded)
	s.ok(q.Delete(s.ctx, job(1).ID))
}

func (s *suite) checkAnswered() {
	q := s.connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	_, err := l.Update(s.ctx, to(sadi.NeedsTarget))
	s.ok(err)
	s.ok(l.Done(s.ctx))
	s.none(q)
	_, err = q.Update(s.ctx, job(1).ID, func(j *sadi.Job) error { j.State, j.Spec.Target = sadi.Queued, "y"; return nil })
	s.ok(err)
	if j := s.take(q, "w2").Job(); j.Spec.Target != "y" || j.Fence != 2 {
		s.Errorf("got %+v, want the answered target", j)
	}
}

func (s *suite) checkProgress() {
	q := s.Connect()
	s.submit(q, 1, 0)
	l := s.take(q, "w1")
	j, err := l.Update(s.ctx, func(j *sadi.Job) error { j.Progress.Elapsed = 3; return nil })
	s.ok(err)
	if j.Attempts != 1 {
		s.Errorf("an update without progress: %d attempts, want 1", j.Attempts)
	}
	j, err = l.Update(s.ctx, func(j *sadi.Job) error { j.Progress.Trials = 2; return nil })
	s.ok(err)
	if j.Attempts != 0 {
		s.Errorf("after progress: %d attempts, want 0", j.Attempts)
	}
	s.Kill(q)
	if j := s.take(s.connect(), "w2").Job(); j.Attempts != 1 || j.Progress.Trials != 2 {
		s.Errorf("the next holder has %d attempts and %d trials, want 1 and 2", j.Attempts, j.Progress.Trials)
	}
}

func (s *suite) checkPoison() {
	watch := s.connect()
	s.submit(watch, 1, 0)
	for range queue.PoisonAttempts {
		q := s.Connect()
		s.take(q, "w")
		s.Kill(q)
	}
	s.submit(watch, 2, -1)
	if got := s.take(watch, "w").Job().ID; got != job(2).ID {
		s.Fatalf("got %s once more", got)
	}
	for { // the second job could come before the last lease of the first was over
		s.none(watch)
		if j, err := watch.Job(s.ctx, job(1).ID); err != nil || j.State == sadi.Failed {
			s.ok(err)
			break
		}
	}
	if j := s.state(watch, job(1).ID, sadi.Failed); j.Error == nil || j.Error.Message == "" || j.Finished == nil {
		s.Errorf("the job failed without a cause or a time: %+v", j)
	}
}
