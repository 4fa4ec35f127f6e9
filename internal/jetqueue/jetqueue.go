// Package jetqueue is the queue on NATS JetStream: embedded in this process, or on a cluster that is already there.
//
// A job's record is the queue. It is one value of a key-value bucket, it moves by compare-and-set, and "queued" in it is all
// that makes it waiting: there is no second message that could be lost or be one too many, so a crash between two
// writes has nothing to repair. Taking a job is one write, which one worker wins. The other way, a work-queue consumer
// with acknowledgements, would keep two truths (record and message), and knows no priorities.
//
// Every connection follows the headers of the bucket and holds them as an index (order, state, fence of each job), so
// that the next job, a position and a page of a list cost no search on the server. The index only proposes; what is
// done is decided by the write.
//
// A lease is a heartbeat: every holder tells what it holds, by a plain message without a trace on a disk, and everyone
// listens. A job whose holder was silent is queued again by whoever notices first. Only the time that a connection has
// listened without a break counts, on its own monotonic clock: no clocks are compared, and after a failure of the
// servers the holders have time to be heard. The fence in the record makes a holder that was wrongly taken for dead harmless.
package jetqueue

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sadi"
	"sadi/internal/queue"
)

// Options say how a queue is reached and kept. The zero value of every field means the default.
type Options struct {
	Queue     string        // its name, before the names of everything it has on the servers; auto_ml
	LeaseTime time.Duration // how long a silent holder keeps a job; queue.LeaseTime, the same for everybody on a queue
	Patience  time.Duration // how long a call goes on while the servers do not answer; 30 s
	Replicas  int           // of everything that is kept; 3 on a cluster of three servers or more, else 1
	BlobBytes int64         // bound of all blobs together; none
	Log       *slog.Logger  // what the servers say and what is repaired; nothing

	// To log in.
	Client      string // the connection's name in the servers' lists; sadi
	Credentials string // path of a file with a user's JWT and seed
	User        string
	Password    string
	Token       string
	CA          string // path of a PEM file with the authorities to trust in place of the system's
	Cert, Key   string // paths of PEM files of a client certificate

	// Of the embedded server. With an address, User and Password or Token are asked of whoever connects over it, and Cert
	// and Key are the server's own.
	Listen string // host:port for other programs; "" = no port at all
}

// Queue is a connection to the queue. Make it with Embed or Connect.
type Queue struct {
	o       Options
	names   names
	nc      *nats.Conn
	js      jetstream.JetStream
	index   *index
	streams map[string]jetstream.Stream // by name; written while the queue is made
	logs    logs
	wakes   broadcast

	ctx    context.Context // ends with Close
	stop   context.CancelFunc
	loops  sync.WaitGroup
	close  sync.Once
	server func() // ends the embedded server, if it is ours

	mu   sync.Mutex
	held map[string]*lease // by job
	down time.Time         // since when there is no connection; zero while there is one
}

var _ queue.Queue = (*Queue)(nil)

var nameForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (o Options) complete() (Options, error) {
	o.Queue = cmp.Or(o.Queue, "auto_ml")
	o.LeaseTime = cmp.Or(o.LeaseTime, queue.LeaseTime)
	o.Patience = cmp.Or(o.Patience, 30*time.Second)
	o.Client = cmp.Or(o.Client, "sadi")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if !nameForm.MatchString(o.Queue) {
		return o, sadi.Errorf(sadi.BadUsage, "%q can not be the name of a queue", o.Queue).Advise("use up to 64 letters, digits, _ and -")
	}
	if o.Replicas < 0 || o.Replicas > 5 {
		return o, sadi.Errorf(sadi.BadUsage, "%d replicas are not possible", o.Replicas).Advise("use 1, 3 or 5")
	}
	if (o.Cert == "") != (o.Key == "") {
		return o, sadi.Errorf(sadi.BadUsage, "a certificate needs its key and a key its certificate").Advise("give both files")
	}
	return o, nil
}

// open makes a queue of a connection and waits until it knows all jobs. The connection is closed when that fails.
func open(ctx context.Context, nc *nats.Conn, o Options) (q *Queue, err error) {
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, unavailable(err)
	}
	q = &Queue{o: o, names: namesOf(o.Queue), nc: nc, js: js, index: newIndex(), logs: logs{open: map[string]*log{}},
		held: map[string]*lease{}}
	q.wakes.init()
	q.ctx, q.stop = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			q.shut()
		}
	}()
	if err := q.checkServer(); err != nil {
		return nil, err
	}
	if err := q.declare(ctx); err != nil {
		return nil, err
	}
	q.index.onChange = q.judge
	if err := q.listen(); err != nil {
		return nil, err
	}
	q.index.listening(time.Now())
	nc.SetDisconnectErrHandler(func(_ *nats.Conn, err error) { q.disconnected(err) })
	nc.SetReconnectHandler(func(*nats.Conn) { q.reconnected() })
	synced := make(chan struct{})
	q.loops.Go(func() { q.learn(synced) })
	bound, cancel := context.WithTimeout(ctx, o.Patience)
	defer cancel()
	select {
	case <-synced:
	case <-bound.Done():
		return nil, unavailable(context.Cause(bound))
	}
	q.loops.Go(q.beat)
	q.loops.Go(q.sweep)
	q.loops.Go(q.collect)
	return q, nil
}

func (q *Queue) disconnected(err error) {
	if q.ctx.Err() != nil {
		return
	}
	q.o.Log.Warn("the connection to the queue is interrupted", "err", err)
	q.mu.Lock()
	q.down = time.Now()
	q.mu.Unlock()
}

func (q *Queue) reconnected() {
	q.o.Log.Info("the connection to the queue is back")
	q.index.listening(time.Now())
	q.mu.Lock()
	q.down = time.Time{}
	q.mu.Unlock()
}

// Close releases the leases that are held and gives back the connection, and the embedded server.
func (q *Queue) Close() error {
	var err error
	q.close.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		q.mu.Lock()
		var all []*lease
		for _, l := range q.held {
			all = append(all, l)
		}
		q.mu.Unlock()
		errs := make([]error, len(all))
		var released sync.WaitGroup
		for i, l := range all {
			released.Go(func() { errs[i] = l.Release(ctx) })
		}
		released.Wait()
		err = errors.Join(errs...)
		q.shut()
	})
	return err
}

// shut ends the loops and the connection. Leases are left to die.
func (q *Queue) shut() {
	q.stop()
	q.nc.Close()
	q.loops.Wait()
	if q.server != nil {
		q.server()
	}
}

// broadcast wakes everybody who waits.
type broadcast struct {
	mu sync.Mutex
	c  chan struct{}
}

func (b *broadcast) init() { b.c = make(chan struct{}) }

// next is closed by the next call of tell.
func (b *broadcast) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.c
}

func (b *broadcast) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.c)
	b.c = make(chan struct{})
}
