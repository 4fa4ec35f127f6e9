package artifact

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"sadi"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func create(t *testing.T) *Folder {
	t.Helper()
	f, err := Create(filepath.Join(t.TempDir(), "a", "job"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, f *Folder, name, s string) File {
	t.Helper()
	file, err := f.Put(name, text(s))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFilesAreSortedAndHashed(t *testing.T) {
	f := create(t)
	put(t, f, "z.txt", "z")
	put(t, f, "model/a.sadi", "first")
	put(t, f, "model/a.sadi", "abc") // replaces
	if _, err := f.PutObserved("report.html", text("now")); err != nil {
		t.Fatal(err)
	}
	files := f.Files()
	want := File{"model/a.sadi", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3}
	if len(files) != 2 || files[0] != want || files[1].Path != "z.txt" {
		t.Errorf("got %v", files)
	}
	if o := f.Observed(); len(o) != 1 || o[0].Path != "report.html" {
		t.Errorf("observed: got %v", o)
	}
	if empty := create(t); empty.Files() == nil || empty.Observed() == nil {
		t.Error("lists must be [] in JSON, not null")
	}
}

func TestPutRefuses(t *testing.T) {
	f := create(t)
	put(t, f, "Model.bin", "x")
	for _, name := range []string{"../x", "/x", "a//b", `a\b`, "", "manifest.json", "MANIFEST.json", "model.bin"} {
		if _, err := f.Put(name, text("x")); err == nil {
			t.Errorf("%q was put", name)
		}
	}
	boom := errors.New("boom")
	if _, err := f.Put("b", func(io.Writer) error { return boom }); err != boom {
		t.Errorf("got %v", err)
	}
	if got := f.Files(); len(got) != 1 {
		t.Errorf("a failed file is listed: %v", got)
	}
}

func TestCreateTakesOverAnInterruptedFolderOnly(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"kept.txt", ".model.bin.77-1.sadi-tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if extra, err := Extra(f.Dir(), nil); err != nil || !reflect.DeepEqual(extra, []string{"kept.txt"}) {
		t.Errorf("got %v, %v", extra, err)
	}
	if err := os.WriteFile(filepath.Join(dir, Manifest), []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("a finished folder: got %v", err)
	}
	if _, err := Create(filepath.Join(dir, "kept.txt")); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("a file in the way: got %v", err)
	}
}

func TestCheck(t *testing.T) {
	f := create(t)
	for _, name := range []string{"same", "changed", "longer", "missing", "folder"} {
		put(t, f, name, "abc")
	}
	files := append(f.Files(), File{Path: "../outside"})
	at := func(name string) string { return filepath.Join(f.Dir(), name) }
	for _, err := range []error{
		os.WriteFile(at("changed"), []byte("abd"), 0o666), os.WriteFile(at("longer"), []byte("abcd"), 0o666),
		os.Remove(at("missing")), os.Remove(at("folder")), os.Mkdir(at("folder"), 0o777),
		os.WriteFile(at("new"), nil, 0o666), os.WriteFile(at("folder/new"), nil, 0o666), os.WriteFile(at(Manifest), nil, 0o666),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	faults, err := Check(f.Dir(), files)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, fault := range faults {
		got = append(got, fault.Path+" "+fault.Text)
	}
	want := []string{"changed has other bytes", "folder is missing", "longer has 4 bytes, not 3", "missing is missing", "../outside can not be checked"}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want %q…", got[i], want[i])
		}
	}
	if extra, err := Extra(f.Dir(), files); err != nil || !reflect.DeepEqual(extra, []string{"folder/new", "new"}) {
		t.Errorf("extra: got %q, %v", extra, err)
	}
	if _, err := Check(at("nowhere"), nil); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("no folder: got %v", err)
	}
}

func TestPutFromManyGoroutines(t *testing.T) {
	f := create(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := f.Put(fmt.Sprintf("export/%02d", i), text("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if faults, err := Check(f.Dir(), f.Files()); len(f.Files()) != 20 || len(faults) != 0 || err != nil {
		t.Errorf("got %d files, %v, %v", len(f.Files()), faults, err)
	}
}
