package mlflow

import (
	"io"
	"os"
	"path/filepath"

	"sadi"
	"sadi/internal/fsx"
)

// CopyFile makes the file to, and its folders, from the file from. It appears whole, and waits for no disk: the original
// is there.
func CopyFile(to, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return sadi.Errorf(sadi.Unavailable, "an artifact can not be read: %w", err)
	}
	defer f.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return sadi.Errorf(sadi.Unavailable, "the folder for artifacts can not be made: %w", err).At("%s", filepath.Dir(to))
	}
	_, _, err = fsx.Write(to, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	}, fsx.Volatile)
	return err
}
