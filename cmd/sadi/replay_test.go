package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The name of the file is in the record; that it has another one today is no other result.
func TestReplayOfAFileThatWasRenamed(t *testing.T) {
	data := t.TempDir()
	file := spanish(t, data, 120)
	o := fresh(t, "run", file, "--target", "precio", "--models", "ridge", "--budget", "2trials", "--data", data, "--json")
	moved := filepath.Join(data, "moved.csv")
	if err := os.Rename(file, moved); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, "replay", o.Dir, "--input", moved, "--data", data); code != exitDone || !strings.Contains(out, o.Digest) {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}
