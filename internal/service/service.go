// Package service is what the API does, in words of jobs and data sets; it knows no transport.
package service

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/engine"
	"sadi/internal/host"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/queue"
	"sadi/internal/table"
)

// Options say what a service stands on.
type Options struct {
	Queue    queue.Queue
	Blobs    blob.Store    // data sets and artifacts, where workers find and leave them
	DataRoot string        // input files are read below it, uploads and results are written below it
	Private  []string      // folders directly below the data root that no request may read: the state of servers
	Models   []model.Model // the catalogue
	Limits   Limits
	Pool     *par.Pool // for predictions and profiles; nil = as many goroutines as cores
}

// Limits bound what requests may take; 0 = the default.
type Limits struct {
	Upload   int64 // bytes of an uploaded file; default 2 GiB
	Unpacked int64 // bytes of text in a packed file; default 16 GiB
	Columns  int   // of a data set; default 10,000
	Predict  int64 // bytes of a file to predict; default 1 GiB
	Rows     int   // that are predicted in one JSON request; default 100,000
	Bundles  int64 // bytes of models that are kept decoded; default 512 MiB
}

func (l Limits) withDefaults() Limits {
	l.Upload = cmp.Or(l.Upload, 2<<30)
	l.Unpacked = cmp.Or(l.Unpacked, 16<<30)
	l.Columns = cmp.Or(l.Columns, 10_000)
	l.Predict = cmp.Or(l.Predict, 1<<30)
	l.Rows = cmp.Or(l.Rows, 100_000)
	l.Bundles = cmp.Or(l.Bundles, 512<<20)
	return l
}

// Service does what the routes of the API ask for. It is safe for concurrent use.
type Service struct {
	queue   queue.Queue
	blobs   blob.Store
	root    *os.Root
	dir     string // of the data root, absolute
	private []string
	models  []model.Model
	limits  Limits
	pool    *par.Pool
	started time.Time

	bundles  *bundleCache
	headers  *recent[*table.Table] // by the hash of the file
	profiles *profileCache
	results  results

	mu       sync.Mutex
	onFinish []func(sadi.Job, *manifest.Manifest)
}

// New makes a service; the data root is made when it is not there. Close it.
func New(o Options) (*Service, error) {
	dir, err := filepath.Abs(o.DataRoot)
	if err == nil {
		err = os.MkdirAll(dir, 0o777)
	}
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the data root can not be made: %w", err).At("%s", o.DataRoot)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the data root can not be opened: %w", err).At("%s", dir)
	}
	s := &Service{queue: o.Queue, blobs: o.Blobs, root: root, dir: dir, private: o.Private, models: o.Models,
		limits: o.Limits.withDefaults(), pool: o.Pool, started: time.Now()}
	if s.pool == nil {
		s.pool = par.New(host.Cores())
	}
	s.bundles = newBundleCache(s.limits.Bundles)
	s.headers = newRecent[*table.Table](keptHeaders)
	s.profiles = newProfileCache()
	s.results.done, s.results.waiting = map[string]bool{}, map[string]bool{}
	return s, nil
}

// Close gives back the data root; the queue and the store are their owner's.
func (s *Service) Close() error { return s.root.Close() }

// Limits are the bounds that hold.
func (s *Service) Limits() Limits { return s.limits }

// Models describes the catalogue.
func (s *Service) Models() []model.Description {
	all := make([]model.Description, len(s.models))
	for i, m := range s.models {
		all[i] = model.Describe(m)
	}
	return all
}

// Model describes the algorithms that a name or an alias means: several when the problem decides.
func (s *Service) Model(name string) ([]model.Description, error) {
	var all []model.Description
	for _, m := range engine.Find(s.models, name) {
		all = append(all, model.Describe(m))
	}
	if all == nil {
		return nil, engine.NoModel(s.models, name)
	}
	return all, nil
}

// model finds an algorithm by its own name, as it stands in model files.
func (s *Service) model(name string) (model.Model, error) {
	for _, m := range s.models {
		if m.Name() == name {
			return m, nil
		}
	}
	return nil, engine.NoModel(s.models, name)
}

// jobIDs are the names that jobs can have; others are not looked up.
var jobIDs = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,127}$`)

// job returns a record.
func (s *Service) job(ctx context.Context, id string) (sadi.Job, error) {
	if !jobIDs.MatchString(id) {
		return sadi.Job{}, noJob(id)
	}
	j, err := s.queue.Job(ctx, id)
	if sadi.CodeOf(err) == sadi.NotFound {
		err = noJob(id)
	}
	return j, err
}

func noJob(id string) error {
	return sadi.Errorf(sadi.NotFound, "there is no job %q", shorten(id)).Advise("GET /jobs lists them")
}

// shorten cuts a text that came from outside for use in a message.
func shorten(text string) string {
	if r := []rune(text); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return text
}

// Status is the state of the module.
type Status struct {
	Module     string             `json:"module"`
	Version    string             `json:"version"`
	Revision   string             `json:"revision,omitempty"`
	Started    time.Time          `json:"started"`
	QueueDepth int                `json:"queue_depth"` // jobs that wait
	Jobs       map[sadi.State]int `json:"jobs"`        // by state
	Workers    []queue.Worker     `json:"workers"`     // that live
	Slots      int                `json:"slots"`       // of all workers
	Busy       int                `json:"busy"`        // slots that compute
	Models     int                `json:"models"`      // algorithms registered
}

// Status tells the state of the module.
func (s *Service) Status(ctx context.Context) (Status, error) {
	st := Status{Module: "auto_ml", Version: sadi.Version, Revision: manifest.Revision(), Started: s.started, Models: len(s.models), Jobs: map[sadi.State]int{}}
	counts, err := s.queue.Counts(ctx)
	if err != nil {
		return Status{}, err
	}
	for _, state := range []sadi.State{sadi.Queued, sadi.Running, sadi.NeedsTarget, sadi.Succeeded, sadi.Failed, sadi.Cancelled} {
		st.Jobs[state] = counts[state]
	}
	st.QueueDepth = counts[sadi.Queued]
	if st.Workers, err = s.queue.Workers(ctx); err != nil {
		return Status{}, err
	}
	if st.Workers == nil {
		st.Workers = []queue.Worker{}
	}
	for _, w := range st.Workers {
		st.Slots += w.Slots
		st.Busy += w.Busy
	}
	return st, nil
}

// Ready is the error of a service that can not take jobs now, or nil.
func (s *Service) Ready(ctx context.Context) error {
	if _, err := s.queue.Counts(ctx); err != nil {
		return err
	}
	if _, err := s.root.Stat("."); err != nil {
		return sadi.Errorf(sadi.Unavailable, "the data root can not be read: %w", err)
	}
	return nil
}
