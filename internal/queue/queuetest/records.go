package queuetest

import (
	"errors"
	"reflect"
	"slices"
	"sync"

	"sadi"
	"sadi/internal/queue"
)

var recordChecks = []check{
	{"a_record_comes_back_whole", (*suite).checkRoundTrip},
	{"an_unknown_job_is_not_found", (*suite).checkUnknown},
	{"a_key_submits_once", (*suite).checkKey},
	{"a_key_submits_once_at_the_same_moment", (*suite).checkKeyRace},
	{"lists_page_from_the_latest", (*suite).checkList},
	{"updates_are_not_lost", (*suite).checkUpdateRace},
	{"an_update_may_refuse", (*suite).checkUpdateError},
	{"moves_are_legal", (*suite).checkMoves},
	{"only_what_has_ended_is_deleted", (*suite).checkDelete},
	{"positions_follow_the_order", (*suite).checkAhead},
}

func (s *suite) checkRoundTrip() {
	q, other := s.connect(), s.connect()
	want := job(1)
	got, _, err := q.Submit(s.ctx, want, "")
	s.ok(err)
	if !reflect.DeepEqual(got, want) {
		s.Errorf("submit gave\n%+v, want\n%+v", got, want)
	}
	got, err = other.Job(s.ctx, want.ID)
	s.ok(err)
	if !reflect.DeepEqual(got, want) {
		s.Errorf("over another connection it is\n%+v, want\n%+v", got, want)
	}
}

func (s *suite) checkUnknown() {
	q := s.connect()
	_, err := q.Job(s.ctx, "none")
	s.refused(sadi.NotFound, err)
	_, err = q.Update(s.ctx, "none", func(*sadi.Job) error { s.Error("the change of an unknown job was called"); return nil })
	s.refused(sadi.NotFound, err)
}

func (s *suite) checkKey() {
	q, other := s.connect(), s.connect()
	first, existed, err := q.Submit(s.ctx, job(1), "the key")
	s.ok(err)
	if existed {
		s.Error("a new key is said to exist")
	}
	again, existed, err := other.Submit(s.ctx, job(2), "the key")
	s.ok(err)
	if !existed || again.ID != first.ID {
		s.Errorf("the key was used again: got %s, existed = %v; want %s, true", again.ID, existed, first.ID)
	}
	_, err = q.Job(s.ctx, job(2).ID)
	s.refused(sadi.NotFound, err)
	if n, err := q.Counts(s.ctx); err != nil || n[sadi.Queued] != 1 {
		s.Errorf("%d jobs are queued (%v), want 1", n[sadi.Queued], err)
	}
	if _, existed, err := q.Submit(s.ctx, job(3), "a key with / and . and ü"); err != nil || existed {
		s.Errorf("another key: existed = %v, %v", existed, err)
	}
}

func (s *suite) checkKeyRace() {
	const n = 8
	ids := make([]string, n)
	news := make([]bool, n)
	var all sync.WaitGroup
	for i := range n {
		q := s.connect()
		all.Go(func() {
			j, existed, err := q.Submit(s.ctx, job(i), "one key")
			if err != nil {
				s.Error(err)
			}
			ids[i], news[i] = j.ID, !existed
		})
	}
	all.Wait()
	count := 0
	for i := range n {
		if news[i] {
			count++
		}
		if ids[i] != ids[0] {
			s.Errorf("submissions with one key became the jobs %s and %s", ids[0], ids[i])
		}
	}
	if count != 1 {
		s.Errorf("%d submissions with one key are new, want 1", count)
	}
}

func (s *suite) checkList() {
	q := s.connect()
	page, err := q.List(s.ctx, queue.Filter{})
	s.ok(err)
	if len(page.Jobs) != 0 || page.Next != "" {
		s.Fatalf("an empty queue lists %+v", page)
	}
	for n := range 7 {
		s.submit(q, n, n%2) // a priority does not show in a list
	}
	for _, n := range []int{1, 4} {
		_, err := q.Update(s.ctx, job(n).ID, to(sadi.Cancelled))
		s.ok(err)
	}
	for _, c := range []struct {
		name   string
		filter queue.Filter
		want   []int
	}{
		{"all", queue.Filter{}, []int{6, 5, 4, 3, 2, 1, 0}},
		{"three a page", queue.Filter{Limit: 3}, []int{6, 5, 4, 3, 2, 1, 0}},
		{"as many as there are", queue.Filter{Limit: 7}, []int{6, 5, 4, 3, 2, 1, 0}},
		{"queued", queue.Filter{States: []sadi.State{sadi.Queued}, Limit: 2}, []int{6, 5, 3, 2, 0}},
		{"cancelled or failed", queue.Filter{States: []sadi.State{sadi.Cancelled, sadi.Failed}}, []int{4, 1}},
		{"failed", queue.Filter{States: []sadi.State{sadi.Failed}}, nil},
	} {
		var got []int
		f := c.filter
		for pages := 0; ; pages++ {
			page, err := q.List(s.ctx, f)
			s.ok(err)
			if f.Limit > 0 && len(page.Jobs) > f.Limit {
				s.Errorf("%s: a page has %d jobs", c.name, len(page.Jobs))
			}
			for _, j := range page.Jobs {
				got = append(got, int(j.Submitted.Sub(epoch).Seconds()))
			}
			if page.Next == "" {
				break
			}
			if pages > 20 {
				s.Fatalf("%s: the pages have no end", c.name)
			}
			f.After = page.Next
		}
		if !slices.Equal(got, c.want) {
			s.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func (s *suite) checkUpdateRace() {
	s.submit(s.connect(), 1, 0)
	const connections, each = 4, 10
	var all sync.WaitGroup
	for range connections {
		q := s.connect()
		all.Go(func() {
			for range each {
				if _, err := q.Update(s.ctx, job(1).ID, func(j *sadi.Job) error { j.Progress.Trials++; return nil }); err != nil {
					s.Error(err)
				}
			}
		})
	}
	all.Wait()
	if j := s.state(s.connect(), job(1).ID, sadi.Queued); j.Progress.Trials != connections*each {
		s.Errorf("%d of %d updates are left", j.Progress.Trials, connections*each)
	}
}

func (s *suite) checkUpdateError() {
	q := s.connect()
	s.submit(q, 1, 0)
	no := errors.New("no")
	_, err := q.Update(s.ctx, job(1).ID, func(j *sadi.Job) error { j.Stage = "changed"; return no })
	if err != no {
		s.Errorf("got %v, want the error of the change as it is", err)
	}
	if j := s.state(q, job(1).ID, sadi.Queued); j.Stage != "" {
		s.Error("a change that ended in an error was kept")
	}
}

func (s *suite) checkMoves() {
	q := s.connect()
	s.submit(q, 1, 0)
	for _, state := range []sadi.State{sadi.Succeeded, sadi.NeedsTarget, "asleep"} {
		if _, err := q.Update(s.ctx, job(1).ID, to(state)); err == nil {
			s.Errorf("a queued job could become %s", state)
		}
	}
	_, err := q.Update(s.ctx, job(1).ID, to(sadi.Cancelled))
	s.ok(err)
	if _, err := q.Update(s.ctx, job(1).ID, to(sadi.Queued)); err == nil {
		s.Error("a cancelled job could become queued")
	}
	s.state(q, job(1).ID, sadi.Cancelled)
}

func (s *suite) checkDelete() {
	q := s.connect()
	s.submit(q, 1, 0)
	if err := q.Delete(s.ctx, job(1).ID); err == nil {
		s.Fatal("a queued job could be deleted")
	}
	s.state(q, job(1).ID, sadi.Queued)
	_, err := q.Update(s.ctx, job(1).ID, to(sadi.Cancelled))
	s.ok(err)
	s.ok(q.Delete(s.ctx, job(1).ID))
	_, err = q.Job(s.ctx, job(1).ID)
	s.refused(sadi.NotFound, err)
	page, err := q.List(s.ctx, queue.Filter{})
	s.ok(err)
	if len(page.Jobs) != 0 {
		s.Errorf("a deleted job is listed: %+v", page.Jobs)
	}
}

func (s *suite) checkAhead() {
	q := s.connect()
	for n, priority := range []int{0, 0, 5, -1, 5} {
		s.submit(q, n, priority)
	}
	for n, want := range []int{2, 3, 0, 4, 1} {
		if got, err := q.Ahead(s.ctx, job(n).ID); err != nil || got != want {
			s.Errorf("%d jobs go before %d (%v), want %d", got, n, err, want)
		}
	}
	_, err := q.Update(s.ctx, job(2).ID, to(sadi.Cancelled))
	s.ok(err)
	for n, want := range []int{1, 2, 0, 3, 0} {
		if got, err := q.Ahead(s.ctx, job(n).ID); err != nil || got != want {
			s.Errorf("after a cancel %d jobs go before %d (%v), want %d", got, n, err, want)
		}
	}
	if n, err := q.Counts(s.ctx); err != nil || n[sadi.Queued] != 4 {
		s.Errorf("%d jobs are queued (%v), want 4", n[sadi.Queued], err)
	}
}
