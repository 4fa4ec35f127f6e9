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
