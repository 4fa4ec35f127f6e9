package fsx

import (
	"errors"
	"path/filepath"
	"sync"
)

// Batch writes many files that are to be on the disk together. Waiting for the disk once for all of them, at the same
// time, is many times faster than file by file: the file system answers all with one commit of its journal. Use it from
// one goroutine, and end it with Commit or Abort; Abort after Commit does nothing.
type Batch struct{ files []*AtomicFile }

// Create begins a file of the batch; see the function of that name. The batch ends the file.
func (b *Batch) Create(path string) (*AtomicFile, error) {
	a, err := Create(path)
	if err == nil {
		b.files = append(b.files, a)
	}
	return a, err
}

// syncing is the number of files that wait for the disk at the same time.
const syncing = 32

// Commit makes the files appear under their names, in the order of their Create, and returns when they are on the disk.
// Each appears whole or not at all; after an error some may have appeared.
func (b *Batch) Commit() error {
	defer b.Abort()
	errs := make([]error, len(b.files))
	var waiters sync.WaitGroup
	slots := make(chan struct{}, syncing)
	for i, a := range b.files {
		slots <- struct{}{}
		waiters.Go(func() {
			errs[i] = a.settle()
			<-slots
		})
	}
	waiters.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var dirs []string
	known := map[string]bool{}
	for _, a := range b.files {
		if err := a.appear(); err != nil {
			return err
		}
		if dir := filepath.Dir(a.path); !known[dir] {
			known[dir] = true
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range dirs {
		if err := syncDir(dir); err != nil {
			return writeError(dir, err)
		}
	}
	b.files = nil
	return nil
}

// Abort removes what did not appear.
func (b *Batch) Abort() {
	for _, a := range b.files {
		a.Abort()
	}
	b.files = nil
}
