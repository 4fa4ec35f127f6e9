package queuetest

import (
	"testing"
	"time"

	"sadi/internal/queue"
)

func TestMemory(t *testing.T) {
	Run(t, func(*testing.T) Backend {
		m := NewMemory(200 * time.Millisecond)
		return Backend{Connect: func() queue.Queue { return m.Connect() }, Kill: func(q queue.Queue) { q.(*Memory).Kill() },
			LeaseTime: 200 * time.Millisecond}
	})
}
