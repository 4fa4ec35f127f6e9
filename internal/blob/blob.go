// Package blob keeps bytes by name: data sets, artifacts and the results of folds, on a disk or far away.
package blob

import (
	"context"
	"io"
	"strings"

	"sadi"
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

// TransientPrefix begins the names of values that can be made again: a store may lose them, or give back torn ones, when
// its machine goes down, and spares the waiting for the disk. Their readers check them.
const TransientPrefix = "transient/"

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

// SHA256 is the hash that a name promises: that of its content, in hex. ok is false for a name that promises nothing.
func SHA256(name string) (sum string, ok bool) {
	sum, ok = strings.CutPrefix(name, "sha256/")
	if !ok || len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
		return "", false
	}
	return sum, true
}

// BadName is the error of a name that may not be used.
func BadName(name string) error {
	return sadi.Errorf(sadi.BadUsage, "%q can not be the name of a blob", name).
		Advise("use parts of letters, digits, . _ and -, with slashes between them, that do not begin with a point")
}

// Unknown is the error of a name that has no value.
func Unknown(name string) error { return sadi.Errorf(sadi.NotFound, "there is no blob %q", name) }

// Mismatch is the error of content that is not what its name promises, or not what was put.
func Mismatch(name string) error {
	return sadi.Errorf(sadi.Corrupt, "the content of the blob %q is not what it should be", name).
		Advise("it was damaged on its way or where it is kept; put it again")
}
