package artifact

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sadi"
	"sadi/internal/fsx"
)

// Fault is a file that is not as it was put.
type Fault struct {
	Path string `json:"path"`
	Text string `json:"text"` // what is wrong with it, without the path
}

// Check compares the files of a folder with what was put there and returns the faults, in the order of files. Paths
// that lead out of the folder are faults. The error is about the folder itself.
func Check(dir string, files []File) ([]Fault, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, folderError(dir, err)
	}
	defer root.Close()
	var faults []Fault
	for _, f := range files {
		sha, size, err := fsx.HashWithin(root, f.Path)
		switch {
		case sadi.CodeOf(err) == sadi.NotFound:
			faults = append(faults, Fault{f.Path, "is missing"})
		case err != nil:
			faults = append(faults, Fault{f.Path, "can not be checked: " + err.Error()})
		case size != f.Bytes:
			faults = append(faults, Fault{f.Path, fmt.Sprintf("has %d bytes, not %d", size, f.Bytes)})
		case sha != f.SHA256:
			faults = append(faults, Fault{f.Path, "has other bytes: SHA-256 " + sha + ", not " + f.SHA256})
		}
	}
	return faults, nil
}

// Extra are the paths in the folder that are not among files and are not the manifest, sorted.
func Extra(dir string, files []File) ([]string, error) {
	known := map[string]bool{Manifest: true}
	for _, f := range files {
		known[f.Path] = true
	}
	var extra []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); !known[name] {
			extra = append(extra, name)
		}
		return nil
	})
	if err != nil {
		return nil, folderError(dir, err)
	}
	slices.Sort(extra)
	return extra, nil
}
