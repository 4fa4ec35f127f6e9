package artifact

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// NewID names a job after its file and the moment, with a tail that keeps apart what many processes submit at once.
// The tail is the only thing in SADI that comes from real chance: no result follows from a job's name.
func NewID(file string, now time.Time) string {
	base := filepath.Base(filepath.FromSlash(file))
	if i := strings.IndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	stem := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, base)
	stem = strings.Trim(stem[:min(len(stem), 40)], "-")
	if stem == "" {
		stem = "data"
	}
	var tail [4]byte
	rand.Read(tail[:]) // it never fails
	return fmt.Sprintf("%s-%s-%s", now.UTC().Format("20060102-150405"), stem, hex.EncodeToString(tail[:]))
}

// JobDir is the folder of a job below the data root.
func JobDir(root, id string) string { return filepath.Join(root, "processed", id, "auto_ml") }
