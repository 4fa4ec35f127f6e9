package jetqueue

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"sadi"
)

// serve starts a server with a port on the loopback; address "" chooses one.
func serve(t testing.TB, dir, address string) *server.Server {
	t.Helper()
	o := &server.Options{ServerName: "test", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, SyncAlways: true}
	if address != "" {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(port, &o.Port)
	}
	return run(t, o)
}

func run(t testing.TB, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { halt(s) })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

func halt(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func connect(t testing.TB, url string, o Options) *Queue {
	t.Helper()
	q, err := Connect(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

// kill ends a connection as the death of its process does.
func kill(q *Queue) { q.close.Do(q.shut) }

func job(n int) sadi.Job {
	return sadi.Job{ID: fmt.Sprintf("job-%03d", n), DatasetHash: "abc", DatasetName: "sample.csv",
		Submitted: time.Date(2026, 1, 2, 3, 4, n, 0, time.UTC)}
}

func submit(t testing.TB, q *Queue, n int) {
	t.Helper()
	if _, _, err := q.Submit(t.Context(), job(n), ""); err != nil {
		t.Fatal(err)
	}
}

func to(state sadi.State) func(*sadi.Job) error {
	return func(j *sadi.Job) error { j.State = state; return nil }
}

// freeAddress is one on the loopback at which nobody listens just now.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
