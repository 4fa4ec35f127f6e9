package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
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

// resolve turns a path as a request gives it into one within the data root, with slashes. A leading data/ or /data/
// names the root, and so does the root's own path; any other absolute path leads out.
func resolve(given, root string) (string, error) {
	if strings.TrimSpace(given) == "" {
		return "", sadi.Errorf(sadi.BadUsage, "the path of the input file is empty").Advise("name a file below the data root, such as data/incoming/sales.csv")
	}
	name := given
	if rest, ok := strings.CutPrefix(name, filepath.ToSlash(root)+"/"); ok {
		name = rest
	} else if rest, ok := strings.CutPrefix(name, "/data/"); ok {
		name = rest
	} else {
		name = strings.TrimPrefix(name, "./")
		name = strings.TrimPrefix(name, "data/")
	}
	if err := fsx.CheckName(name); err != nil {
		return "", sadi.Errorf(sadi.Forbidden, "the path %q does not stay within the data root", shorten(given)).
			Advise("name a file below the data root, such as data/incoming/sales.csv, without \"..\"")
	}
	return name, nil
}

// open opens an input file. Neither the path nor a symbolic link on it may lead out of the data root.
func (s *Service) open(name string) (*os.File, int64, error) {
	top, _, _ := strings.Cut(name, "/")
	if slices.Contains(s.private, top) {
		return nil, 0, sadi.Errorf(sadi.Forbidden, "the folder %q belongs to the servers", top).Advise("name a file below data/incoming")
	}
	info, err := s.root.Stat(name) // before it is opened: opening a pipe would wait
	if err == nil && !info.Mode().IsRegular() {
		return nil, 0, sadi.Errorf(sadi.BadUsage, "%q is no file", name).Advise("name a CSV file")
	}
	var f *os.File
	if err == nil {
		f, err = s.root.Open(name)
	}
	switch {
	case err == nil:
		return f, info.Size(), nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, sadi.Errorf(sadi.NotFound, "there is no file %q in the data root", name).
			Advise("put it there, or upload it with POST /datasets")
	case errors.Is(err, fs.ErrPermission):
		return nil, 0, sadi.Errorf(sadi.Forbidden, "the file %q may not be read", name).Advise("change its permissions")
	case strings.Contains(err.Error(), "escapes"): // package os names this error in no other way
		return nil, 0, sadi.Errorf(sadi.Forbidden, "the path %q leads out of the data root by a symbolic link", name).
			Advise("copy the file below the data root")
	}
	return nil, 0, sadi.Errorf(sadi.NotFound, "the file %q can not be opened: %w", name, err)
}

// small is the size up to which a file is read into memory at once.
const small = 4 << 20

// keep hashes an input file and puts it where workers find it, unless it is there.
func (s *Service) keep(ctx context.Context, name string) (sha string, err error) {
	f, size, err := s.open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if size == 0 {
		return "", sadi.Errorf(sadi.BadData, "the file %q is empty", name).Advise("it needs a header line and rows")
	}
	return s.put(ctx, f, size)
}

// put keeps what a file holds under the name of its content.
func (s *Service) put(ctx context.Context, f io.ReadSeeker, size int64) (sha string, err error) {
	var again io.Reader
	if size <= small {
		data, err := io.ReadAll(io.LimitReader(f, small+1))
		if err != nil {
			return "", readError(err)
		}
		sum := sha256.Sum256(data)
		sha, again = hex.EncodeToString(sum[:]), bytes.NewReader(data)
	} else if sha, _, err = fsx.Sum(f); err != nil {
		return "", readError(err)
	}
	if has, err := s.blobs.Has(ctx, blob.DataName(sha)); err != nil || has {
		return sha, err
	}
	if again == nil {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return "", readError(err)
		}
		again = &unchanged{r: f, sum: sha256.New(), want: sha}
	}
	return sha, s.blobs.Put(ctx, blob.DataName(sha), again)
}

func readError(err error) error {
	return sadi.Errorf(sadi.Unavailable, "the input file can not be read: %w", err)
}

// unchanged reads a file that was hashed before, and fails at its end if it is another one now.
type unchanged struct {
	r    io.Reader
	sum  hash.Hash
	want string
}

// Read implements io.Reader.
func (u *unchanged) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(u.sum.Sum(nil)) != u.want {
		return n, sadi.Errorf(sadi.Conflict, "the input file changed while it was read").Advise("submit it when it is complete")
	}
	return n, err
}
