// Package blob keeps bytes by name: data sets, artifacts and the results of folds, on a disk or far away.
package blob

import (
	"context"
	"io"
	"strings"
)

// Store keeps bytes by name. Names are slash-separated paths of letters, digits and ._- (Valid says which). A store is
// safe for concurrent use by any number of processes.
type Store interface {
	// Put keeps what r gives until its end, whole or not at all; an older value of the name is replaced.
	Put(ctx context.Context, name string, r io.Reader) error
	// Get opens the value of a name; an unknown name is an error with code sadi.NotFound. What is read is checked: bytes
	// that are not those that were put end in an error with code sadi.Corrupt and never in a quiet end.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Has reports whether the name has a value.
	Has(ctx context.Context, name string) (bool, error)
	// Delete forgets a name; an unknown one is no error.
	Delete(ctx context.Context, name string) error
	// List returns the names that begin with the prefix, ascending.
	List(ctx context.Context, prefix string) ([]string, error)
}

// DataName is the name of a data set or an artifact by the SHA-256 of its content, in hex.
func DataName(sha256 string) string { return "sha256/" + sha256 }

// Valid reports whether a name may be used: up to 512 bytes, no empty part, no part that begins with a point.
func Valid(name string) bool {
	if name == "" || len(name) > 512 {
		return false
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part[0] == '.' {
			return false
		}
		for i := range len(part) {
			c := part[i]
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
				return false
			}
		}
	}
	return true
}
