package csvio

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/table"
)

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstded(t testing.TB, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return string(w.EncodeAll([]byte(text), nil))
}

func TestPacked(t *testing.T) {
	text := mixed(200, ",", ".")
	plain, _ := read(t, text, Options{})
	half := strings.Index(text[len(text)/2:], "\n") + len(text)/2
	for name, packed := range map[string]string{
		"gzip": gzipped(t, text), "zstd": zstded(t, text),
		"gzip in two members": gzipped(t, text[:half]) + gzipped(t, text[half:]),
		"zstd in two frames":  zstded(t, text[:half]) + zstded(t, text[half:]),
	} {
		tab, rep := read(t, packed, Options{Pool: par.New(2), chunk: 1000})
		if err := same(tab, plain); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := rep.finding("compression"); got == "" || !strings.HasPrefix(name, got) {
			t.Errorf("%s: got %q", name, got)
		}
		sum := sha256.Sum256([]byte(packed))
		if rep.SHA256 != hex.EncodeToString(sum[:]) || rep.Bytes != int64(len(packed)) {
			t.Errorf("%s: got %d bytes with digest %s", name, rep.Bytes, rep.SHA256)
		}
		_, _, err := Read(context.Background(), put(t, packed[:len(packed)-3]), Options{})
		if sadi.CodeOf(err) != sadi.BadData {
			t.Errorf("%s, cut off: got %v", name, err)
		}
	}
}

// TestBombs unpack to far more than they are.
func TestBombs(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 1<<19)
	for _, packed := range []string{gzipped(t, text), zstded(t, text)} {
		if len(packed)*100 > len(text) {
			t.Fatalf("%d bytes are no bomb", len(packed))
		}
		path := put(t, packed)
		_, _, err := Read(context.Background(), path, Options{MaxBytes: 1 << 18, chunk: 10000, Pool: par.New(2)})
		if sadi.CodeOf(err) != sadi.LimitExceeded {
			t.Errorf("Read: got %v", err)
		}
		s, err := Open(context.Background(), path, Options{MaxBytes: 3 << 19, Schema: table.Schema{{Name: "a"}}})
		for err == nil {
			_, err = s.Next(1000)
		}
		if sadi.CodeOf(err) != sadi.LimitExceeded {
			t.Errorf("Stream: got %v", err)
		}
		s.Close()
	}
}
