package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"sadi"
	"sadi/internal/fsx"
)

// Dir is a store in a folder: every value is a file of its name. So, unlike elsewhere, "a" and "a/b" can not both have a
// value.
type Dir struct{ root string }

var (
	_ Store     = (*Dir)(nil)
	_ Sectioner = (*Dir)(nil)
)

// NewDir makes a store in a folder, which is made if need be.
func NewDir(root string) (*Dir, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the folder of the store can not be made: %w", err).At("%s", root)
	}
	return &Dir{root: root}, nil
}

// path is the file of a name. Names that mean another file on some system are refused.
func (d *Dir) path(name string) (string, error) {
	if !Valid(name) {
		return "", BadName(name)
	}
	return fsx.Join(d.root, name)
}

// Put keeps what r gives.
func (d *Dir) Put(ctx context.Context, name string, r io.Reader) error {
	file, err := d.path(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return unwritable(name, err)
	}
	var options []fsx.Option
	if strings.HasPrefix(name, TransientPrefix) {
		options = append(options, fsx.Volatile)
	}
	a, err := fsx.Create(file, options...)
	if err != nil {
		return err
	}
	defer a.Abort()
	h, err := copyHashed(ctx, a, r)
	if err != nil {
		return err
	}
	if sum, ok := SHA256(name); ok && h != sum {
		return Mismatch(name)
	}
	return a.Commit()
}

// Get opens a value. A name that is its hash is checked; the disk is trusted for others.
func (d *Dir) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	f, err := d.open(name)
	if err != nil {
		return nil, err
	}
	var r io.ReadCloser = &bound{ctx, f}
	if sum, ok := SHA256(name); ok {
		r = Check(name, sum, r)
	}
	return r, nil
}

// Section opens a part of a value.
func (d *Dir) Section(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	f, err := d.open(name)
	if err != nil {
		return nil, err
	}
	return &bound{ctx, limited{io.NewSectionReader(f, offset, length), f}}, nil
}

func (d *Dir) open(name string) (*os.File, error) {
	file, err := d.path(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(file)
	if missing(err) {
		return nil, Unknown(name)
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, Unknown(name) // the folder of longer names
	}
	return f, nil
}

// Has reports whether the name has a value.
func (d *Dir) Has(_ context.Context, name string) (bool, error) {
	file, err := d.path(name)
	if err != nil {
		return false, err
	}
	info, err := os.Stat(file)
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, unreadable(name, err)
	}
	return info.Mode().IsRegular(), nil
}

// Delete forgets a name. Folders stay: another process may be about to write into them.
func (d *Dir) Delete(ctx context.Context, name string) error {
	has, err := d.Has(ctx, name)
	if err != nil || !has {
		return err
	}
	file, err := d.path(name)
	if err == nil {
		err = os.Remove(file)
	}
	if err != nil && !missing(err) {
		return unwritable(name, err)
	}
	return nil
}

// List returns the names that begin with the prefix.
func (d *Dir) List(ctx context.Context, prefix string) ([]string, error) {
	names := []string{}
	// Only the folder that the prefix names in full can hold any.
	top := "."
	if i := strings.LastIndexByte(prefix, '/'); i > 0 && Valid(prefix[:i]) {
		top = prefix[:i]
	} else if i >= 0 {
		return names, nil
	}
	err := fs.WalkDir(os.DirFS(d.root), top, func(name string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case missing(err): // deleted meanwhile
			return nil
		case err != nil:
			return err
		case e.Type().IsRegular() && strings.HasPrefix(name, prefix) && Valid(name):
			names = append(names, name)
		case e.IsDir() && name != "." && path.Base(name)[0] == '.':
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, unreadable(prefix, err)
	}
	return sorted(names), nil
}

// missing reports whether an error says that there is no such file: also that a part of its path is a file.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func unreadable(name string, err error) error {
	return sadi.Errorf(sadi.Unavailable, "the blob %q can not be read: %w", name, err)
}

func unwritable(name string, err error) error {
	return sadi.Errorf(sadi.Unavailable, "the blob %q can not be written: %w", name, err)
}
