package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/blob/blobtest"
)

func dir(t *testing.T) *blob.Dir {
	t.Helper()
	d, err := blob.NewDir(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDir(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return dir(t) })
}

func TestCacheIsAStore(t *testing.T) {
	for _, bytes := range []int64{100, 400 << 10, 1 << 30} { // nothing fits, some, all
		blobtest.Run(t, func(t *testing.T) blob.Store { return cache(t, dir(t), t.TempDir(), bytes) })
	}
}

func cache(t *testing.T, behind blob.Store, folder string, bytes int64) *blob.Cache {
	t.Helper()
	c, err := blob.NewCache(behind, folder, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// counter counts what is asked of the store behind a cache.
type counter struct {
	blob.Store
	gets atomic.Int64
	gate chan struct{} // when it is there, nothing is given before it is closed
}

func (c *counter) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	c.gets.Add(1)
	if c.gate != nil {
		select {
		case <-c.gate:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return c.Store.Get(ctx, name)
}

func read(t *testing.T, s blob.Store, name string) []byte {
	t.Helper()
	r, err := s.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func put(t *testing.T, s blob.Store, size int, seed byte) (name string) {
	t.Helper()
	data, name := blobtest.Data(size, seed)
	if err := s.Put(t.Context(), name, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return name
}

// The least recently used value goes first, over a restart too, and the folder keeps to its bound.
func TestCacheForgetsTheOldest(t *testing.T) {
	behind, folder := &counter{Store: dir(t)}, t.TempDir()
	c := cache(t, behind, folder, 3500)
	var names []string
	for i := range 5 {
		names = append(names, put(t, behind, 1000, byte(i)))
	}
	asked := func(c *blob.Cache, i int, want int64) {
		t.Helper()
		before := behind.gets.Load()
		if data, _ := blobtest.Data(1000, byte(i)); !bytes.Equal(read(t, c, names[i]), data) {
			t.Fatalf("value %d is another one", i)
		}
		if got := behind.gets.Load() - before; got != want {
			t.Errorf("value %d: %d downloads, want %d", i, got, want)
		}
		if n := size(t, folder); n > 3500 {
			t.Errorf("the folder has %d bytes", n)
		}
	}
	for i := range 3 {
		asked(c, i, 1)
	}
	asked(c, 0, 0)
	asked(c, 3, 1) // in place of 1
	asked(c, 0, 0)
	asked(c, 1, 1) // in place of 2
	again := cache(t, behind, folder, 2500)
	asked(again, 0, 0)
	asked(again, 1, 0)
	asked(again, 3, 1) // the oldest of the three did not fit
}

func size(t *testing.T, folder string) (n int64) {
	t.Helper()
	err := filepath.Walk(folder, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Readers that come while a value is brought wait for it.
func TestCacheDownloadsOnce(t *testing.T) {
	behind := &counter{Store: dir(t), gate: make(chan struct{})}
	c := cache(t, behind, t.TempDir(), 1<<20)
	name := put(t, behind, 100_000, 1)
	first, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { // the one that asks gives up; another takes over
		if _, err := c.Get(first, name); !errors.Is(err, context.Canceled) {
			t.Errorf("the first one: %v", err)
		}
	})
	for behind.gets.Load() == 0 {
	}
	for range 8 {
		all.Go(func() {
			r, err := c.Get(t.Context(), name)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if n, err := io.Copy(io.Discard, r); err != nil || n != 100_000 {
				t.Errorf("got %d bytes, %v", n, err)
			}
		})
	}
	cancel()
	close(behind.gate)
	all.Wait()
	if n := behind.gets.Load(); n != 2 {
		t.Errorf("%d downloads, want the one that was given up and another", n)
	}
}

// A file that was damaged on the disk is noticed, and brought anew.
func TestCacheDamage(t *testing.T) {
	behind, folder := &counter{Store: dir(t)}, t.TempDir()
	c := cache(t, behind, folder, 1<<20)
	name := put(t, behind, 1000, 1)
	read(t, c, name)
	path := filepath.Join(folder, filepath.FromSlash(name))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[500] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := c.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); sadi.CodeOf(err) != sadi.Corrupt {
		t.Errorf("damaged bytes: %v", err)
	}
	r.Close()
	read(t, c, name)
	if err := os.Remove(path); err != nil { // as another process may
		t.Fatal(err)
	}
	read(t, c, name)
	if n := behind.gets.Load(); n != 3 {
		t.Errorf("%d downloads, want 3", n)
	}
}

func TestSHA256(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	for name, want := range map[string]bool{blob.DataName(sum): true, sum: false, "sha256/": false, "sha256/" + sum[1:]: false,
		"sha256/" + strings.ToUpper(sum): false, "sha256/" + sum + "0": false, "x/sha256/" + sum: false} {
		if got, ok := blob.SHA256(name); ok != want || ok && got != sum {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
}

func FuzzDirNames(f *testing.F) {
	for _, s := range []string{"a", "../a", "a/../../b", "sha256/x", "CON", "a.", "a/b.c", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		root := t.TempDir()
		d, err := blob.NewDir(filepath.Join(root, "in"))
		if err != nil {
			t.Fatal(err)
		}
		err = d.Put(t.Context(), name, strings.NewReader("x"))
		if err == nil && !blob.Valid(name) {
			t.Errorf("%q was accepted", name)
		}
		if entries, _ := os.ReadDir(root); len(entries) != 1 {
			t.Errorf("%q left its folder: %v", name, entries)
		}
	})
}
