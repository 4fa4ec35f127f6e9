package worker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/model/decisiontree"
	"sadi/internal/model/dummy"
	"sadi/internal/model/logisticregression"
	"sadi/internal/pack"
	"sadi/internal/param"
	"sadi/internal/queue"
	"sadi/internal/queue/queuetest"
	"sadi/internal/search/tpe"
)

// bench is a queue, a store and a data set for tests.
type bench struct {
	t     *testing.T
	queue *queuetest.Memory
	blobs blob.Store
	hash  string
	file  string
}

// leaseTime is short, so that a lost worker is missed soon.
const leaseTime = 300 * time.Millisecond

func newBench(t *testing.T) *bench {
	t.Helper()
	file := filepath.Join("..", "..", "examples", "penguins.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	b := &bench{t: t, queue: queuetest.NewMemory(leaseTime), blobs: blobs, hash: hex.EncodeToString(sum[:]), file: file}
	if err := blobs.Put(context.Background(), blob.DataName(b.hash), bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) spec(change func(*sadi.Spec)) sadi.Spec {
	s := sadi.Spec{Input: "data/incoming/penguins.csv", Target: "species", TaskType: sadi.Auto,
		Params: sadi.Params{Budget: sadi.Budget{Trials: 8}, Folds: 3, HPO: true, Models: []string{"logistic_regression", "decision_tree"}}}
	if change != nil {
		change(&s)
	}
	return s
}

func (b *bench) submit(id string, change func(*sadi.Spec)) {
	b.t.Helper()
	j := sadi.Job{ID: id, Spec: b.spec(change), DatasetHash: b.hash, DatasetName: "penguins.csv", State: sadi.Queued, Submitted: time.Now().UTC()}
	if _, _, err := b.queue.Submit(context.Background(), j, ""); err != nil {
		b.t.Fatal(err)
	}
}

// start runs a worker until stop is called, which waits for its end. kill ends its connection without a word.
func (b *bench) start(name string, change func(*Options)) (w *Worker, stop, kill func()) {
	b.t.Helper()
	conn := b.queue.Connect()
	o := Options{Name: name, Queue: conn, Blobs: b.blobs, Catalog: quick(nil), Dir: b.t.TempDir(), Slots: 2}
	if change != nil {
		change(&o)
	}
	w, err := New(o)
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.Run(ctx); err != nil {
			b.t.Error(err)
		}
	}()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-done }) }
	b.t.Cleanup(stop)
	return w, stop, conn.Kill
}

// await waits for a job to come to a state that it does not leave by itself.
func (b *bench) await(id string) sadi.Job {
	b.t.Helper()
	for range 6000 {
		j, err := b.queue.Job(context.Background(), id)
		if err != nil {
			b.t.Fatal(err)
		}
		if j.State.Final() || j.State == sadi.NeedsTarget {
			return j
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatal("the job does not end")
	panic("unreachable")
}

// manifest is the record that a finished job left in the store; every artifact is there.
func (b *bench) manifest(j sadi.Job) *manifest.Manifest {
	b.t.Helper()
	dir := b.t.TempDir()
	if err := pack.Unpack(context.Background(), b.blobs, j.Pack, j.Artifacts, dir, manifest.Name); err != nil {
		b.t.Fatal(err)
	}
	v, err := manifest.Verify(dir)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range v.Checks {
		if !c.OK {
			b.t.Errorf("%s: %s", c.Name, c.Text)
		}
	}
	m, err := manifest.Read(dir)
	if err != nil {
		b.t.Fatal(err)
	}
	return m
}

// alone is the digest of the job, done in one piece by the engine.
func (b *bench) alone(change func(*sadi.Spec)) string {
	b.t.Helper()
	res, err := engine.Run(context.Background(), engine.Job{ID: "alone", Spec: b.spec(change), Path: b.file,
		Dir: filepath.Join(b.t.TempDir(), "auto_ml"), Catalog: quick(nil)})
	if err != nil {
		b.t.Fatal(err)
	}
	return res.Manifest.Digest
}

// slow makes an algorithm take its time, or whatever before does.
type slow struct {
	model.Model
	before func(ctx context.Context) error
}

func (s *slow) Fit(ctx context.Context, train model.Train, v param.Values) (model.Fitted, error) {
	if err := s.before(ctx); err != nil {
		return nil, err
	}
	return s.Model.Fit(ctx, train, v)
}

// quick is a catalogue of quick algorithms; before, where not nil, is called before each fit.
func quick(before func(ctx context.Context) error) engine.Catalog {
	models := []model.Model{dummy.Model{}, logisticregression.Model{}, decisiontree.Classifier{}}
	if before != nil {
		for i, m := range models {
			models[i] = &slow{m, before}
		}
	}
	return engine.Catalog{Models: models, Searcher: tpe.Searcher{}}
}

func dawdle(d time.Duration) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		pause(ctx, d)
		return context.Cause(ctx)
	}
}

// begun is how many folds of others were begun here.
func (l *lent) begun() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

func TestWorkersTogetherGiveTheDigestOfOne(t *testing.T) {
	b := newBench(t)
	slower := func(o *Options) { o.Slots, o.Catalog = 1, quick(dawdle(20*time.Millisecond)) }
	holder, _, _ := b.start("a", slower)
	b.submit("job", nil)
	helper, _, _ := b.start("b", slower)
	j := b.await("job")
	if j.State != sadi.Succeeded {
		t.Fatalf("%s: %v", j.State, j.Error)
	}
	if got, want := b.manifest(j).Digest, b.alone(nil); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	if j.Outcome == nil || j.Outcome.Trials != 8 || j.Progress.Trials != 8 || len(j.Progress.Leaders) == 0 || j.Finished == nil {
		t.Errorf("the record is incomplete: %+v", j)
	}
	if holder.lent.begun()+helper.lent.begun() == 0 {
		t.Error("nobody helped")
	}
	if left, _ := b.blobs.List(context.Background(), engine.FoldPrefix("job")); len(left) > 0 {
		t.Errorf("%d folds were left", len(left))
	}
	var kinds []string
	for n, err := range b.queue.Events(context.Background(), "job", 0) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, n.Event.Kind)
	}
	if kinds[0] != sadi.EventStage || kinds[len(kinds)-1] != sadi.EventFinish {
		t.Errorf("events: %v", kinds)
	}
}

// Workers die at random moments, in the middle of folds, of helping and of delivering.
func TestADeadWorkersJobIsResumed(t *testing.T) {
	b := newBench(t)
	want := b.alone(nil)
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 6 {
		id := string(rune('a'+round)) + "job"
		b.submit(id, nil)
		for n := range 2 {
			_, stop, kill := b.start(id+string(rune('0'+n)), func(o *Options) { o.Slots, o.Catalog = 1, quick(dawdle(10*time.Millisecond)) })
			time.Sleep(time.Duration(r.IntN(400)) * time.Millisecond)
			kill()
			stop()
		}
		_, stop, _ := b.start(id+"last", nil)
		j := b.await(id)
		if j.State != sadi.Succeeded {
			t.Fatalf("%s: %v", j.State, j.Error)
		}
		if got := b.manifest(j).Digest; got != want {
			t.Errorf("round %d: digest %s, want %s", round, got, want)
		}
		stop()
	}
}

func TestALeavingWorkerGivesItsJobBack(t *testing.T) {
	b := newBench(t)
	_, stop, _ := b.start("a", func(o *Options) { o.Catalog = quick(dawdle(300 * time.Millisecond)) })
	b.submit("job", nil)
	b.until("job", func(j sadi.Job) bool { return j.State == sadi.Running && j.Stage == "search" })
	stop()
	j, err := b.queue.Job(context.Background(), "job")
	if err != nil || j.State != sadi.Queued || j.Attempts != 0 {
		t.Fatalf("%+v, %v", j, err)
	}
	b.start("b", nil)
	if j = b.await("job"); j.State != sadi.Succeeded || j.Worker != "b" {
		t.Errorf("%+v", j)
	}
}

func (b *bench) until(id string, ok func(sadi.Job) bool) {
	b.t.Helper()
	for range 3000 {
		j, err := b.queue.Job(context.Background(), id)
		if err != nil {
			b.t.Fatal(err)
		}
		if ok(j) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatal("it does not happen")
}

func TestAStoppedJobIsCancelled(t *testing.T) {
	b := newBench(t)
	ended := make(chan struct{}, 100)
	b.start("a", func(o *Options) {
		o.Catalog = quick(func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				ended <- struct{}{}
				return context.Cause(ctx)
			case <-time.After(time.Minute):
				return nil
			}
		})
	})
	b.submit("job", nil)
	b.until("job", func(j sadi.Job) bool { return j.Stage == "search" })
	if _, err := b.queue.Update(context.Background(), "job", func(j *sadi.Job) error { j.Stopping = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if j := b.await("job"); j.State != sadi.Cancelled || j.Finished == nil {
		t.Errorf("%+v", j)
	}
	<-ended // the fit itself was ended
}

func TestHowJobsEnd(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*sadi.Spec)
		state  sadi.State
		code   sadi.Code
	}{
		{"no such column", func(s *sadi.Spec) { s.Target = "kind" }, sadi.Failed, sadi.NotFound},
		{"no such algorithm", func(s *sadi.Spec) { s.Params.Models = []string{"magic"} }, sadi.Failed, sadi.BadUsage},
		{"too many rows", nil, sadi.Failed, sadi.LimitExceeded},
		{"no clear target", func(s *sadi.Spec) { s.Target = ""; s.Params.Ignore = []string{"species", "sex", "island"} }, sadi.NeedsTarget, sadi.TargetUnclear},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.start("a", func(o *Options) {
				if c.code == sadi.LimitExceeded {
					o.Limits.Rows = 300
				}
			})
			b.submit("job", c.change)
			j := b.await("job")
			if j.State != c.state || j.Error == nil || j.Error.Code != c.code {
				t.Fatalf("%s, %v", j.State, j.Error)
			}
			if c.state == sadi.NeedsTarget && len(j.Candidates) == 0 {
				t.Error("no candidates are listed")
			}
		})
	}
}

func TestAnAnsweredJobGoesOn(t *testing.T) {
	b := newBench(t)
	b.start("a", nil)
	b.submit("job", func(s *sadi.Spec) { s.Target = ""; s.Params.Ignore = []string{"species", "sex", "island"} })
	b.await("job")
	if _, err := b.queue.Update(context.Background(), "job", func(j *sadi.Job) error {
		j.State, j.Spec.Target, j.Spec.Params.Ignore = sadi.Queued, "species", nil
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if j := b.await("job"); j.State != sadi.Succeeded || j.Error != nil {
		t.Errorf("%s: %v", j.State, j.Error)
	}
}

// A store that loses the data set makes the job fail in the end, not go round for ever.
func TestAJobWithoutItsDataFails(t *testing.T) {
	b := newBench(t)
	if err := b.blobs.Delete(context.Background(), blob.DataName(b.hash)); err != nil {
		t.Fatal(err)
	}
	b.start("a", nil)
	b.submit("job", nil)
	if j := b.await("job"); j.State != sadi.Failed || j.Error == nil || j.Error.Code != sadi.NotFound {
		t.Errorf("%+v", j)
	}
}

// away is a store that can not be reached.
type away struct{ blob.Store }

func (away) Get(context.Context, string) (io.ReadCloser, error) {
	return nil, sadi.Errorf(sadi.Unavailable, "the store is away")
}

func TestAnUnreachableStoreIsTriedAgainAndThenGivenUp(t *testing.T) {
	b := newBench(t)
	b.start("a", func(o *Options) { o.Blobs = away{b.blobs} })
	b.submit("job", nil)
	j := b.await("job")
	if j.State != sadi.Failed || j.Error == nil || j.Error.Code != sadi.Unavailable || j.Attempts < queue.PoisonAttempts {
		t.Errorf("%+v %v", j, j.Error)
	}
}

func TestAPanicIsAFailure(t *testing.T) {
	b := newBench(t)
	b.start("a", func(o *Options) { o.Catalog.Searcher = nil }) // the search will ask it
	b.submit("job", nil)
	if j := b.await("job"); j.State != sadi.Failed || j.Error == nil || j.Error.Code != sadi.Internal {
		t.Errorf("%s %v", j.State, j.Error)
	}
}

func TestASmallJobDoesNotWaitForALargeOne(t *testing.T) {
	b := newBench(t)
	hold := make(chan struct{})
	var large sync.Map
	b.start("a", func(o *Options) {
		o.Slots = 1
		o.Catalog = quick(func(ctx context.Context) error {
			if _, ok := large.LoadOrStore("first", true); ok {
				return nil
			}
			select {
			case <-hold:
			case <-ctx.Done():
			}
			return context.Cause(ctx)
		})
	})
	b.submit("large", nil)
	b.until("large", func(j sadi.Job) bool { return j.Stage == "search" })
	b.submit("small", nil)
	if j := b.await("small"); j.State != sadi.Succeeded {
		t.Errorf("%s %v", j.State, j.Error)
	}
	close(hold)
	if j := b.await("large"); j.State != sadi.Succeeded {
		t.Errorf("%s %v", j.State, j.Error)
	}
}

func TestNoSlots(t *testing.T) {
	if _, err := New(Options{Dir: t.TempDir()}); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("got %v", err)
	}
}

func TestHoldersSurviveNonsense(t *testing.T) {
	l := &loans{out: map[int]*loan{}, over: true}
	for _, text := range []string{"", "{}", "null", `{"do":"give","loan":7}`, `{"do":"take"}`, `{"do":"keep","loan":-1}`, "\xff"} {
		var r reply
		if err := json.Unmarshal(l.answer(context.Background(), []byte(text)), &r); err != nil || r.Task != nil || r.Loan != 0 {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
	}
}
