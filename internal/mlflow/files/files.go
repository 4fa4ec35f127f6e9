// Package files keeps runs in a folder, in the form of MLflow's own file store (mlruns), which its programs open.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"sadi"
	"sadi/internal/fsx"
	"sadi/internal/mlflow"
)

// Store is a folder of runs. The ids of what it makes follow from names, so that two processes that make the same thing
// make one.
type Store struct {
	dir string // absolute

	mu   sync.Mutex
	runs map[string]string // the folder of a run that was seen
}

var _ mlflow.Store = (*Store)(nil)

// New makes a store; the folder is made when something is logged.
func New(dir string) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, sadi.Errorf(sadi.BadUsage, "the folder for MLflow can not be used: %w", err).At("%s", dir)
	}
	return &Store{dir: abs, runs: map[string]string{}}, nil
}

// Dir is the folder.
func (s *Store) Dir() string { return s.dir }

// Link is empty: a folder has no page.
func (s *Store) Link(mlflow.Run) string { return "" }

const (
	metaFile    = "meta.yaml"
	trashFolder = ".trash"
	active      = "active"
)

// experimentMeta is the meta.yaml of an experiment, in the order in which MLflow writes it.
type experimentMeta struct {
	Artifacts string `yaml:"artifact_location"`
	Created   int64  `yaml:"creation_time"`
	ID        string `yaml:"experiment_id"`
	Updated   int64  `yaml:"last_update_time"`
	Stage     string `yaml:"lifecycle_stage"`
	Name      string `yaml:"name"`
}

// runMeta is the meta.yaml of a run. MLflow 2 needs run_uuid, MLflow 3 needs run_id.
type runMeta struct {
	Artifacts  string   `yaml:"artifact_uri"`
	End        *int64   `yaml:"end_time"`
	Entry      string   `yaml:"entry_point_name"`
	Experiment string   `yaml:"experiment_id"`
	Stage      string   `yaml:"lifecycle_stage"`
	ID         string   `yaml:"run_id"`
	Name       string   `yaml:"run_name"`
	UUID       string   `yaml:"run_uuid"`
	Source     string   `yaml:"source_name"`
	SourceType int      `yaml:"source_type"`
	Version    string   `yaml:"source_version"`
	Start      int64    `yaml:"start_time"`
	Status     int      `yaml:"status"`
	Tags       []string `yaml:"tags"`
	User       string   `yaml:"user_id"`
}

// statuses are the numbers of MLflow's states in files.
var statuses = map[mlflow.Status]int{mlflow.Running: 1, mlflow.Scheduled: 2, mlflow.Finished: 3, mlflow.Failed: 4, mlflow.Killed: 5}

// fault is the fault of a file: a full disk may have space again.
func fault(err error) error {
	if err == nil {
		return nil
	}
	kind := mlflow.Away
	if errors.Is(err, fs.ErrNotExist) {
		kind = mlflow.Rejected
	} else if errors.Is(err, fs.ErrPermission) {
		kind = mlflow.ShutOut
	}
	return &mlflow.Fault{Kind: kind, Err: sadi.Errorf(sadi.Unavailable, "the folder of MLflow's runs can not be used: %w", err)}
}

// writeMeta writes a meta.yaml, which a reader sees whole. Nothing here waits for the disk: a job has thousands of these
// files, and MLflow's own store does not either.
func writeMeta(dir string, v any) error {
	text, err := yaml.Marshal(v)
	if err != nil {
		return err
	}
	_, _, err = fsx.Write(filepath.Join(dir, metaFile), func(w io.Writer) error { _, err := w.Write(text); return err }, fsx.Volatile)
	return err
}

// maxMeta bounds a meta.yaml that is read.
const maxMeta = 1 << 20

func readMeta(dir string, v any) error {
	path := filepath.Join(dir, metaFile)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > maxMeta {
		return &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, v)
}

// fileURI is the address of a folder of this machine.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// Experiment implements mlflow.Store.
func (s *Store) Experiment(_ context.Context, name string) (string, error) {
	if err := s.open(); err != nil {
		return "", fault(err)
	}
	if m, ok := findExperiment(s.dir, name); ok {
		return m.ID, nil
	}
	trash := filepath.Join(s.dir, trashFolder)
	if m, ok := findExperiment(trash, name); ok {
		if err := restore(filepath.Join(trash, m.ID), m); err != nil {
			return "", fault(err)
		}
		return m.ID, fault(os.Rename(filepath.Join(trash, m.ID), filepath.Join(s.dir, m.ID)))
	}
	for n := 0; ; n++ { // an experiment that was renamed has kept the id
		id := experimentID(name, n)
		dir := filepath.Join(s.dir, id)
		var m experimentMeta
		if err := readMeta(dir, &m); err == nil && m.Name != name {
			continue
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return "", fault(err)
		}
		now := time.Now().UnixMilli()
		return id, fault(writeMeta(dir, experimentMeta{fileURI(dir), now, id, now, active, name}))
	}
}

// restore makes a deleted experiment active, and its runs, which MLflow deletes with it.
func restore(dir string, m experimentMeta) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		run := filepath.Join(dir, e.Name())
		var r runMeta
		if err := readMeta(run, &r); err != nil || r.ID == "" || r.Stage == active {
			continue
		}
		r.Stage = active // the time of deletion is not among our fields, so it goes
		if err := writeMeta(run, r); err != nil {
			return err
		}
	}
	m.Stage, m.Updated = active, time.Now().UnixMilli()
	return writeMeta(dir, m)
}

// open makes the folder with the experiment that every store of MLflow has.
func (s *Store) open() error {
	if _, err := os.Stat(s.dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir := filepath.Join(s.dir, "0")
	for _, d := range []string{dir, filepath.Join(s.dir, trashFolder), filepath.Join(s.dir, modelsFolder)} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			return err
		}
	}
	now := time.Now().UnixMilli()
	return writeMeta(dir, experimentMeta{fileURI(dir), now, "0", now, active, "Default"})
}

func findExperiment(dir, name string) (m experimentMeta, ok bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return m, false
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == modelsFolder || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if m = (experimentMeta{}); readMeta(filepath.Join(dir, e.Name()), &m) == nil && m.Name == name && m.ID == e.Name() {
			return m, true
		}
	}
	return m, false
}

// experimentID is a number of 18 digits, as MLflow has them.
func experimentID(name string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "experiment\n%s\n%d", name, n))
	span := new(big.Int).Exp(big.NewInt(10), big.NewInt(17), nil)
	v := new(big.Int).Mod(new(big.Int).SetBytes(sum[:]), new(big.Int).Mul(span, big.NewInt(9)))
	return v.Add(v, span).String()
}

// runID is 32 hexadecimal digits, as MLflow has them.
func runID(experiment, key string) string {
	sum := sha256.Sum256([]byte("run\n" + experiment + "\n" + key))
	return hex.EncodeToString(sum[:16])
}
