// Package fsx writes files so that they appear whole or not at all, and keeps paths inside their folder.
package fsx

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// AtomicFile is a file that is being written: it has a temporary name in the folder where it is to appear, and takes
// its own name at Commit. Use it from one goroutine.
type AtomicFile struct {
	path, temp string
	f          *os.File
	buf        *bufio.Writer
	sum        hash.Hash
	size       int64
	err        error // the first failure
	done       bool
	volatile   bool
}

// Option says how a file is written.
type Option func(*AtomicFile)

// Volatile spares the waiting for the disk: the file still appears whole, but may be lost or torn when the machine, not
// only the process, goes down. It is for files that are of no use then, or whose readers check them.
func Volatile(a *AtomicFile) { a.volatile = true }

var _ io.WriteCloser = (*AtomicFile)(nil)

var serial atomic.Uint64 // only makes temporary names distinct

const tempMark = ".sadi-tmp"

// Create begins the file called path. Its folder must exist. End it with Commit or Abort; Abort after Commit does
// nothing, so it can be deferred.
func Create(path string, options ...Option) (*AtomicFile, error) {
	dir, base := filepath.Split(path)
	for {
		temp := fmt.Sprintf("%s.%s.%d-%d%s", dir, base, os.Getpid(), serial.Add(1), tempMark)
		f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue // left by a process that was killed and had our number
		}
		if err != nil {
			return nil, writeError(path, err)
		}
		a := &AtomicFile{path: path, temp: temp, f: f, sum: sha256.New()}
		a.buf = bufio.NewWriterSize(tee{a}, 1<<16)
		for _, o := range options {
			o(a)
		}
		return a, nil
	}
}

// tee counts and hashes what reaches the disk.
type tee struct{ a *AtomicFile }

func (t tee) Write(p []byte) (int, error) {
	n, err := t.a.f.Write(p)
	t.a.sum.Write(p[:n])
	t.a.size += int64(n)
	return n, err
}

// Write adds to the file. After a failure every call fails in the same way.
func (a *AtomicFile) Write(p []byte) (int, error) {
	if a.done {
		return 0, fs.ErrClosed
	}
	if a.err != nil {
		return 0, a.err
	}
	n, err := a.buf.Write(p)
	if err != nil {
		a.err = writeError(a.path, err)
	}
	return n, a.err
}

// Commit makes the file appear under its name, in place of any file that had it, and returns when it is on the disk.
// After an error nothing has changed.
func (a *AtomicFile) Commit() error {
	if a.done {
		return fs.ErrClosed
	}
	defer a.Abort()
	if err := a.settle(); err != nil {
		return err
	}
	if err := a.appear(); err != nil || a.volatile {
		return err
	}
	if err := syncDir(filepath.Dir(a.path)); err != nil {
		return writeError(a.path, err)
	}
	return nil
}

// settle brings what was written to the disk and closes the file, which still has its temporary name.
func (a *AtomicFile) settle() error {
	if a.err != nil {
		return a.err
	}
	err := a.buf.Flush()
	if err == nil && !a.volatile {
		err = a.f.Sync()
	}
	if err == nil {
		err = a.f.Close()
	}
	if err != nil {
		return writeError(a.path, err)
	}
	return nil
}

// appear gives the file its name.
func (a *AtomicFile) appear() error {
	if err := os.Rename(a.temp, a.path); err != nil {
		return writeError(a.path, err)
	}
	a.done = true
	return nil
}

// Abort removes what was written, unless it was committed.
func (a *AtomicFile) Abort() {
	if a.done {
		return
	}
	a.done = true
	a.f.Close()
	os.Remove(a.temp)
}

// Close is Abort, for use as an io.Closer.
func (a *AtomicFile) Close() error { a.Abort(); return nil }

// SHA256 is the hash of the committed file, in hexadecimal.
func (a *AtomicFile) SHA256() string { return hex.EncodeToString(a.sum.Sum(nil)) }

// Size is the length of the committed file in bytes.
func (a *AtomicFile) Size() int64 { return a.size }

// Write makes the file called path from what fill writes: whole or not at all. An error of fill is returned as it is.
func Write(path string, fill func(io.Writer) error, options ...Option) (sha256 string, size int64, err error) {
	a, err := Create(path, options...)
	if err != nil {
		return "", 0, err
	}
	defer a.Abort() // also when fill panics
	if err := fill(a); err != nil {
		return "", 0, err
	}
	if err := a.Commit(); err != nil {
		return "", 0, err
	}
	return a.SHA256(), a.Size(), nil
}

// WriteFile makes the file called path from data: whole or not at all.
func WriteFile(path string, data []byte, options ...Option) error {
	_, _, err := Write(path, func(w io.Writer) error { _, err := w.Write(data); return err }, options...)
	return err
}

// IsTemp reports whether name is the temporary name of a file that was never finished.
func IsTemp(name string) bool {
	base := filepath.Base(name)
	return strings.HasPrefix(base, ".") && strings.HasSuffix(base, tempMark)
}
