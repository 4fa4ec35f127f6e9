package service

import (
	"path/filepath"
	"strings"
	"testing"

	"sadi"
)

// FuzzResolve holds every path either refused or within the root.
func FuzzResolve(f *testing.F) {
	for _, seed := range []string{"data/incoming/a.csv", "/data/a.csv", "../a", "data/../../a", "/etc/passwd", "data//a", "./data/a", "a\x00b", `a\b`,
		"/srv/root/a.csv", "/srv/root/../a", "/srv/rootkit/a", "data/%2e%2e/a", "CON", "a/", "", "/data/data/a", "ñ.csv", "\xff.csv", "data/"} {
		f.Add(seed)
	}
	const root = "/srv/root"
	f.Fuzz(func(t *testing.T, given string) {
		name, err := resolve(given, root)
		if err != nil {
			if code := sadi.CodeOf(err); code != sadi.Forbidden && code != sadi.BadUsage {
				t.Errorf("%q: code %s", given, code)
			}
			return
		}
		if path := filepath.Join(root, name); !strings.HasPrefix(path, root+"/") || path != root+"/"+name {
			t.Errorf("%q leads to %q", given, path)
		}
	})
}

func TestSafeName(t *testing.T) {
	for given, want := range map[string]string{
		"sales.csv": "sales.csv", "": "upload.csv", "../../etc/x.csv": "x.csv", `C:\temp\Año 1.CSV`: "A_o_1.CSV", ".csv": "upload.csv",
		"...hidden.csv.gz": "hidden.csv.gz", "con.csv": "upload.csv", "a b\x00c.tsv": "a_b_c.tsv", strings.Repeat("x", 300) + ".csv": strings.Repeat("x", 100) + ".csv",
	} {
		if got, err := safeName(given); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", given, got, err, want)
		}
	}
	for _, given := range []string{"a.exe", "a", "a.csv/..", "a.csv.sh"} {
		if got, err := safeName(given); err == nil {
			t.Errorf("%q: got %q, want an error", given, got)
		}
	}
}
