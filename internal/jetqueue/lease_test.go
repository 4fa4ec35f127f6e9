package jetqueue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/queue"
)

const shortLease = time.Second

func pair(t *testing.T) (a, b *Queue) {
	url := serve(t, t.TempDir(), "").ClientURL()
	return connect(t, url, Options{LeaseTime: shortLease}), connect(t, url, Options{LeaseTime: shortLease})
}

// Workers of two connections take, are killed, give back and end jobs; no job is held twice at a time, and each ends once.
func TestContention(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	url := serve(t, t.TempDir(), "").ClientURL()
	o := Options{LeaseTime: shortLease}
	front := connect(t, url, o)
	const jobs = 30
	for n := range jobs {
		submit(t, front, n)
	}
	var mu sync.Mutex
	ended := map[string]int{}
	fences := map[string]uint64{}
	working, enough := context.WithTimeout(ctx, 40*time.Second)
	defer enough()
	var all sync.WaitGroup
	for w := range 4 {
		q := connect(t, url, o)
		all.Go(func() {
			for turn := 0; ; turn++ {
				l, err := q.Take(working, fmt.Sprint("w", w))
				if err != nil {
					return
				}
				id, fence := l.Job().ID, l.Job().Fence
				mu.Lock()
				if fence != fences[id]+1 {
					t.Errorf("%s is taken with fence %d after %d", id, fence, fences[id])
				}
				fences[id] = fence
				mu.Unlock()
				switch {
				case turn%5 == 1: // dies after some progress, which makes it no poison; its successor is a new connection
					if _, err := l.Update(ctx, func(j *sadi.Job) error { j.Progress.Trials++; return nil }); err != nil {
						t.Error(err)
					}
					kill(q)
					if _, err := l.Update(ctx, to(sadi.Succeeded)); err == nil {
						t.Error("a dead worker could write")
					}
					q = connect(t, url, o)
				case turn%5 == 3:
					if err := l.Release(ctx); err != nil {
						t.Error(err)
					}
				default:
					if _, err := l.Update(ctx, to(sadi.Succeeded)); err != nil {
						t.Error(err)
					}
					if err := l.Done(ctx); err != nil {
						t.Error(err)
					}
					mu.Lock()
					if ended[id]++; len(ended) == jobs {
						enough()
					}
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	for n := range jobs {
		j, err := front.Job(ctx, job(n).ID)
		if err != nil || j.State != sadi.Succeeded || j.Fence != fences[j.ID] || ended[j.ID] != 1 {
			t.Errorf("%s ended %d times: %s, fence %d at %s of %d (%v)", job(n).ID, ended[j.ID], j.State, j.Fence, j.Worker, fences[j.ID], err)
		}
	}
}

// A worker that is lost without a word is replaced within the lease time, by a worker that waited all the while.
func TestLostHolder(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	submit(t, a, 1)
	if _, err := a.Take(t.Context(), "w1"); err != nil {
		t.Fatal(err)
	}
	kill(a)
	l, err := b.Take(t.Context(), "w2")
	if err != nil {
		t.Fatal(err)
	}
	if j := l.Job(); j.Attempts != 2 || j.Fence != 2 || j.Worker != "w2" {
		t.Errorf("got %+v", j)
	}
}

// The cause that a holder wrote down is the cause with which a poison job fails.
func TestPoison(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, b := pair(t)
	submit(t, a, 1)
	for n := range queue.PoisonAttempts {
		l, err := a.Take(ctx, "w")
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if _, err := l.Update(ctx, func(j *sadi.Job) error {
				j.Error = sadi.Errorf(sadi.BadData, "row 7 is strange").At("row 7")
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.Update(ctx, job(1).ID, to(sadi.Queued)); err != nil { // as a repair does
			t.Fatal(err)
		}
	}
	go func() { // b may hear of the first job after it had the second
		for {
			l, err := b.Take(ctx, "w")
			if err != nil {
				return
			}
			if id := l.Job().ID; id != job(2).ID {
				t.Errorf("%s was handed out once more", id)
			}
		}
	}()
	submit(t, b, 2)
	var j sadi.Job
	var err error
	for j.State != sadi.Failed && err == nil {
		time.Sleep(10 * time.Millisecond)
		j, err = b.Job(ctx, job(1).ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	if j.State != sadi.Failed || j.Error == nil || j.Error.Code != sadi.BadData || !strings.Contains(j.Error.Message, "row 7 is strange") || j.Finished == nil {
		t.Errorf("got %s with %+v", j.State, j.Error)
	}
	kinds := ""
	for e, err := range b.Events(ctx, job(1).ID, 0) { // nobody else can end its log
		if err != nil {
			t.Fatal(err)
		}
		kinds += e.Event.Kind
	}
	if kinds != sadi.EventFinish {
		t.Errorf("its log has %q", kinds)
	}
}

// A holder that is cut off from the servers for long gives up by itself.
func TestCutOff(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "")
	q := connect(t, s.ClientURL(), Options{LeaseTime: 100 * time.Millisecond, Patience: time.Second})
	submit(t, q, 1)
	l, err := q.Take(t.Context(), "w")
	if err != nil {
		t.Fatal(err)
	}
	halt(s)
	<-l.Context().Done()
	if cause := context.Cause(l.Context()); !errors.Is(cause, queue.ErrLost) {
		t.Errorf("the cause is %v", cause)
	}
}

// A worker that was asleep does not take others for dead when it wakes.
func TestSilenceThatWasNotHeard(t *testing.T) {
	x := newIndex()
	x.put("a", 1, headline{State: sadi.Running, Fence: 1})
	x.entries["a"].heard = time.Now().Add(-time.Hour)
	if dead := x.silent(time.Minute); len(dead) != 1 || dead["a"] != 1 {
		t.Errorf("after an hour of listening: %v", dead)
	}
	x.listening(time.Now())
	if dead := x.silent(time.Minute); len(dead) != 0 {
		t.Errorf("just awake: %v", dead)
	}
	x.listening(time.Now().Add(-time.Hour))
	x.hear("a", 0) // an older holder
	if dead := x.silent(time.Minute); len(dead) != 1 {
		t.Errorf("an older holder was taken for the holder: %v", dead)
	}
	x.hear("a", 1)
	if dead := x.silent(time.Minute); len(dead) != 0 {
		t.Errorf("after a sign of life: %v", dead)
	}
}

// Take that is given up in the middle of its write leaves no job without a holder.
func TestTakeGivenUp(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	const jobs = 20
	for n := range jobs {
		submit(t, a, n)
	}
	taken := 0
	for n := range jobs {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Duration(n)*200*time.Microsecond, cancel)
		if l, err := a.Take(ctx, "w"); err == nil {
			taken++
			if _, err := l.Update(t.Context(), to(sadi.Succeeded)); err != nil {
				t.Error(err)
			}
		}
	}
	var n map[sadi.State]int
	var err error
	for range 500 { // the other connection hears of it a moment later
		if n, err = b.Counts(t.Context()); err != nil || n[sadi.Queued] <= jobs-taken {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil || n[sadi.Queued] > jobs-taken {
		t.Errorf("%d jobs are queued and %d taken of %d (%v)", n[sadi.Queued], taken, jobs, err)
	}
	running, err := a.List(t.Context(), queue.Filter{States: []sadi.State{sadi.Running}})
	if err != nil || len(running.Jobs) > 0 {
		t.Errorf("%d jobs run without a holder (%v)", len(running.Jobs), err)
	}
}
