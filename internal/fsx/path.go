package fsx

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sadi"
)

// CheckName returns an error unless name is a plain relative path with slashes that means the same file on every
// system: no "..", no empty part, no backslash, colon or control character, no part that ends in a dot or space, no
// device name of Windows.
func CheckName(name string) error {
	if ok := fs.ValidPath(name) && name != "." && len(name) <= 1024 && !strings.ContainsFunc(name, foreign); ok {
		for part := range strings.SplitSeq(name, "/") {
			if strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") || isDevice(part) {
				ok = false
			}
		}
		if ok {
			return nil
		}
	}
	return sadi.Errorf(sadi.BadUsage, "%q is not a safe file name", name).
		Advise("use a relative path with slashes and without \"..\"")
}

func foreign(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) }

// isDevice reports whether Windows would open a device for the name, whatever its extension.
func isDevice(part string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(part), ".")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '0' && stem[3] <= '9'
}

// Join is the path of name within dir; name must be safe (CheckName). A symbolic link inside dir may still lead out of
// it; HashWithin does not follow such a link.
func Join(dir, name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	return filepath.Join(dir, filepath.FromSlash(name)), nil
}

// Sum is the SHA-256, in hexadecimal, and the length of what r has left.
func Sum(r io.Reader) (sha string, size int64, err error) {
	h := sha256.New()
	size, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// HashFile is the SHA-256, in hexadecimal, and the length of a file.
func HashFile(path string) (sha string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, readError(path, err)
	}
	defer f.Close()
	return sumFile(f, path)
}

// HashWithin is HashFile for a file of a folder. The name must be safe, and a link that leads out of the folder is an
// error.
func HashWithin(root *os.Root, name string) (sha string, size int64, err error) {
	if err := CheckName(name); err != nil {
		return "", 0, err
	}
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return "", 0, readError(name, err)
	}
	defer f.Close()
	return sumFile(f, name)
}

func sumFile(f *os.File, path string) (string, int64, error) {
	info, err := f.Stat()
	if err != nil {
		return "", 0, readError(path, err)
	}
	if !info.Mode().IsRegular() {
		return "", 0, sadi.Errorf(sadi.NotFound, "this is not a file").At("%s", path)
	}
	sha, size, err := Sum(f)
	if err != nil {
		return "", 0, readError(path, err)
	}
	return sha, size, nil
}
