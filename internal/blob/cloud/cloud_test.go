package cloud

import (
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/blob/blobtest"
)

func open(t *testing.T, address string) blob.Store {
	t.Helper()
	s, end, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStores(t *testing.T) {
	for name, address := range map[string]func(t *testing.T) string{
		"mem":        func(*testing.T) string { return "mem://" },
		"mem_prefix": func(*testing.T) string { return "mem://bucket/a/b" },
		"file":       func(t *testing.T) string { return "file://" + filepath.ToSlash(t.TempDir()) + "/new/store" },
	} {
		t.Run(name, func(t *testing.T) {
			blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, address(t)) })
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "bucket", "/folder", "http://host/x", "ftp://host/x", "s3://", "gs:///path", "azblob://", "file://host/x",
		"file://", "file:///x?metadata=skip", "s3://bucket/../other", "s3://bucket/a b", "s3://bucket?unknown_option=1", "://", "s3://key:secret@"} {
		s, _, err := Open(t.Context(), address)
		if sadi.CodeOf(err) != sadi.BadUsage || s != nil {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
}
