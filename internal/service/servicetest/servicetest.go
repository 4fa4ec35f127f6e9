// Package servicetest is a service that lives in memory, with a worker that does its jobs, for tests of what stands on it.
package servicetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/catalog"
	"sadi/internal/engine"
	"sadi/internal/fsx"
	"sadi/internal/pack"
	"sadi/internal/queue/queuetest"
	"sadi/internal/service"
)

// World is a service with all that it stands on.
type World struct {
	*service.Service
	Queue *queuetest.Memory
	Blobs *Blobs
	Root  string // the data root
}

// New makes a world whose data root has incoming/sample.csv.
func New(t testing.TB, limits service.Limits) *World {
	t.Helper()
	w := &World{Queue: queuetest.NewMemory(0), Blobs: &Blobs{}, Root: t.TempDir()}
	w.Write(t, "incoming/sample.csv", Sample(120))
	var err error
	w.Service, err = service.New(service.Options{Queue: w.Queue, Blobs: w.Blobs, DataRoot: w.Root, Private: []string{"jetstream"},
		Models: catalog.Models(), Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Service.Close() })
	return w
}

// Sample is a table of n rows whose column bought follows from the others.
func Sample(n int) string {
	var b strings.Builder
	b.WriteString("age,city,member,since,bought\n")
	for i := range n {
		age := 20 + i*37%50
		city := []string{"Lima", "Quito", "Bogotá"}[i%3]
		member := []string{"no", "yes"}[i/3%2]
		bought := "no"
		if age > 42 || member == "yes" && i%3 == 0 {
			bought = "yes"
		}
		fmt.Fprintf(&b, "%d,%s,%s,%02d/%02d/2024,%s\n", age, city, member, 1+i%28, 1+i%12, bought)
	}
	return b.String()
}

// Write makes a file below the data root.
func (w *World) Write(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join(w.Root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Spec is a request for a small job on the sample.
func Spec() sadi.Spec {
	return sadi.Spec{Input: "data/incoming/sample.csv", Target: "bought", TaskType: sadi.Auto,
		Params: sadi.Params{Models: []string{"logistic_regression"}, Budget: sadi.Budget{Trials: 2}}}
}

// Done submits a job and does it.
func (w *World) Done(t testing.TB, spec sadi.Spec) sadi.Job {
	t.Helper()
	j, _, err := w.Submit(t.Context(), service.Submission{Spec: spec})
	if err != nil {
		t.Fatal(err)
	}
	w.Work(t)
	j, err = w.Queue.Job(t.Context(), j.ID)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// Work takes the next job and does it as a worker does: what it leaves goes to the store, the record and the events tell.
func (w *World) Work(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l, err := w.Queue.Take(ctx, "worker")
	if err != nil {
		t.Fatal(err)
	}
	j := l.Job()
	scratch := t.TempDir()
	path, dir := filepath.Join(scratch, j.DatasetName), filepath.Join(scratch, "out")
	data, err := w.Blobs.value(blob.DataName(j.DatasetHash))
	if err == nil {
		err = fsx.WriteFile(path, data)
	}
	if err != nil {
		t.Fatal(err)
	}
	publish := func(e sadi.Event) {
		if err := w.Queue.Publish(ctx, j.ID, e); err != nil {
			t.Error(err)
		}
	}
	res, err := engine.Run(l.Context(), engine.Job{ID: j.ID, Spec: j.Spec, Path: path, Dir: dir, Catalog: catalog.Engine(),
		Observer: sadi.ObserverFunc(publish), Expect: j.DatasetHash})
	end := w.verdict(t, j, res, dir, err)
	if _, err := l.Update(ctx, end); err != nil {
		t.Fatal(err)
	}
	if err := l.Done(ctx); err != nil {
		t.Fatal(err)
	}
	if err == nil || sadi.CodeOf(err) != sadi.TargetUnclear {
		publish(sadi.Event{Time: time.Now(), Kind: sadi.EventFinish, Text: "finished"})
	}
}

// verdict is the change of the record with which a job ends.
func (w *World) verdict(t testing.TB, j sadi.Job, res *engine.Result, dir string, failure error) func(*sadi.Job) error {
	t.Helper()
	now := time.Now().UTC()
	if failure != nil {
		var e *sadi.Error
		if !errors.As(failure, &e) {
			e = sadi.Errorf(sadi.Internal, "%w", failure)
		}
		return func(j *sadi.Job) error {
			if j.State, j.Error = sadi.Failed, e; e.Code == sadi.TargetUnclear {
				j.State, j.Error, j.Candidates = sadi.NeedsTarget, nil, []sadi.TargetCandidate{{Column: "?", Why: e.Message}}
				return nil
			}
			j.Finished = &now
			return nil
		}
	}
	sum, left, err := pack.Put(t.Context(), w.Blobs, dir)
	if err != nil {
		t.Fatal(err)
	}
	o := res.Outcome(dir)
	return func(j *sadi.Job) error {
		j.State, j.Finished, j.Outcome, j.Pack, j.Artifacts = sadi.Succeeded, &now, &o, sum, left
		return nil
	}
}
