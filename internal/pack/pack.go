// Package pack keeps the files that a job left as one blob: their bytes one after the other, in the order of the
// record's list, which says where each begins.
//
// One blob for all of them is one wait for the disk, and one value to bring, to count and to delete.
package pack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/fsx"
)

// Put keeps the files of a folder and lists them by path. The sum is that of the blob, which has its name from it.
func Put(ctx context.Context, store blob.Store, dir string) (sum string, files []sadi.Artifact, err error) {
	names, err := list(dir)
	if err != nil {
		return "", nil, err
	}
	all := sha256.New()
	for _, name := range names {
		one := sha256.New()
		n, err := copyFile(io.MultiWriter(all, one), dir, name)
		if err != nil {
			return "", nil, err
		}
		files = append(files, sadi.Artifact{Path: name, Bytes: n, SHA256: hex.EncodeToString(one.Sum(nil))})
	}
	sum = hex.EncodeToString(all.Sum(nil))
	r, w := io.Pipe()
	go func() {
		for _, name := range names {
			if _, err := copyFile(w, dir, name); err != nil {
				w.CloseWithError(err)
				return
			}
		}
		w.Close()
	}()
	err = store.Put(ctx, blob.DataName(sum), r)
	r.Close() // a store that has the value does not read it
	return sum, files, err
}

// list gives the names of the files of a folder, ascending, with slashes.
func list(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || fsx.IsTemp(path) {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the files of a job can not be listed: %w", err)
	}
	slices.Sort(names)
	return names, nil
}

func copyFile(w io.Writer, dir, name string) (int64, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return 0, sadi.Errorf(sadi.Unavailable, "a file of a job can not be read: %w", err)
	}
	defer f.Close()
	n, err := io.Copy(w, f)
	if err != nil {
		return n, sadi.Errorf(sadi.Unavailable, "the file %s of a job can not be kept: %w", name, err)
	}
	return n, nil
}

// Find is the place of a file in the list, or -1.
func Find(files []sadi.Artifact, path string) int {
	return slices.IndexFunc(files, func(a sadi.Artifact) bool { return a.Path == path })
}

// Open opens the i-th file of a pack. What is read is checked.
func Open(ctx context.Context, store blob.Store, sum string, files []sadi.Artifact, i int) (io.ReadCloser, error) {
	r, err := Section(ctx, store, sum, files, i, 0, files[i].Bytes)
	if err != nil {
		return nil, err
	}
	return blob.Check(files[i].Path, files[i].SHA256, r), nil
}

// Section opens length bytes of the i-th file from an offset on, both within it. They can not be checked.
func Section(ctx context.Context, store blob.Store, sum string, files []sadi.Artifact, i int, offset, length int64) (io.ReadCloser, error) {
	for _, a := range files[:i] {
		offset += a.Bytes
	}
	return blob.Section(ctx, store, blob.DataName(sum), offset, length)
}

// together bounds the files that Unpack has open at a time.
const together = 64

// Unpack writes the files to a folder, the one called last after all others are on the disk. Files that are there are
// replaced. Nothing appears before it was checked.
func Unpack(ctx context.Context, store blob.Store, sum string, files []sadi.Artifact, dir, last string) error {
	r, err := store.Get(ctx, blob.DataName(sum))
	if err != nil {
		return err
	}
	defer r.Close()
	var batch, end fsx.Batch
	defer batch.Abort()
	defer end.Abort()
	for i, a := range files {
		b := &batch
		if a.Path == last {
			b = &end
		}
		if err := unpack(b, r, a, dir); err != nil {
			return err
		}
		if i%together == together-1 {
			if err := batch.Commit(); err != nil {
				return err
			}
		}
	}
	if err := batch.Commit(); err != nil {
		return err
	}
	return end.Commit()
}

// unpack writes the next file of a pack.
func unpack(b *fsx.Batch, r io.Reader, a sadi.Artifact, dir string) error {
	path, err := fsx.Join(dir, a.Path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return sadi.Errorf(sadi.Unavailable, "the folder of a job can not be made: %w", err).At("%s", dir)
	}
	f, err := b.Create(path)
	if err != nil {
		return err
	}
	part := blob.Check(a.Path, strings.ToLower(a.SHA256), io.NopCloser(io.LimitReader(r, a.Bytes)))
	_, err = io.Copy(f, part)
	return err
}
