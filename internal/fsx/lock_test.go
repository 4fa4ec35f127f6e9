package fsx

import (
	"path/filepath"
	"testing"

	"sadi"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("a lock that is taken: %v", err)
	}
	unlock()
	unlock, err = Lock(path)
	if err != nil {
		t.Fatalf("a lock that was given back: %v", err)
	}
	unlock()
	if _, err := Lock(filepath.Join(t.TempDir(), "none", "lock")); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("no folder: %v", err)
	}
}
