// Package artifact fills the folder of a job with files and remembers what was put there: path, hash, size.
package artifact

import (
	"cmp"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sadi"
	"sadi/internal/fsx"
)

// Manifest is the name of the file that makes a folder a result. It is written last and can not be put.
const Manifest = "manifest.json"

// File is a file of the folder.
type File struct {
	// The path within the job's folder, with slashes.
	Path string `json:"path"`
	// The SHA-256 of its bytes.
	SHA256 string `json:"sha256"`
	// Its size in bytes.
	Bytes int64 `json:"bytes"`
}

// Folder is the folder of a job while it is being filled. It is safe for concurrent use by one process; two processes
// must not fill the same folder.
type Folder struct {
	dir     string
	options []fsx.Option
	mu      sync.Mutex
	files   map[string]entry // by the path in lower case, for systems that do not tell the cases apart
}

type entry struct {
	File
	observed bool
}

// Create makes the folder, or takes over one that an interrupted job left without a manifest: files that are put again
// replace the old ones, and half-written ones are removed. A folder with a manifest is a result and an error. The options
// are those of all files.
func Create(dir string, options ...fsx.Option) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, folderError(dir, err)
	}
	if _, err := os.Lstat(filepath.Join(dir, Manifest)); err == nil {
		return nil, sadi.Errorf(sadi.BadUsage, "the folder already holds the result of a job").At("%s", dir).
			Advise("name another folder or another job")
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && fsx.IsTemp(path) {
			return os.Remove(path)
		}
		return err
	})
	if err != nil {
		return nil, folderError(dir, err)
	}
	return &Folder{dir: dir, options: options, files: map[string]entry{}}, nil
}

// Dir is where the folder lies.
func (f *Folder) Dir() string { return f.dir }

// Put makes a file whose bytes follow from the data and the request alone: another run gives the same ones. The name is
// a relative path with slashes; folders are made as needed. The file appears whole or not at all, and a file of that
// name is replaced.
func (f *Folder) Put(name string, fill func(io.Writer) error) (File, error) {
	return f.put(name, false, fill)
}

// PutObserved is Put for a file that holds times or other things that differ from run to run.
func (f *Folder) PutObserved(name string, fill func(io.Writer) error) (File, error) {
	return f.put(name, true, fill)
}

func (f *Folder) put(name string, observed bool, fill func(io.Writer) error) (File, error) {
	path, err := fsx.Join(f.dir, name)
	if err != nil {
		return File{}, err
	}
	key := strings.ToLower(name)
	if key == Manifest {
		return File{}, sadi.Errorf(sadi.Internal, "%s is written last, by itself", name)
	}
	f.mu.Lock()
	old, taken := f.files[key]
	f.mu.Unlock()
	if taken && old.Path != name {
		return File{}, sadi.Errorf(sadi.Internal, "%q and %q are one file on some systems", old.Path, name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return File{}, folderError(filepath.Dir(path), err)
	}
	sha, size, err := fsx.Write(path, fill, f.options...)
	if err != nil {
		return File{}, err
	}
	file := File{Path: name, SHA256: sha, Bytes: size}
	f.mu.Lock()
	f.files[key] = entry{file, observed}
	f.mu.Unlock()
	return file, nil
}

// Seal writes the manifest, which makes the folder a result.
func (f *Folder) Seal(manifest []byte) error {
	return fsx.WriteFile(filepath.Join(f.dir, Manifest), manifest, f.options...)
}

// Files are the files that were Put, by path. The slice is never nil, so that it is [] in JSON.
func (f *Folder) Files() []File { return f.list(false) }

// Observed are the files that were PutObserved, by path. The slice is never nil.
func (f *Folder) Observed() []File { return f.list(true) }

func (f *Folder) list(observed bool) []File {
	f.mu.Lock()
	defer f.mu.Unlock()
	files := []File{}
	for _, e := range f.files {
		if e.observed == observed {
			files = append(files, e.File)
		}
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return files
}

func folderError(dir string, err error) error {
	return sadi.Errorf(sadi.Unavailable, "the folder can not be made or read: %w", err).At("%s", dir).
		Advise("check who owns it, or choose another one")
}
