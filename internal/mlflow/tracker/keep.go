package tracker

import (
	"io/fs"
	"os"
	"path/filepath"

	"sadi/internal/mlflow"
)

// keepFolder keeps the files of a folder that will be gone: by a second name where the disk can do that, else by a copy.
func keepFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
			return err
		}
		if err := os.Link(path, target); err == nil || os.IsExist(err) {
			return nil
		}
		return mlflow.CopyFile(target, path)
	})
}
