// Package blobtest is the conformance suite of blob.Store.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"sadi"
	"sadi/internal/blob"
)

// Run holds a store to the contract. open gives an empty one for each check.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for _, c := range []struct {
		name string
		run  func(*suite)
	}{
		{"what_is_put_is_got", (*suite).checkRoundTrip},
		{"a_value_is_replaced", (*suite).checkReplace},
		{"unknown_names", (*suite).checkUnknown},
		{"bad_names", (*suite).checkNames},
		{"whole_or_not_at_all", (*suite).checkWhole},
		{"a_hash_is_kept", (*suite).checkHash},
		{"a_section_is_a_part", (*suite).checkSection},
		{"lists_are_sorted", (*suite).checkList},
		{"a_context_ends_a_put", (*suite).checkContext},
		{"many_at_a_time", (*suite).checkConcurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(&suite{t, open(t)}) })
	}
}

type suite struct {
	*testing.T
	store blob.Store
}

// Data is n bytes that do not compress, and their name.
func Data(n int, seed byte) (data []byte, name string) {
	data = make([]byte, 0, n+sha256.Size)
	for h := sha256.Sum256([]byte{seed}); len(data) < n; h = sha256.Sum256(h[:]) {
		data = append(data, h[:]...)
	}
	data = data[:n]
	sum := sha256.Sum256(data)
	return data, blob.DataName(hex.EncodeToString(sum[:]))
}

func (s *suite) put(name string, data []byte) {
	s.Helper()
	if err := s.store.Put(s.Context(), name, bytes.NewReader(data)); err != nil {
		s.Fatalf("put %s: %v", name, err)
	}
}

func (s *suite) get(name string) []byte {
	s.Helper()
	r, err := s.store.Get(s.Context(), name)
	if err != nil {
		s.Fatalf("get %s: %v", name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		s.Fatalf("read %s: %v", name, err)
	}
	return data
}

func (s *suite) has(name string, want bool) {
	s.Helper()
	if got, err := s.store.Has(s.Context(), name); err != nil || got != want {
		s.Errorf("has %s: %v, %v; want %v", name, got, err, want)
	}
}

func (s *suite) checkRoundTrip() {
	for _, n := range []int{0, 1, 1000, 256 << 10, 256<<10 + 1, 3 << 20} {
		data, name := Data(n, 1)
		for _, name := range []string{name, "jobs/a-1/model_2.bin"} {
			s.put(name, data)
			if got := s.get(name); !bytes.Equal(got, data) {
				s.Errorf("%d bytes as %s come back as %d others", n, name, len(got))
			}
			s.has(name, true)
		}
	}
	data, _ := Data(300<<10, 2)
	if err := s.store.Put(s.Context(), "slow", iotest.OneByteReader(bytes.NewReader(data[:3000]))); err != nil {
		s.Fatal(err)
	}
	if got := s.get("slow"); !bytes.Equal(got, data[:3000]) {
		s.Errorf("a slow reader's value has %d bytes", len(got))
	}
}

func (s *suite) checkReplace() {
	long, _ := Data(600<<10, 1)
	s.put("a/value", long)
	s.put("a/value", []byte("short"))
	if got := s.get("a/value"); string(got) != "short" {
		s.Errorf("got %d bytes", len(got))
	}
}

func (s *suite) checkUnknown() {
	_, name := Data(10, 1)
	for _, name := range []string{name, "none", "none/at/all"} {
		s.has(name, false)
		if _, err := s.store.Get(s.Context(), name); sadi.CodeOf(err) != sadi.NotFound {
			s.Errorf("get %s: %v", name, err)
		}
		if err := s.store.Delete(s.Context(), name); err != nil {
			s.Errorf("delete %s: %v", name, err)
		}
	}
	s.put("none/at/all", nil)
	s.has("none/at", false) // a folder is no value
	if _, err := s.store.Get(s.Context(), "none/at"); sadi.CodeOf(err) != sadi.NotFound {
		s.Errorf("get of a folder: %v", err)
	}
	if err := s.store.Delete(s.Context(), "none/at/all"); err != nil {
		s.Fatal(err)
	}
	s.has("none/at/all", false)
}

func (s *suite) checkNames() {
	for _, name := range []string{"", "/", "/etc/passwd", "..", "../a", "a/../b", "a//b", "a/", ".hidden", "a/.b", "a b", "a\\b", "a\x00b", "ü",
		"c:/a", "a?b", "a*", "$x", strings.Repeat("a", 513)} {
		if err := s.store.Put(s.Context(), name, strings.NewReader("x")); sadi.CodeOf(err) != sadi.BadUsage {
			s.Errorf("put %q: %v", name, err)
		}
		if _, err := s.store.Get(s.Context(), name); sadi.CodeOf(err) != sadi.BadUsage {
			s.Errorf("get %q: %v", name, err)
		}
		if _, err := s.store.Has(s.Context(), name); sadi.CodeOf(err) != sadi.BadUsage {
			s.Errorf("has %q: %v", name, err)
		}
		if err := s.store.Delete(s.Context(), name); sadi.CodeOf(err) != sadi.BadUsage {
			s.Errorf("delete %q: %v", name, err)
		}
	}
	if names, err := s.store.List(s.Context(), ""); err != nil || len(names) > 0 {
		s.Errorf("the store has %v, %v", names, err)
	}
}

func (s *suite) checkWhole() {
	broken := errors.New("the source is broken")
	data, name := Data(700<<10, 1)
	s.put("old", []byte("old"))
	for _, name := range []string{name, "new", "old"} {
		err := s.store.Put(s.Context(), name, io.MultiReader(bytes.NewReader(data[:600<<10]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			s.Errorf("put %s: %v, want the error of the reader", name, err)
		}
		s.has(name, name == "old")
	}
	if got := s.get("old"); string(got) != "old" {
		s.Errorf("a put that failed replaced the value by %d bytes", len(got))
	}
}

func (s *suite) checkHash() {
	data, name := Data(300<<10, 1)
	if err := s.store.Put(s.Context(), name, bytes.NewReader(data[1:])); sadi.CodeOf(err) != sadi.Corrupt {
		s.Errorf("content that is not what its name says: %v", err)
	}
	s.has(name, false)
	s.put(name, data)
	s.put(name, data) // again
	if got := s.get(name); !bytes.Equal(got, data) {
		s.Error("the content changed")
	}
}

func (s *suite) checkSection() {
	data, name := Data(300<<10, 1)
	for _, name := range []string{name, "transient/value"} {
		s.put(name, data)
		for _, part := range [][2]int{{0, len(data)}, {0, 1}, {256<<10 - 1, 2}, {1000, 0}, {len(data) - 7, 7}, {len(data), 0}} {
			r, err := blob.Section(s.Context(), s.store, name, int64(part[0]), int64(part[1]))
			if err != nil {
				s.Fatalf("section %v of %s: %v", part, name, err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, data[part[0]:part[0]+part[1]]) {
				s.Errorf("section %v of %s: %d other bytes, %v", part, name, len(got), err)
			}
			if err := r.Close(); err != nil {
				s.Error(err)
			}
		}
	}
	if _, err := blob.Section(s.Context(), s.store, "none", 0, 1); sadi.CodeOf(err) != sadi.NotFound {
		s.Errorf("section of an unknown name: %v", err)
	}
}

func (s *suite) checkList() {
	for _, name := range []string{"b/2", "b/10", "a", "b/1/x", "bc/1", "c"} {
		s.put(name, []byte(name))
	}
	for prefix, want := range map[string]string{"": "a b/1/x b/10 b/2 bc/1 c", "b": "b/1/x b/10 b/2 bc/1", "b/": "b/1/x b/10 b/2",
		"b/1": "b/1/x b/10", "none": "", "none/": "", "a": "a"} {
		names, err := s.store.List(s.Context(), prefix)
		if err != nil || strings.Join(names, " ") != want || !slices.IsSorted(names) {
			s.Errorf("list %q: %v, %v; want %v", prefix, names, err, want)
		}
	}
}

func (s *suite) checkContext() {
	ctx, cancel := context.WithCancel(s.Context())
	data, _ := Data(1<<20, 1)
	cut := readFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, data), nil // never ends
	})
	if err := s.store.Put(ctx, "cut", cut); !errors.Is(err, context.Canceled) {
		s.Errorf("put: %v", err)
	}
	s.has("cut", false)
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

func (s *suite) checkConcurrent() {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			data, name := Data(100<<10, byte(i%2)) // four at a time put the same
			if err := s.store.Put(s.Context(), name, bytes.NewReader(data)); err != nil {
				s.Error(err)
				return
			}
			r, err := s.store.Get(s.Context(), name)
			if err != nil {
				s.Error(err)
				return
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
				s.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
	all.Wait()
}
