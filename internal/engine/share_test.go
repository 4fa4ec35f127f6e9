package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/model"
	"sadi/internal/param"
)

// memory is a blob.Store for tests.
type memory struct {
	mu    sync.Mutex
	files map[string][]byte
	deaf  bool // nothing can be kept
}

func (m *memory) Put(_ context.Context, name string, r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.deaf {
		return errors.New("no room")
	}
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	m.files[name] = b
	return nil
}

func (m *memory) Get(_ context.Context, name string) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.files[name]
	if !ok {
		return nil, sadi.Errorf(sadi.NotFound, "there is no %s", name)
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (m *memory) Has(_ context.Context, name string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.files[name]
	return ok, nil
}

func (m *memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}

func (m *memory) List(_ context.Context, prefix string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.files {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// counted is an algorithm that counts its fits.
type counted struct {
	model.Model
	fits *atomic.Int64
}

func (c counted) Fit(ctx context.Context, train model.Train, v param.Values) (model.Fitted, error) {
	c.fits.Add(1)
	return c.Model.Fit(ctx, train, v)
}

// counting is the catalogue with fits counted, and one algorithm that always fails.
func counting(fits *atomic.Int64) engine.Catalog {
	c := withBooster()
	for i := range c.Models {
		c.Models[i] = counted{c.Models[i], fits}
	}
	c.Models = append(c.Models, &odd{name: "broken", before: func(context.Context, model.Train) error { return errors.New("it never works") }})
	return c
}

func TestHelpersGiveTheSameRecord(t *testing.T) {
	path := shop(240).write(t)
	plain := func(j *engine.Job) {
		j.Spec.Params.HPO, j.Spec.Params.Budget.Trials, j.Catalog = true, 10, counting(new(atomic.Int64))
	}
	want := run(t, job(t, path, plain))

	var given atomic.Int64
	shared := job(t, path, plain)
	shared.Folds, shared.Spec.Params.Jobs = &memory{}, 1
	var helping sync.WaitGroup
	shared.Share = func(s *engine.Shared) func() {
		ctx, stop := context.WithCancel(context.Background())
		for k := range 3 {
			helping.Go(func() { help(t, ctx, s, shared, k, &given) })
		}
		return stop
	}
	got := run(t, shared)
	helping.Wait()
	sameDigest(t, got.Manifest, want.Manifest)
	if given.Load() == 0 {
		t.Error("the helpers had nothing to do")
	}
}

// help takes folds as long as ctx lives. The helpers misbehave in turn: some tasks come back undone, and of some it is
// said that they are done when they are not.
func help(t *testing.T, ctx context.Context, s *engine.Shared, j engine.Job, k int, given *atomic.Int64) {
	var h *engine.Helper
	for n := 0; ctx.Err() == nil; n++ {
		task, ok := s.Take()
		if !ok {
			time.Sleep(time.Millisecond)
			continue
		}
		switch (n + k) % 5 {
		case 3:
			s.Back(task)
			continue
		case 4:
			s.Give(task)
			continue
		}
		if h == nil {
			own := job(t, j.Path, func(o *engine.Job) { o.Spec, o.Catalog, o.Folds = j.Spec, j.Catalog, j.Folds })
			own.ID, own.Dir = j.ID, ""
			var err error
			if h, err = engine.Prepare(ctx, own, task.Clock); err != nil {
				if ctx.Err() == nil {
					t.Error(err)
				}
				s.Back(task)
				return
			}
		}
		failed, err := h.Fold(ctx, task)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				t.Error(err)
			}
			s.Back(task)
		case failed != nil:
			s.Fail(task, failed.Error())
		default:
			given.Add(1)
			s.Give(task)
		}
	}
}

func TestAJobBegunAgainComputesOnlyTheRest(t *testing.T) {
	path := shop(240).write(t)
	var whole atomic.Int64
	plain := func(fits *atomic.Int64, folds *memory) func(*engine.Job) {
		return func(j *engine.Job) {
			j.Spec.Params.HPO, j.Spec.Params.Budget.Trials, j.Catalog = true, 12, counting(fits)
			if folds != nil {
				j.Folds = folds
			}
		}
	}
	want := run(t, job(t, path, plain(&whole, nil)))

	var first, second atomic.Int64
	folds := &memory{}
	died := errors.New("the machine is gone")
	ctx, die := context.WithCancelCause(context.Background())
	j := job(t, path, plain(&first, folds))
	trials := 0
	j.Observer = sadi.ObserverFunc(func(e sadi.Event) {
		if e.Kind == sadi.EventTrial {
			if trials++; trials == 6 {
				die(died)
			}
		}
	})
	if _, err := engine.Run(ctx, j); err == nil {
		t.Fatal("the job should have died")
	}
	kept, _ := folds.List(context.Background(), engine.FoldPrefix("test"))
	if len(kept) < 10 {
		t.Fatalf("only %d folds were kept", len(kept))
	}
	folds.files[kept[3]] = []byte("not a fold")           // damaged: computed again
	folds.files[kept[4]] = folds.files[kept[len(kept)-1]] // of another configuration: computed again

	got := run(t, job(t, path, plain(&second, folds)))
	sameDigest(t, got.Manifest, want.Manifest)
	if limit := whole.Load() - int64(len(kept)) + 2; second.Load() > limit {
		t.Errorf("the second attempt fitted %d models of %d, though %d folds were kept", second.Load(), whole.Load(), len(kept))
	}
}

func TestAStoreThatKeepsNothingCostsNothing(t *testing.T) {
	path := shop(200).write(t)
	want := run(t, job(t, path, nil))
	got := run(t, job(t, path, func(j *engine.Job) { j.Folds = &memory{deaf: true} }))
	sameDigest(t, got.Manifest, want.Manifest)
	if text := fmt.Sprint(got.Manifest.Observed.Warnings); !strings.Contains(text, "no room") {
		t.Errorf("nobody is told: %s", text)
	}
}
