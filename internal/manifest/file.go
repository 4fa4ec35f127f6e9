package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/fsx"
)

// maxBytes bounds a manifest that is read; a hundred thousand trials are about 100 MB.
const maxBytes = 512 << 20

// Digest is the SHA-256 of the canonical JSON of the determined part, in hexadecimal.
func Digest(d *Determined) (string, error) {
	fillEmpty(reflect.ValueOf(d))
	text, err := Canonical(d)
	if err != nil {
		return "", err
	}
	return hash(text), nil
}

// Write completes the header (Schema, DatasetHash, Digest) and writes the manifest to its folder. It comes after every
// other file: from then on the folder is a result.
func Write(dir string, m *Manifest) error {
	text, err := complete(m)
	if err != nil {
		return err
	}
	return fsx.WriteFile(filepath.Join(dir, Name), text)
}

// complete fills in the header and gives the text of the file.
func complete(m *Manifest) ([]byte, error) {
	if !m.Status.Final() {
		return nil, sadi.Errorf(sadi.Internal, "a job that is %s has no manifest", m.Status)
	}
	digest, err := Digest(&m.Determined)
	if err != nil {
		return nil, err
	}
	m.Schema, m.DatasetHash, m.Digest = Schema, m.Determined.Dataset.SHA256, digest
	return Encode(m)
}

// Finish ends the folder of a job: it puts the dependency snapshot and the bill of materials, completes the manifest with
// the running program and the lists of files, and writes it.
func Finish(folder *artifact.Folder, m *Manifest) error {
	d := &m.Determined
	d.Program, d.Dependencies = Running()
	bill, err := SBOM(d.Program, d.Dependencies)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{DependenciesName, []byte(Dependencies(d.Program, d.Dependencies))}, {SBOMName, bill}} {
		if _, err := folder.Put(f.name, func(w io.Writer) error { _, err := w.Write(f.text); return err }); err != nil {
			return err
		}
	}
	d.Artifacts, m.Observed.Artifacts, m.Observed.Revision = folder.Files(), folder.Observed(), Revision()
	if m.Created.IsZero() {
		m.Created = m.Observed.Finished
	}
	text, err := complete(m)
	if err != nil {
		return err
	}
	return folder.Seal(text)
}

// Encode is the text of the file: JSON in the order of the fields, indented for people.
func Encode(m *Manifest) ([]byte, error) {
	fillEmpty(reflect.ValueOf(m))
	if err := checkNumbers(m); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, sadi.Errorf(sadi.Internal, "the manifest can not be written as JSON: %w", err)
	}
	return b.Bytes(), nil
}

// Read reads a manifest; path is the file or its folder. It does not check the digest: Verify does.
func Read(path string) (*Manifest, error) {
	data, path, err := readFile(path)
	if err != nil {
		return nil, err
	}
	m, _, err := Decode(data)
	if err != nil {
		return nil, at(err, path)
	}
	return m, nil
}

// Decode reads the text of a manifest and returns with it the determined part as it stands there, which may hold fields
// that a later version added.
func Decode(data []byte) (*Manifest, json.RawMessage, error) {
	var header struct {
		Schema     string          `json:"schema"`
		Determined json.RawMessage `json:"determined"`
	}
	if err := json.Unmarshal(data, &header); err != nil {
		return nil, nil, sadi.Errorf(sadi.Corrupt, "the manifest is no JSON of ours: %w", err)
	}
	if header.Schema != Schema {
		return nil, nil, sadi.Errorf(sadi.Corrupt, "the manifest has the form %q and this program reads %q", header.Schema, Schema).
			Advise("use the version of sadi that wrote it, or a later one")
	}
	if len(header.Determined) == 0 {
		return nil, nil, sadi.Errorf(sadi.Corrupt, "the manifest has no determined part")
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, nil, sadi.Errorf(sadi.Corrupt, "the manifest is no JSON of ours: %w", err)
	}
	return m, header.Determined, nil
}

// readFile reads path, or the manifest in the folder path, and returns also where it was.
func readFile(path string) ([]byte, string, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, Name)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, path, sadi.Errorf(sadi.NotFound, "there is no manifest").At("%s", path).
			Advise("a folder without %s is not a result: the job did not end, or this is another folder", Name)
	}
	if err != nil {
		return nil, path, sadi.Errorf(sadi.Unavailable, "the manifest can not be read: %w", err).At("%s", path)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, path, sadi.Errorf(sadi.Unavailable, "the manifest can not be read: %w", err).At("%s", path)
	}
	if len(data) > maxBytes {
		return nil, path, sadi.Errorf(sadi.LimitExceeded, "the manifest is larger than %d MB", maxBytes>>20).At("%s", path)
	}
	return data, path, nil
}

// at adds a place to an error that has none.
func at(err error, path string) error {
	var e *sadi.Error
	if errors.As(err, &e) && e.Where == "" {
		return e.At("%s", path)
	}
	return err
}
