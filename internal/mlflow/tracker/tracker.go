// Package tracker tells MLflow of jobs: what happens in a job goes to a spool on the disk, and from there to a store of
// runs as fast as the store takes it. A job never waits for it, and what is not delivered stays for later.
package tracker

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sadi"
	"sadi/internal/fsx"
	"sadi/internal/manifest"
	"sadi/internal/mlflow"
)

// Job is what a tracker is told of a job as it begins. It is the first file of the spool.
type Job struct {
	ID         string    `json:"job_id"`
	Name       string    `json:"name"` // of the run, for people
	Dataset    string    `json:"dataset"`
	Hash       string    `json:"dataset_hash"`       // SHA-256, hex; "" = not known yet
	Input      string    `json:"input"`              // where the data set came from
	Spec       sadi.Spec `json:"spec"`               // what was asked for
	Target     string    `json:"tracking_uri"`       // of the store, without any password
	Experiment string    `json:"experiment"`         // its name
	User       string    `json:"user,omitempty"`     // who asked
	Start      time.Time `json:"start"`              // of the job
	Held       bool      `json:"held,omitempty"`     // a worker holds it: should that die, another one tells of the job from its beginning
	Repeated   bool      `json:"repeated,omitempty"` // it was begun before, so its runs may be there
}

// Options say where a tracker works.
type Options struct {
	Dir  string                                 // of the spools
	Open func(uri string) (mlflow.Store, error) // the store at an address that a Job has as its Target
	Told func(job string, at *manifest.MLflow)  // when the run of a job is known; nil = nobody asks
	Note func(job, text string)                 // what a person should know: something was not taken
	wait func(context.Context, time.Duration)   // between two attempts; tests do not wait
}

// Tracker tells of jobs. It is safe for concurrent use.
type Tracker struct {
	Options
	ctx  context.Context
	stop context.CancelFunc

	mu     sync.Mutex
	active map[string]*Run // by job
	all    sync.WaitGroup
}

// New makes a tracker.
func New(o Options) *Tracker {
	if o.Told == nil {
		o.Told = func(string, *manifest.MLflow) {}
	}
	if o.Note == nil {
		o.Note = func(string, string) {}
	}
	if o.wait == nil {
		o.wait = pause
	}
	t := &Tracker{Options: o, active: map[string]*Run{}}
	t.ctx, t.stop = context.WithCancel(context.Background())
	return t
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Begin starts to tell of a job.
func (t *Tracker) Begin(j Job) (*Run, error) {
	store, err := t.Open(j.Target)
	if err != nil {
		return nil, err
	}
	s, err := createSpool(t.Dir, j)
	if err != nil {
		return nil, err
	}
	return t.start(s, store), nil
}

// start delivers a spool in the background, after what is still delivered of the same job.
func (t *Tracker) start(s *spool, store mlflow.Store) *Run {
	r := newRun(t, s, store)
	t.mu.Lock()
	before := t.active[s.job.ID]
	t.active[s.job.ID] = r
	t.mu.Unlock()
	t.all.Go(func() {
		if before != nil {
			<-before.done
		}
		r.deliver()
		t.mu.Lock()
		if t.active[s.job.ID] == r {
			delete(t.active, s.job.ID)
		}
		t.mu.Unlock()
	})
	return r
}

// Resume goes on with what earlier processes left in the spools. What a worker did not bring to its end is dropped:
// whoever holds the job now tells of it from its beginning.
func (t *Tracker) Resume() error {
	dirs, err := spools(t.Dir)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if _, err := t.takeUp(dir); err != nil {
			t.Note(filepath.Base(dir), err.Error())
		}
	}
	return nil
}

// takeUp goes on with a spool, unless its process lives.
func (t *Tracker) takeUp(dir string) (*Run, error) {
	s, err := openSpool(dir)
	if err != nil || s == nil {
		return nil, err
	}
	switch {
	case s.ended:
	case s.job.Held:
		return nil, s.remove()
	default: // its process is gone, and nobody goes on with the job
		s.append(record{Time: time.Now().UTC(), Kind: kindEnd, Data: mustJSON(ending{State: sadi.Cancelled, Error: "the process ended before the job did"})})
	}
	store, err := t.Open(s.job.Target)
	if err != nil {
		s.close()
		return nil, err
	}
	return t.start(s, store), nil
}

// Sync delivers what waits in the spools, of one job or (job "") of all, until it is done or ctx ends. It returns what
// still waits.
func (t *Tracker) Sync(ctx context.Context, job string) ([]Waiting, error) {
	dirs, err := spools(t.Dir)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		w, err := look(dir)
		if err != nil || w.Alive || job != "" && w.JobID != job {
			continue
		}
		r, err := t.takeUp(dir)
		if err != nil {
			return nil, err
		}
		if r != nil {
			r.await(ctx, true)
		}
	}
	return List(t.Dir, job)
}

// Close gives what is under way until ctx ends, and leaves the rest for later.
func (t *Tracker) Close(ctx context.Context) {
	t.mu.Lock()
	runs := make([]*Run, 0, len(t.active))
	for _, r := range t.active {
		runs = append(runs, r)
	}
	t.mu.Unlock()
	var waiting sync.WaitGroup
	for _, r := range runs {
		waiting.Go(func() { r.await(ctx, false) })
	}
	waiting.Wait()
	t.stop()
	t.all.Wait()
}

// Waiting is a spool that is not delivered.
type Waiting struct {
	JobID  string `json:"job_id"`
	Target string `json:"tracking_uri"`
	Events int    `json:"events"`           // that wait
	Run    string `json:"run_id,omitempty"` // as far as it is known
	Alive  bool   `json:"alive"`            // a process is at work on it
	Error  string `json:"error,omitempty"`  // why the last attempt failed
}

// List tells what waits in the spools below a folder, of one job or (job "") of all, in the order in which they began.
func List(dir, job string) ([]Waiting, error) {
	dirs, err := spools(dir)
	if err != nil {
		return nil, err
	}
	all := []Waiting{}
	for _, d := range dirs {
		w, err := look(d)
		if err != nil { // a folder that somebody has damaged hides no other
			w = Waiting{JobID: filepath.Base(d), Error: err.Error()}
		}
		if job == "" || w.JobID == job {
			all = append(all, w)
		}
	}
	return all, nil
}

// look tells what a spool holds, without disturbing who works on it.
func look(dir string) (Waiting, error) {
	s, err := readSpool(dir)
	if err != nil {
		return Waiting{}, err
	}
	w := Waiting{JobID: s.job.ID, Target: s.job.Target, Run: s.state.parent().ID, Error: s.state.fault}
	if w.Events, err = s.count(); err != nil {
		return Waiting{}, err
	}
	unlock, err := fsx.Lock(filepath.Join(dir, lockFile))
	if w.Alive = err != nil; err == nil {
		unlock()
	}
	return w, nil
}

// spools are the folders of spools, by name, which begins with the time of the job.
func spools(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the spool of MLflow can not be read: %w", err).At("%s", dir)
	}
	var all []string
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(dir, e.Name(), jobFile)); err == nil {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(all)
	return all, nil
}

func mustJSON(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic("tracker: " + err.Error()) // of types of ours that JSON can carry
	}
	return text
}
