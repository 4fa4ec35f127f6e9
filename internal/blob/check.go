package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
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
