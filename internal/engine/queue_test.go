package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/trial"
)

// drain runs workers over a queue whose proposals depend on what they may see, and returns what each proposal saw.
func drain(t *testing.T, workers, folds, known, total int, jitter *rand.Rand) []string {
	t.Helper()
	var saw []string
	score := func(index int) float64 { return float64((index * 7919) % 101) }
	q := newQueue(folds, known, func(n int, seen, _ []*slot) *slot {
		if n >= total {
			return nil
		}
		var text string
		if n >= known {
			for _, s := range seen {
				text += fmt.Sprintf("%d:%v:%v ", s.index, s.state, s.score)
			}
		}
		saw = append(saw, text)
		return &slot{name: fmt.Sprint(n)}
	})
	var mu sync.Mutex // of jitter
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				s, fold := q.take(func(wait func()) { wait() })
				if s == nil {
					return
				}
				mu.Lock()
				pause := time.Duration(jitter.IntN(300)) * time.Microsecond
				mu.Unlock()
				time.Sleep(pause)
				if s.index%5 == 4 && fold == 0 {
					if q.fail(s, fold, "it does") == hopeless {
						q.end(s, sadi.TrialFailed, s.cause())
					}
					continue
				}
				switch q.give(s, fold, trial.FoldResult{}, cost{}) {
				case hopeless:
					q.end(s, sadi.TrialFailed, s.cause())
				case complete:
					s.score = score(s.index)
					q.end(s, sadi.TrialOK, "")
				}
			}
		})
	}
	wg.Wait()
	if got := len(q.slots); got != total {
		t.Errorf("%d trials, want %d", got, total)
	}
	for _, s := range q.slots {
		if !s.state.Final() {
			t.Errorf("trial %d was left %s", s.index, s.state)
		}
	}
	return saw
}

func TestAnyNumberOfWorkersAsksTheSame(t *testing.T) {
	want := drain(t, 1, 3, 6, 40, rand.New(rand.NewPCG(1, 1)))
	for _, workers := range []int{2, 3, 8} {
		for seed := range uint64(3) {
			if got := drain(t, workers, 3, 6, 40, rand.New(rand.NewPCG(seed, 2))); !slices.Equal(got, want) {
				t.Fatalf("%d workers: the proposals saw other results than with one", workers)
			}
		}
	}
}

func TestLookaheadIsExact(t *testing.T) {
	saw := drain(t, 4, 2, 0, 12, rand.New(rand.NewPCG(1, 1)))
	for n, text := range saw {
		want := max(0, n-lookahead+1)
		if got := len(spaces(text)); got != want {
			t.Errorf("proposal %d saw %d results, want %d", n, got, want)
		}
	}
}

func spaces(s string) []int {
	var at []int
	for i, c := range s {
		if c == ' ' {
			at = append(at, i)
		}
	}
	return at
}

func TestCloseEndsTheQueueAndItsWaiters(t *testing.T) {
	q := newQueue(1, 0, func(int, []*slot, []*slot) *slot { return &slot{} })
	for range lookahead {
		if s, _ := q.take(func(wait func()) { wait() }); s == nil {
			t.Fatal("no task")
		}
	}
	ended := make(chan struct{})
	go func() {
		if s, _ := q.take(func(wait func()) { wait() }); s != nil {
			t.Error("a task after the end")
		}
		close(ended)
	}()
	q.close()
	<-ended
}
