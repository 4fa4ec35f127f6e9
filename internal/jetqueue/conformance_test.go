package jetqueue

import (
	"testing"
	"time"

	"sadi/internal/queue"
	"sadi/internal/queue/queuetest"
)

// The suite runs on connections over TCP to one server, as several processes would have them.
func TestConformance(t *testing.T) {
	const leaseTime = time.Second
	url := serve(t, t.TempDir(), "").ClientURL()
	queuetest.Run(t, func(t *testing.T) queuetest.Backend {
		t.Parallel() // most of the time of a check is waiting for leases to end
		o := Options{Queue: t.Name()[len("TestConformance/"):], LeaseTime: leaseTime}
		return queuetest.Backend{
			Connect:   func() queue.Queue { return connect(t, url, o) },
			Kill:      func(q queue.Queue) { kill(q.(*Queue)) },
			LeaseTime: leaseTime,
		}
	})
}
