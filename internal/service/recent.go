package service

import "sync"

// recent keeps the values that were put last, by key, up to a bound.
type recent[V any] struct {
	bound int

	mu   sync.Mutex
	kept map[string]V
	keys []string // the oldest first
}

func newRecent[V any](bound int) *recent[V] { return &recent[V]{bound: bound, kept: map[string]V{}} }

func (r *recent[V]) find(key string) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.kept[key]
	return v, ok
}

func (r *recent[V]) put(key string, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.kept[key]; !ok {
		r.keys = append(r.keys, key)
	}
	r.kept[key] = v
	if len(r.keys) > r.bound {
		delete(r.kept, r.keys[0])
		r.keys = r.keys[1:]
	}
}
