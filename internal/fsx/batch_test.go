package fsx

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestBatchAppearsTogether(t *testing.T) {
	dir := t.TempDir()
	var b Batch
	for i := range 100 {
		f, err := b.Create(filepath.Join(dir, fmt.Sprintf("%03d", i)))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, i)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "[0-9]*")); len(found) > 0 {
		t.Errorf("%d files appeared before Commit", len(found))
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	b.Abort()
	for i := range 100 {
		if got, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%03d", i))); err != nil || string(got) != fmt.Sprint(i) {
			t.Fatalf("file %d: %q, %v", i, got, err)
		}
	}
}

func TestBatchThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	var b Batch
	for i := range 3 {
		f, err := b.Create(filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			f.f.Close() // so that it can not be written
		}
		fmt.Fprint(f, i)
	}
	if err := b.Commit(); err == nil {
		t.Fatal("no error")
	}
	if got := entries(t, dir); got != "" {
		t.Errorf("the folder holds %q", got)
	}
}
