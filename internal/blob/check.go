package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"
)

// Check gives a reader that ends with Mismatch in place of io.EOF when what was read has not the hash. Closing it closes r.
func Check(name, sum string, r io.ReadCloser) io.ReadCloser {
	return &checked{name: name, want: sum, hash: sha256.New(), r: r}
}

type checked struct {
	name, want string
	hash       hash.Hash
	r          io.ReadCloser
	err        error // how the reading ended
}

func (c *checked) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p)
	c.hash.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(c.hash.Sum(nil)) != c.want {
		err = Mismatch(c.name)
	}
	c.err = err
	return n, err
}

func (c *checked) Close() error { return c.r.Close() }

// bound ends a reader with its context.
type bound struct {
	ctx context.Context
	io.ReadCloser
}

func (b *bound) Read(p []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, context.Cause(b.ctx)
	}
	return b.ReadCloser.Read(p)
}

// copyHashed copies until r ends or ctx does, and gives the SHA-256 in hex.
func copyHashed(ctx context.Context, w io.Writer, r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, h), &bound{ctx, io.NopCloser(r)}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// Sectioner is a Store that can open a part of a value without reading what is before it.
type Sectioner interface {
	// Section opens length bytes from offset on, all within the value. They are not checked.
	Section(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error)
}

// Section opens length bytes of a value from offset on, all within it. They are not checked against the name: their reader does.
func Section(ctx context.Context, s Store, name string, offset, length int64) (io.ReadCloser, error) {
	if parts, ok := s.(Sectioner); ok {
		return parts.Section(ctx, name, offset, length)
	}
	r, err := s.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, r, offset); err != nil && err != io.EOF {
		r.Close()
		return nil, err
	}
	return limited{io.LimitReader(r, length), r}, nil
}

// limited is a part of a reader; closing it closes the whole.
type limited struct {
	io.Reader
	io.Closer
}
