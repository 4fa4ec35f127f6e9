package worker

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/manifest"
)

// told is a tracking that remembers what it was told.
type told struct {
	mu    sync.Mutex
	kinds []string
	end   string // "" = not yet
	files int    // of the result, at its end
}

func (l *told) Observe(e sadi.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kinds = append(l.kinds, e.Kind)
}

func (l *told) Observed() *manifest.MLflow {
	return &manifest.MLflow{TrackingURI: "http://mlflow:5000", ExperimentID: "3", RunID: "abc"}
}

func (l *told) Finish(state sadi.State, cause error, dir string, passing bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = fmt.Sprintf("%s, error %v, passing %v", state, cause != nil, passing)
	if entries, err := os.ReadDir(dir); err == nil {
		l.files = len(entries)
	}
}

func (l *told) Abandon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = "abandoned"
}

// tracks gives an option to workers that makes their jobs known here, by worker.
func tracks(name string, all map[string]*told, mu *sync.Mutex) func(*Options) {
	return func(o *Options) {
		o.Track = func(sadi.Job) Tracking {
			mu.Lock()
			defer mu.Unlock()
			all[name] = &told{}
			return all[name]
		}
	}
}

func TestAJobIsToldToWhoTracksIt(t *testing.T) {
	b := newBench(t)
	var mu sync.Mutex
	all := map[string]*told{}
	_, stop, _ := b.start("a", tracks("a", all, &mu))
	b.submit("job", nil)
	j := b.await("job")
	stop()
	l := all["a"]
	if l.end != "succeeded, error false, passing true" || l.files == 0 || l.kinds[0] != sadi.EventStage || !slices.Contains(l.kinds, sadi.EventTrial) || !slices.Contains(l.kinds, sadi.EventLearned) {
		t.Errorf("%q, %d files, %v", l.end, l.files, l.kinds)
	}
	m := b.manifest(j)
	if m.MLflowRunID == nil || *m.MLflowRunID != "abc" || m.Observed.MLflow.ExperimentID != "3" || m.Digest != b.alone(nil) {
		t.Errorf("%v, %+v, digest %s", m.MLflowRunID, m.Observed.MLflow, m.Digest)
	}
	for n, err := range b.queue.Events(context.Background(), "job", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n.Event.Kind == sadi.EventLearned {
			t.Error("the job's log holds what is for this process alone")
		}
	}
}

func TestWhoTracksHearsHowAJobEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*sadi.Spec)
		want   string
	}{
		{"failed", func(s *sadi.Spec) { s.Target = "kind" }, "failed, error true, passing true"},
		{"asks", func(s *sadi.Spec) { s.Target = ""; s.Params.Ignore = []string{"species", "sex", "island"} }, "needs_target, error true, passing true"},
	} {
		b := newBench(t)
		var mu sync.Mutex
		all := map[string]*told{}
		_, stop, _ := b.start("a", tracks("a", all, &mu))
		b.submit("job", c.change)
		b.await("job")
		stop()
		if got := all["a"].end; got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestALeavingWorkerAbandonsTheTelling(t *testing.T) {
	b := newBench(t)
	var mu sync.Mutex
	all := map[string]*told{}
	_, stop, _ := b.start("a", func(o *Options) {
		o.Catalog = quick(dawdle(300 * time.Millisecond))
		tracks("a", all, &mu)(o)
	})
	b.submit("job", nil)
	b.until("job", func(j sadi.Job) bool { return j.State == sadi.Running && j.Stage == "search" })
	stop()
	if got := all["a"].end; got != "abandoned" {
		t.Errorf("%q", got)
	}
}
