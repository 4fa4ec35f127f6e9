// Package cloud opens stores of blobs by address: s3://, gs:// and azblob:// far away, file:// in a folder, mem:// in memory.
package cloud

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	bucket "gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/memblob"   // mem://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcerrors"

	"sadi"
	"sadi/internal/blob"
)

// Schemes are the beginnings of the addresses that Open knows.
func Schemes() []string { return []string{"azblob", "file", "gs", "mem", "s3"} }

// Open opens the store at an address such as s3://bucket/folder?region=eu-west-1 or file:///mnt/shared/sadi. Who we are is
// found as the cloud's own tools find it: environment, profile, identity of the machine. The options after the question mark
// are those of gocloud.dev/blob; gs:// has none. Close gives back its connections.
func Open(ctx context.Context, address string) (store blob.Store, closeStore func() error, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return nil, nil, badAddress("an address that can not be read")
	}
	switch {
	case !slices.Contains(Schemes(), u.Scheme):
		return nil, nil, badAddress("%q", u.Redacted())
	case u.Scheme == "file":
		d, err := folder(u)
		if err != nil {
			return nil, nil, err
		}
		return d, func() error { return nil }, nil
	case u.Scheme != "mem" && u.Host == "":
		return nil, nil, badAddress("%q, which names no bucket", u.Redacted())
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" && !blob.Valid(prefix) {
		return nil, nil, badAddress("%q", u.Redacted())
	}
	if u.Scheme == "gs" {
		if u.RawQuery != "" {
			return nil, nil, badAddress("%q, for gs:// has no options", u.Redacted())
		}
		if prefix != "" {
			prefix += "/"
		}
		g, err := openGoogle(ctx, u.Host, prefix)
		if err != nil {
			return nil, nil, err
		}
		return g, func() error { return nil }, nil
	}
	u.Path = ""
	b, err := bucket.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, nil, sadi.Errorf(sadi.BadUsage, "the store %s can not be opened: %w", u.Redacted(), err).
			Advise("check its address, and the credentials in the environment")
	}
	if prefix != "" {
		b = bucket.PrefixedBucket(b, prefix+"/")
	}
	return &far{b, u.Scheme + "://" + u.Host}, b.Close, nil
}

func badAddress(format string, args ...any) error {
	return sadi.Errorf(sadi.BadUsage, "blobs can not be kept at "+format, args...).
		Advise("use s3://bucket, gs://bucket, azblob://container or file:///folder")
}

// folder is the store of a file address. Package blob's own syncs what it writes, which fileblob does not.
func folder(u *url.URL) (*blob.Dir, error) {
	path := u.Path
	if u.Host != "" && u.Host != "localhost" || path == "" || len(u.RawQuery) > 0 {
		return nil, badAddress("%q", u.Redacted())
	}
	if runtime.GOOS == "windows" && len(path) > 2 && path[2] == ':' { // file:///C:/folder
		path = path[1:]
	}
	return blob.NewDir(filepath.FromSlash(path))
}

// far is a store in a bucket.
type far struct {
	b     *bucket.Bucket
	where string
}

var (
	_ blob.Store     = (*far)(nil)
	_ blob.Sectioner = (*far)(nil)
)

// Put keeps what r gives. A value whose name is its hash is not sent when it is there already.
func (s *far) Put(ctx context.Context, name string, r io.Reader) error {
	sum, addressed := blob.SHA256(name)
	if has, err := s.Has(ctx, name); err != nil || has && addressed {
		return err
	}
	bound, cancel := context.WithCancel(ctx)
	defer cancel() // before Close it undoes the writing
	w, err := s.b.NewWriter(bound, name, &bucket.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return s.outward(ctx, name, err)
	}
	h := sha256.New()
	from := &source{ctx: ctx, r: r}
	_, err = io.Copy(io.MultiWriter(w, h), from)
	if err == nil && addressed && hex.EncodeToString(h.Sum(nil)) != sum {
		err = blob.Mismatch(name)
	}
	if err != nil {
		cancel()
		w.Close() // fails, for its context is over
		if from.failure() != nil || sadi.CodeOf(err) == sadi.Corrupt {
			return err
		}
		return s.outward(ctx, name, err)
	}
	return s.outward(ctx, name, w.Close())
}

// source keeps the errors of the one who gives apart from those of the one who takes, which may be another goroutine.
type source struct {
	ctx context.Context
	r   io.Reader

	mu  sync.Mutex
	err error
}

func (s *source) Read(p []byte) (n int, err error) {
	if s.ctx.Err() != nil {
		err = context.Cause(s.ctx)
	} else {
		n, err = s.r.Read(p)
	}
	if err != nil && err != io.EOF {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.err = err
	}
	return n, err
}

// failure is the error of the one who gives.
func (s *source) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Get opens a value. One whose name is its hash is checked against it, any other against its length.
func (s *far) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if !blob.Valid(name) {
		return nil, blob.BadName(name)
	}
	r, err := s.b.NewReader(ctx, name, nil)
	if err != nil {
		return nil, s.outward(ctx, name, err)
	}
	var c io.ReadCloser = &body{s: s, ctx: ctx, name: name, left: r.Size(), r: r}
	if sum, ok := blob.SHA256(name); ok {
		c = blob.Check(name, sum, c)
	}
	return c, nil
}

// Section opens a part of a value.
func (s *far) Section(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	if !blob.Valid(name) {
		return nil, blob.BadName(name)
	}
	r, err := s.b.NewRangeReader(ctx, name, offset, length, nil)
	if err != nil {
		return nil, s.outward(ctx, name, err)
	}
	return &body{s: s, ctx: ctx, name: name, left: length, r: r}, nil
}

type body struct {
	s    *far
	ctx  context.Context
	name string
	left int64
	r    *bucket.Reader
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && b.left == 0:
		return n, io.EOF
	case errors.Is(err, io.EOF):
		return n, blob.Mismatch(b.name)
	}
	return n, b.s.outward(b.ctx, b.name, err)
}

func (b *body) Close() error { return b.r.Close() }

// Has reports whether the name has a value.
func (s *far) Has(ctx context.Context, name string) (bool, error) {
	if !blob.Valid(name) {
		return false, blob.BadName(name)
	}
	has, err := s.b.Exists(ctx, name)
	return has, s.outward(ctx, name, err)
}

// Delete forgets a name.
func (s *far) Delete(ctx context.Context, name string) error {
	if !blob.Valid(name) {
		return blob.BadName(name)
	}
	err := s.b.Delete(ctx, name)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	return s.outward(ctx, name, err)
}

// List returns the names that begin with the prefix.
func (s *far) List(ctx context.Context, prefix string) ([]string, error) {
	names := []string{}
	for i := s.b.List(&bucket.ListOptions{Prefix: prefix}); ; {
		o, err := i.Next(ctx)
		if err == io.EOF {
			slices.Sort(names) // a cloud may have another order
			return names, nil
		}
		if err != nil {
			return nil, s.outward(ctx, prefix, err)
		}
		if !o.IsDir && blob.Valid(o.Key) {
			names = append(names, o.Key)
		}
	}
}

// outward is the error for people.
func (s *far) outward(ctx context.Context, name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Cause(ctx)
	case gcerrors.Code(err) == gcerrors.NotFound:
		return blob.Unknown(name)
	case gcerrors.Code(err) == gcerrors.PermissionDenied:
		return refused(s.where, name, err)
	}
	return failed(s.where, name, err)
}

func refused(where, name string, err error) error {
	return sadi.Errorf(sadi.Unavailable, "the store %s refuses the blob %q: %w", where, name, err).
		Advise("check the credentials in the environment, and what they allow")
}

func failed(where, name string, err error) error {
	return sadi.Errorf(sadi.Unavailable, "the store %s failed on the blob %q: %w", where, name, err).
		Advise("check the network; the call may be repeated")
}
