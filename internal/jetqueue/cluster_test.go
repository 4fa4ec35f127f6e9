package jetqueue

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"sadi"
)

// cluster starts three servers on the loopback.
func cluster(t *testing.T) (servers []*server.Server, urls string) {
	t.Helper()
	var routes []*url.URL
	var ports []int
	for range 3 {
		address := freeAddress(t)
		u, err := url.Parse("nats-route://" + address)
		if err != nil {
			t.Fatal(err)
		}
		var port int
		fmt.Sscan(u.Port(), &port)
		routes, ports = append(routes, u), append(ports, port)
	}
	var all []string
	for i := range 3 {
		s := run(t, &server.Options{ServerName: fmt.Sprint("n", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, Routes: routes,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]}})
		servers, all = append(servers, s), append(all, s.ClientURL())
	}
	return servers, strings.Join(all, ",")
}

// The leader of the records goes away while jobs come, are taken and end, and events and blobs are written: every job ends
// once, its events are all there, in order, and the connections saw no error.
func TestClusterLosesAServer(t *testing.T) {
	servers, urls := cluster(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	o := Options{LeaseTime: 3 * time.Second}
	front := connect(t, urls, o)
	if n := front.streams[front.names.jobs].CachedInfo().Config.Replicas; n != 3 {
		t.Fatalf("the records have %d copies, want 3", n)
	}
	const jobs = 40
	var all sync.WaitGroup
	ended := make(chan string, 2*jobs)
	working, enough := context.WithCancel(ctx)
	defer enough()
	for w := range 3 {
		q := connect(t, urls, o)
		all.Go(func() {
			for {
				l, err := q.Take(working, fmt.Sprint("w", w))
				if working.Err() != nil {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				id := l.Job().ID
				for n := range 3 {
					if err := q.Publish(ctx, id, sadi.Event{Kind: sadi.EventNote, Text: fmt.Sprint(n)}); err != nil {
						t.Error(err)
					}
				}
				if err := q.Blobs().Put(ctx, "result/"+id, strings.NewReader(id)); err != nil {
					t.Error(err)
				}
				if err := q.Publish(ctx, id, sadi.Event{Kind: sadi.EventFinish}); err != nil {
					t.Error(err)
				}
				if _, err := l.Update(ctx, to(sadi.Succeeded)); err != nil {
					t.Errorf("%s: %v", id, err)
				}
				l.Done(ctx)
				ended <- id
			}
		})
	}
	for n := range jobs {
		if _, _, err := front.Submit(ctx, job(n), fmt.Sprint("key", n)); err != nil {
			t.Fatal(err)
		}
		if n == jobs/3 {
			info, err := front.streams[front.names.jobs].Info(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range servers {
				if s.Name() == info.Cluster.Leader {
					go halt(s)
				}
			}
		}
	}
	for range jobs {
		select {
		case <-ended:
		case <-ctx.Done():
			t.Fatal("not every job came to its end")
		}
	}
	enough()
	all.Wait()
	if len(ended) > 0 {
		t.Errorf("%d jobs ended more than once", len(ended))
	}
	for n := range jobs {
		id := job(n).ID
		j, err := front.Job(ctx, id)
		if err != nil || j.State != sadi.Succeeded || j.Fence != 1 {
			t.Errorf("%s is %s with fence %d (%v)", id, j.State, j.Fence, err)
		}
		log := ""
		for e, err := range front.Events(ctx, id, 0) {
			if err != nil {
				t.Fatal(err)
			}
			log += fmt.Sprintf("%d:%s ", e.Number, e.Event.Text)
		}
		if log != "1:0 2:1 3:2 4: " {
			t.Errorf("%s has the log %q", id, log)
		}
	}
	names, err := front.Blobs().List(ctx, "result/")
	if err != nil || len(names) != jobs {
		t.Errorf("%d blobs (%v), want %d", len(names), err, jobs)
	}
}

// Processes that start at the same moment declare the same streams.
func TestConcurrentStarts(t *testing.T) {
	address := serve(t, t.TempDir(), "").ClientURL()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() { connect(t, address, Options{}) })
	}
	all.Wait()
	q := connect(t, address, Options{LeaseTime: 20 * time.Second, BlobBytes: 1 << 30}) // brings what is there up to date
	for name, want := range map[string]func(jetstream.StreamConfig) bool{
		q.names.workers: func(c jetstream.StreamConfig) bool { return c.MaxAge == 20*time.Second },
		q.names.blobs:   func(c jetstream.StreamConfig) bool { return c.MaxBytes == 1<<30 },
	} {
		info, err := q.streams[name].Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !want(info.Config) {
			t.Errorf("%s is %+v", name, info.Config)
		}
	}
}
