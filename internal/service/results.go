package service

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/manifest"
	"sadi/internal/pack"
	"sadi/internal/queue"
)

// results remembers which jobs may still end and whose folders lie on this machine.
type results struct {
	mu      sync.Mutex
	pending []string        // jobs that were last seen before their end, in turn
	waiting map[string]bool // the same
	done    map[string]bool
	writing sync.Mutex // one folder at a time
}

// How often jobs are looked at. Many pending ones are looked at in turn.
const (
	lookEvery = 500 * time.Millisecond
	lookAt    = 64 // jobs at a time
	scanEvery = time.Minute
)

func (r *results) expect(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done[id] && !r.waiting[id] {
		r.pending = append(r.pending, id)
		r.waiting[id] = true
	}
}

func (r *results) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.done, id)
	delete(r.waiting, id)
	r.pending = slices.DeleteFunc(r.pending, func(p string) bool { return p == id })
}

// next takes some pending jobs off the list.
func (r *results) next() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(lookAt, len(r.pending))
	ids := slices.Clone(r.pending[:n])
	r.pending = r.pending[n:]
	for _, id := range ids {
		delete(r.waiting, id)
	}
	return ids
}

// finish remembers that a job needs no more attention, and reports whether that is new.
func (r *results) finish(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.done[id]
	r.done[id] = true
	return !was
}

func (r *results) knows(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done[id]
}

// OnFinish calls f once for every job that is seen to end from now on, with its manifest where it has one.
func (s *Service) OnFinish(f func(sadi.Job, *manifest.Manifest)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onFinish = append(s.onFinish, f)
}

// Run brings the results of jobs to this machine as they end, until ctx does. failed is told what did not work; it is
// tried again.
func (s *Service) Run(ctx context.Context, failed func(id string, err error)) {
	var scanned time.Time
	for first := true; ; first = false {
		if time.Since(scanned) >= scanEvery {
			if err := s.scan(ctx, first); err != nil {
				failed("", err)
			} else {
				scanned = time.Now()
			}
		}
		for _, id := range s.results.next() {
			switch err := s.attend(ctx, id, true); {
			case sadi.CodeOf(err) == sadi.NotFound:
			case err != nil:
				failed(id, err)
				s.results.expect(id)
			}
		}
		if !sleep(ctx, lookEvery) {
			return
		}
	}
}

// scan finds jobs that were submitted elsewhere, or before this process was there: the first time all, later as far as
// there are unknown ones.
func (s *Service) scan(ctx context.Context, all bool) error {
	f := queue.Filter{Limit: 500}
	for {
		page, err := s.queue.List(ctx, f)
		if err != nil {
			return err
		}
		unknown := false
		for _, j := range page.Jobs {
			switch {
			case s.results.knows(j.ID):
			case all && j.State.Final():
				// It ended before this process began: its folder is brought, and nobody is told.
				unknown = true
				if err := s.attend(ctx, j.ID, false); err != nil {
					s.results.expect(j.ID)
				}
			default:
				unknown = true
				s.results.expect(j.ID)
			}
		}
		if f.After = page.Next; f.After == "" || !unknown {
			return nil
		}
	}
}

// attend looks at a job: one that goes on is looked at again later, one that ended is brought here.
func (s *Service) attend(ctx context.Context, id string, tell bool) error {
	j, err := s.job(ctx, id)
	if err != nil {
		return err
	}
	if !j.State.Final() {
		s.results.expect(id)
		return nil
	}
	if err := s.Materialize(ctx, j); err != nil {
		return err
	}
	if !s.results.finish(id) || !tell {
		return nil
	}
	var m *manifest.Manifest
	if j.State == sadi.Succeeded {
		if m, err = manifest.Read(s.jobDir(id)); err != nil {
			m = nil // damaged by hand since: the figures of one job are missing then
		}
	}
	s.mu.Lock()
	told := slices.Clone(s.onFinish)
	s.mu.Unlock()
	for _, f := range told {
		f(j, m)
	}
	return nil
}

// Materialize writes the files of a job that has ended to its folder below the data root, unless they are there. The
// manifest comes last: a folder without one is not a result.
func (s *Service) Materialize(ctx context.Context, j sadi.Job) error {
	s.results.writing.Lock()
	defer s.results.writing.Unlock()
	if pack.Find(j.Artifacts, artifact.Manifest) < 0 {
		return nil
	}
	dir := s.jobDir(j.ID)
	if _, err := os.Lstat(filepath.Join(dir, artifact.Manifest)); err == nil {
		return nil
	}
	return pack.Unpack(ctx, s.blobs, j.Pack, j.Artifacts, dir, artifact.Manifest)
}
