package jetqueue

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"sadi"
)

// One operation is a job on its whole way: submitted, taken, three events, two updates, done.
func BenchmarkJobs(b *testing.B) {
	q, err := Embed(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer q.Close()
	var serial, slowest atomic.Int64
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			j := job(1)
			j.ID = fmt.Sprint("job-", serial.Add(1))
			start := time.Now()
			if _, _, err := q.Submit(b.Context(), j, j.ID); err != nil {
				b.Error(err)
			}
			if d := int64(time.Since(start)); d > slowest.Load() {
				slowest.Store(d)
			}
			l, err := q.Take(b.Context(), "w")
			if err != nil {
				b.Error(err)
				return
			}
			id := l.Job().ID
			for _, kind := range []string{sadi.EventStage, sadi.EventTrial, sadi.EventFinish} {
				if err := q.Publish(b.Context(), id, sadi.Event{Kind: kind}); err != nil {
					b.Error(err)
				}
			}
			if _, err := l.Update(b.Context(), func(j *sadi.Job) error { j.Progress.Trials++; return nil }); err != nil {
				b.Error(err)
			}
			if _, err := l.Update(b.Context(), to(sadi.Succeeded)); err != nil {
				b.Error(err)
			}
			if err := l.Done(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(slowest.Load())/1e6, "ms/slowest-submit")
}
