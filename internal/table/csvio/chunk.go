package csvio

import (
	"io"

	"sadi"
)

// chunker cuts a text into chunks of whole records. A chunk ends behind the last record that ends in it, so where the
// cuts are does not show in what is parsed.
type chunker struct {
	text    io.Reader
	dialect *dialect
	size    int    // of a chunk in bytes, as far as records allow
	carry   []byte // the beginning of a record that did not fit into the last chunk
	ended   bool
}

// next puts the next chunk into buf, which may grow, with slack behind it. The chunk is empty at the end of the text.
func (c *chunker) next(buf []byte) ([]byte, error) {
	buf = append(buf[:0], c.carry...)
	c.carry = c.carry[:0]
	for size := max(c.size, len(buf)+1); !c.ended; size *= 2 {
		have := len(buf)
		if cap(buf) < size+slack+1 {
			buf = append(make([]byte, 0, size+slack+1), buf...)
		}
		buf = buf[:size]
		n, ended, err := readFull(c.text, buf[have:])
		buf = buf[:have+n]
		if c.ended = ended; err != nil {
			return nil, err
		}
		if ended {
			break
		}
		if end := c.dialect.lastEnd(buf); end > 0 {
			c.carry = append(c.carry, buf[end:]...)
			return c.dialect.withTerm(buf[:end]), nil
		}
		if size > maxRecord {
			return nil, sadi.Errorf(sadi.LimitExceeded, "a record is longer than %d bytes", maxRecord).
				Advise("look for a quote that is not closed")
		}
	}
	return c.dialect.withTerm(buf), nil
}
