package files

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sadi"
	"sadi/internal/fsx"
	"sadi/internal/mlflow"
)

// CreateRun implements mlflow.Store. The folder's meta.yaml comes last: MLflow skips one without it.
func (s *Store) CreateRun(ctx context.Context, r mlflow.NewRun) (mlflow.Run, error) {
	id := runID(r.Experiment, r.Key)
	dir := filepath.Join(s.dir, r.Experiment, id)
	if _, err := os.Stat(filepath.Join(s.dir, r.Experiment, metaFile)); err != nil {
		return mlflow.Run{}, fault(err)
	}
	for _, sub := range []string{"metrics", "params", "tags", "artifacts"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return mlflow.Run{}, fault(err)
		}
	}
	name := mlflow.Cut(r.Name, mlflow.MaxKey)
	tags := append([]mlflow.Pair{{Key: mlflow.KeyTag, Value: r.Key}, {Key: mlflow.TagUser, Value: r.User}, {Key: mlflow.TagRunName, Value: name}}, r.Tags...)
	for _, b := range mlflow.Clean(mlflow.Batch{Tags: tags}) {
		if err := writePairs(filepath.Join(dir, "tags"), b.Tags); err != nil {
			return mlflow.Run{}, fault(err)
		}
	}
	m := runMeta{Artifacts: fileURI(filepath.Join(dir, "artifacts")), Experiment: r.Experiment, Stage: active, ID: id, UUID: id, Name: name,
		SourceType: 4, Start: r.Start.UnixMilli(), Status: statuses[mlflow.Running], Tags: []string{}, User: r.User}
	if err := writeMeta(dir, m); err != nil {
		return mlflow.Run{}, fault(err)
	}
	s.remember(id, dir)
	return mlflow.Run{ID: id, Experiment: r.Experiment, Artifacts: m.Artifacts}, nil
}

// FindRun implements mlflow.Store.
func (s *Store) FindRun(_ context.Context, experiment, key string) (mlflow.Run, bool, error) {
	id := runID(experiment, key)
	dir := filepath.Join(s.dir, experiment, id)
	var m runMeta
	err := readMeta(dir, &m)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && m.Stage != active:
		return mlflow.Run{}, false, nil
	case err != nil:
		return mlflow.Run{}, false, fault(err)
	}
	s.remember(id, dir)
	return mlflow.Run{ID: id, Experiment: experiment, Artifacts: m.Artifacts}, true, nil
}

func (s *Store) remember(run, dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[run] = dir
}

// folder is where a run lies.
func (s *Store) folder(run string) (string, error) {
	s.mu.Lock()
	dir, ok := s.runs[run]
	s.mu.Unlock()
	if ok {
		return dir, nil
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return "", fault(err)
	}
	for _, e := range entries {
		dir := filepath.Join(s.dir, e.Name(), run)
		if _, err := os.Stat(filepath.Join(dir, metaFile)); err == nil && fsx.CheckName(run) == nil {
			s.remember(run, dir)
			return dir, nil
		}
	}
	return "", &mlflow.Fault{Kind: mlflow.Rejected, Err: sadi.Errorf(sadi.NotFound, "there is no run %q", run).At("%s", s.dir)}
}

// Log implements mlflow.Store.
func (s *Store) Log(_ context.Context, run string, b mlflow.Batch) error {
	dir, err := s.folder(run)
	if err != nil {
		return err
	}
	for _, part := range mlflow.Clean(b) {
		if err := writePairs(filepath.Join(dir, "params"), part.Params); err != nil {
			return fault(err)
		}
		if err := writePairs(filepath.Join(dir, "tags"), part.Tags); err != nil {
			return fault(err)
		}
		if err := writeMetrics(filepath.Join(dir, "metrics"), part.Metrics); err != nil {
			return fault(err)
		}
	}
	return nil
}

// writePairs writes a file for each pair: its content is the value, without a line end.
func writePairs(dir string, pairs []mlflow.Pair) error {
	for _, p := range pairs {
		path := filepath.Join(dir, filepath.FromSlash(p.Key))
		if strings.Contains(p.Key, "/") {
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				return err
			}
		}
		if err := os.WriteFile(path, []byte(p.Value), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// writeMetrics appends the points, a line each, to the files of their metrics.
func writeMetrics(dir string, metrics []mlflow.Metric) error {
	lines := map[string][]byte{}
	known := map[string]bool{} // a line that is there twice keeps mlflow migrate-filestore from its work
	var keys []string
	for _, m := range metrics {
		line := fmt.Sprintf("%d %s %d\n", m.Time.UnixMilli(), number(m.Value), m.Step)
		if known[m.Key+"\n"+line] {
			continue
		}
		known[m.Key+"\n"+line] = true
		if _, ok := lines[m.Key]; !ok {
			keys = append(keys, m.Key)
		}
		lines[m.Key] = append(lines[m.Key], line...)
	}
	for _, key := range keys {
		if err := appendLines(filepath.Join(dir, filepath.FromSlash(key)), lines[key]); err != nil {
			return err
		}
	}
	return nil
}

// appendLines adds to a file the lines that it does not have: what is logged again is not there twice. A file whose
// writer was killed may lack its last line end.
func appendLines(path string, lines []byte) error {
	have, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		return os.WriteFile(path, lines, 0o666)
	}
	if err != nil {
		return err
	}
	if end := bytes.LastIndexByte(have, '\n') + 1; end < len(have) {
		if err := os.Truncate(path, int64(end)); err != nil {
			return err
		}
		have = have[:end]
	}
	known := map[string]bool{}
	for line := range bytes.Lines(have) {
		known[string(line)] = true
	}
	var fresh []byte
	for line := range bytes.Lines(lines) {
		if !known[string(line)] {
			fresh = append(fresh, line...)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(fresh)
	return errors.Join(err, f.Close())
}

// number is a value as Python prints it.
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// LogInput implements mlflow.Store.
func (s *Store) LogInput(_ context.Context, run string, in mlflow.Input) error {
	dir, err := s.folder(run)
	if err != nil {
		return err
	}
	digest := mlflow.Cut(in.Digest, mlflow.MaxDigest)
	set := joinedMD5(in.Name, digest)
	of := filepath.Join(filepath.Dir(dir), "datasets", set)
	if err := os.MkdirAll(of, 0o777); err != nil {
		return fault(err)
	}
	err = writeMeta(of, map[string]string{"digest": digest, "name": in.Name, "profile": in.Profile, "schema": in.Schema, "source": in.Source, "source_type": in.SourceType})
	if err != nil {
		return fault(err)
	}
	input := filepath.Join(dir, "inputs", joinedMD5(set, run))
	if err := os.MkdirAll(input, 0o777); err != nil {
		return fault(err)
	}
	return fault(writeMeta(input, map[string]any{"destination_id": run, "destination_type": "RUN", "source_id": set, "source_type": "DATASET",
		"tags": map[string]string{mlflow.TagContext: in.Context}}))
}

// joinedMD5 is how MLflow names data sets and inputs.
func joinedMD5(a, b string) string {
	sum := md5.Sum([]byte(a + b))
	return hex.EncodeToString(sum[:])
}

// historyTag lists the models that a run logged.
const historyTag = "mlflow.log-model.history"

// LogModel implements mlflow.Store.
func (s *Store) LogModel(_ context.Context, run, model string) error {
	dir, err := s.folder(run)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "tags", historyTag)
	var all []json.RawMessage
	if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &all) != nil {
		all = nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(model)); err != nil {
		return sadi.Errorf(sadi.Internal, "the description of a model is no JSON")
	}
	for _, m := range all {
		if bytes.Equal(m, compact.Bytes()) {
			return nil
		}
	}
	text, err := json.Marshal(append(all, compact.Bytes()))
	if err != nil {
		return sadi.Errorf(sadi.Internal, "the description of a model can not be written: %w", err)
	}
	return fault(os.WriteFile(path, text, 0o666))
}

// End implements mlflow.Store.
func (s *Store) End(_ context.Context, run string, status mlflow.Status, end time.Time) error {
	dir, err := s.folder(run)
	if err != nil {
		return err
	}
	var m runMeta
	if err := readMeta(dir, &m); err != nil {
		return fault(err)
	}
	m.Status, m.End = statuses[status], nil
	if !end.IsZero() {
		ms := end.UnixMilli()
		m.End = &ms
	}
	return fault(writeMeta(dir, m))
}

// Put implements mlflow.Store.
func (s *Store) Put(_ context.Context, run mlflow.Run, name, file string) error {
	if err := fsx.CheckName(name); err != nil {
		return err
	}
	dir, err := s.folder(run.ID)
	if err != nil {
		return err
	}
	return mlflow.CopyFile(filepath.Join(dir, "artifacts", filepath.FromSlash(name)), file)
}
