package fsx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
)

// /dev/full answers every write as a full disk does.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	a, err := Create(filepath.Join(dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	a.f.Close()
	a.f = full
	var failed error
	for range 10 { // the buffer hides the first writes
		if _, failed = a.Write(make([]byte, 1<<14)); failed != nil {
			break
		}
	}
	for _, err := range []error{failed, a.Commit()} {
		if sadi.CodeOf(err) != sadi.Unavailable || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), "free some space") {
			t.Errorf("got %v", err)
		}
	}
	if got := entries(t, dir); got != "" {
		t.Errorf("the folder holds %q", got)
	}
}
