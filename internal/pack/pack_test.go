package pack_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/fsx"
	"sadi/internal/pack"
)

var left = map[string]string{"manifest.json": "{}", "model/model.sadi": "a model", "a/empty": "", "z.txt": "the end"}

func put(t *testing.T) (store *blob.Dir, sum string, files []sadi.Artifact) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range left {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := fsx.WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	store, err := blob.NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is there
		if sum, files, err = pack.Put(t.Context(), store, dir); err != nil {
			t.Fatal(err)
		}
	}
	return store, sum, files
}

func TestEveryFileIsFound(t *testing.T) {
	store, sum, files := put(t)
	if len(files) != len(left) {
		t.Fatalf("%d files: %v", len(files), files)
	}
	for name, want := range left {
		i := pack.Find(files, name)
		if i < 0 {
			t.Fatalf("%s is not listed", name)
		}
		r, err := pack.Open(t.Context(), store, sum, files, i)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		r.Close()
		if err != nil || string(got) != want || files[i].Bytes != int64(len(want)) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if len(want) < 3 {
			continue
		}
		if r, err = pack.Section(t.Context(), store, sum, files, i, 1, 2); err != nil {
			t.Fatal(err)
		}
		if got, err = io.ReadAll(r); err != nil || string(got) != want[1:3] {
			t.Errorf("a part of %s: %q, %v", name, got, err)
		}
		r.Close()
	}
	if pack.Find(files, "none") >= 0 {
		t.Error("a file that is not there was found")
	}
}

func TestUnpackGivesTheFolder(t *testing.T) {
	store, sum, files := put(t)
	dir := filepath.Join(t.TempDir(), "new")
	for range 2 { // also over what is there
		if err := pack.Unpack(t.Context(), store, sum, files, dir, "manifest.json"); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range left {
		if got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestDamageIsFound(t *testing.T) {
	store, sum, files := put(t)
	files[2].SHA256 = files[0].SHA256
	dir := t.TempDir()
	if err := pack.Unpack(t.Context(), store, sum, files, dir, "manifest.json"); sadi.CodeOf(err) != sadi.Corrupt {
		t.Errorf("unpacked: %v", err)
	}
	if entries, err := filepath.Glob(filepath.Join(dir, "*.*")); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	r, err := pack.Open(t.Context(), store, sum, files, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.Copy(&bytes.Buffer{}, r); sadi.CodeOf(err) != sadi.Corrupt {
		t.Errorf("read: %v", err)
	}
}

func TestANameThatLeavesTheFolder(t *testing.T) {
	store, sum, files := put(t)
	files[0].Path = "../outside"
	if err := pack.Unpack(t.Context(), store, sum, files, t.TempDir(), "manifest.json"); err == nil {
		t.Error("a file was written outside of the folder")
	}
}
