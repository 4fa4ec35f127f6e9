package fsx

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
)

// entries are the names in dir, which tell whether something was left behind.
func entries(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestWriteReplacesTheWholeFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	for _, text := range []string{"a long first version", "short", ""} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("got %q, %v; want %q", got, err, text)
		}
	}
	if got := entries(t, dir); got != "a.txt" {
		t.Errorf("the folder holds %q", got)
	}
}

func TestHashIsOfTheBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "abc")
	sha, size, err := Write(path, func(w io.Writer) error {
		for _, s := range []string{"a", "b", "c"} {
			if _, err := io.WriteString(w, s); err != nil {
				return err
			}
		}
		return nil
	})
	// FIPS 180-2, appendix B.1
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if err != nil || sha != want || size != 3 {
		t.Errorf("got %s, %d, %v", sha, size, err)
	}
	if sha, size, err = HashFile(path); err != nil || sha != want || size != 3 {
		t.Errorf("HashFile: got %s, %d, %v", sha, size, err)
	}
}

func TestFailureLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	if err := WriteFile(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	if _, _, err := Write(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("new", 100_000)); err != nil {
			return err
		}
		return boom
	}); err != boom {
		t.Errorf("got error %v, want the one of fill", err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _, _ = Write(path, func(io.Writer) error { panic("fill") })
	}()
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("got %q, want the old file", got)
	}
	if got := entries(t, dir); got != "a.txt" {
		t.Errorf("the folder holds %q", got)
	}
}

func TestAbortAndUseAfterTheEnd(t *testing.T) {
	dir := t.TempDir()
	a, err := Create(filepath.Join(dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if got := entries(t, dir); !IsTemp(got) {
		t.Errorf("%q should be a temporary name", got)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if _, err := a.Write([]byte("x")); err == nil {
		t.Error("write after the end should fail")
	}
	if err := a.Commit(); err == nil {
		t.Error("commit after abort should fail")
	}
	if got := entries(t, dir); got != "" {
		t.Errorf("the folder holds %q", got)
	}
	if IsTemp("manifest.json") || IsTemp("a/.hidden") {
		t.Error("plain names are not temporary")
	}
}

func TestErrorsAreForPeople(t *testing.T) {
	dir := t.TempDir()
	err := WriteFile(filepath.Join(dir, "no", "such", "x"), nil)
	if sadi.CodeOf(err) != sadi.Unavailable || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("got %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(dir, "folder"), []byte("x")); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("a folder in the way: got %v", err)
	}
	if got := entries(t, dir); got != "folder" {
		t.Errorf("the folder holds %q", got)
	}
	if _, _, err := HashFile(filepath.Join(dir, "none")); sadi.CodeOf(err) != sadi.NotFound {
		t.Errorf("got %v", err)
	}
	if _, _, err := HashFile(dir); sadi.CodeOf(err) != sadi.NotFound {
		t.Errorf("a folder: got %v", err)
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"manifest.json": true, "model/pipeline.sadi": true, "explain/importancia ñ.json": true, ".hidden": true, "a..b": true,
		"": false, ".": false, "..": false, "../x": false, "a/../b": false, "a/..": false, "/etc/passwd": false, "a//b": false, "a/": false,
		`a\b`: false, `..\x`: false, "C:x": false, "c:/x": false, "a\x00b": false, "a\nb": false, "x.": false, "x ": false, "d./x": false,
		"NUL": false, "nul.txt": false, "model/com1": false, "com10": true, "CONIN$": false, "console": true, "\xff": false,
		strings.Repeat("x", 1025): false,
	} {
		_, err := Join("root", name)
		if (err == nil) != ok {
			t.Errorf("%q: got %v, want allowed = %v", name, err, ok)
		}
	}
}

func TestHashWithinStaysInside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := WriteFile(filepath.Join(outside, "secret"), []byte("s")); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(dir, "plain"), []byte("abc")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, size, err := HashWithin(root, "plain"); err != nil || size != 3 {
		t.Errorf("got %d, %v", size, err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link")); err == nil {
		if _, _, err := HashWithin(root, "link"); err == nil {
			t.Error("a link out of the folder was followed")
		}
	}
	if _, _, err := HashWithin(root, "../secret"); err == nil {
		t.Error("a name out of the folder was followed")
	}
}

// FuzzJoin: whatever the name, the path lies below the folder or there is an error.
func FuzzJoin(f *testing.F) {
	for _, s := range []string{"a/b", "../x", `a\..\b`, "NUL", "/", "a/./b", "..."} {
		f.Add(s)
	}
	root := filepath.Join("r", "s")
	f.Fuzz(func(t *testing.T, name string) {
		p, err := Join(root, name)
		if err != nil {
			return
		}
		rel, err := filepath.Rel(root, p)
		if err != nil || !filepath.IsLocal(rel) || filepath.ToSlash(rel) != name {
			t.Errorf("%q becomes %q", name, p)
		}
	})
}
