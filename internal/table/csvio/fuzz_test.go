package csvio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/par"
)

// FuzzRead gives any bytes to Read and Open. Either comes a table that keeps the contract, the same one whatever the
// workers and chunks, or a *sadi.Error that says where.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"", "a", "a,b\n1,2\n", "a;b\n1,5;x\n", "a\tb\r\n1\t2\r\n", "a|b\r1|2\r", "sep=;\na;b\n1;2\n", "\xef\xbb\xbfa,b\n\"x \"\"y\"\"\n\",2\n",
		"\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00", "a,b\n'x',\"y\n", "a,b\n\"x\\\"y\",1\n", "a,a,\n1,2,\n,,\n", "a, \"b\"\n1, \"2\"\n",
		"v\n1.234\n2,5\n1 234\n", "d\n01/02/2024\n2024-01-01T10:00:00Z\n", "b\nyes\nno\nNA\n", "n\n1e400\ninf\n-\n9007199254740993\n",
		"a,b\n1,\xf1\n2,\xc3\xb1\n", "a\n\n \n1\n\x00\n", "1,2\n3,4\n", "x,y\nx,z\n",
	} {
		f.Add([]byte(text))
	}
	f.Add([]byte(gzipped(f, "a,b\n1,2\n")))
	f.Add([]byte(zstded(f, "a,b\n1,2\n")))
	f.Add([]byte(mixed(20, ",", ".")))
	f.Add([]byte(mixed(20, ";", ",")))
	path := filepath.Join(f.TempDir(), "fuzz.csv")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		opt := Options{MaxBytes: 1 << 20, MaxField: 1000}
		tab, _, err := Read(ctx, path, opt)
		opt.Pool, opt.chunk = par.New(3), 16
		again, _, errAgain := Read(ctx, path, opt)
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Fatalf("got %v, and in chunks %v", err, errAgain)
		}
		if err != nil {
			var e *sadi.Error
			if !errors.As(err, &e) || e.Where == "" || e.Message == "" || e.Code == sadi.Internal || e.Code == sadi.Unavailable {
				t.Fatalf("the error says too little: %#v", err)
			}
			return
		}
		checkTable(t, tab)
		if err := same(tab, again); err != nil {
			t.Fatalf("in chunks: %v", err)
		}
		s, err := Open(ctx, path, Options{Schema: tab.Schema(), MaxBytes: 1 << 20, MaxField: 1000, chunk: 16})
		if err != nil {
			t.Fatalf("with its own schema: %v", err)
		}
		defer s.Close()
		got, rows := gather(t, s, 3)
		if want := show(tab); rows != tab.Rows || got != want && !hasBoolean(want) { // a block has the spellings of its own rows
			t.Fatalf("the stream has %d rows\n%s\nwant %d\n%s", rows, got, tab.Rows, want)
		}
	})
}

func hasBoolean(shown string) bool { return strings.Contains(shown, " boolean:") }
