package servicetest

import (
	"bytes"
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"sadi"
	"sadi/internal/blob"
)

// Blobs is a store in memory.
type Blobs struct {
	mu   sync.Mutex
	kept map[string][]byte
	Puts int    // how often something was put
	Fail func() // called by each Get, for tests of what fails
}

var _ blob.Store = (*Blobs)(nil)

// Put keeps a value.
func (b *Blobs) Put(_ context.Context, name string, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if !blob.Valid(name) {
		return sadi.Errorf(sadi.Internal, "%q is no name of a blob", name)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept == nil {
		b.kept = map[string][]byte{}
	}
	b.kept[name] = data
	b.Puts++
	return nil
}

// keep puts bytes under the name of their content.

func (b *Blobs) value(name string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok := b.kept[name]
	if !ok {
		return nil, sadi.Errorf(sadi.NotFound, "there is no blob %q", name)
	}
	return data, nil
}

// Get opens a value.
func (b *Blobs) Get(_ context.Context, name string) (io.ReadCloser, error) {
	if b.Fail != nil {
		b.Fail()
	}
	data, err := b.value(name)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// Has reports whether there is a value.
func (b *Blobs) Has(_ context.Context, name string) (bool, error) {
	_, err := b.value(name)
	return err == nil, nil
}

// Delete forgets a value.
func (b *Blobs) Delete(_ context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.kept, name)
	return nil
}

// List returns names.
func (b *Blobs) List(_ context.Context, prefix string) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.kept)), func(n string) bool { return !strings.HasPrefix(n, prefix) }), nil
}
