package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sadi/internal/mlflow"
)

const modelsFolder = "models"

// modelMeta is the meta.yaml of a registered model.
type modelMeta struct {
	Aliases     map[string]string `yaml:"aliases"`
	Created     int64             `yaml:"creation_timestamp"`
	Description *string           `yaml:"description"`
	Updated     int64             `yaml:"last_updated_timestamp"`
	Name        string            `yaml:"name"`
}

// versionMeta is the meta.yaml of a version of it.
type versionMeta struct {
	Aliases     []string `yaml:"aliases"`
	Created     int64    `yaml:"creation_timestamp"`
	Stage       string   `yaml:"current_stage"`
	Description *string  `yaml:"description"`
	Updated     int64    `yaml:"last_updated_timestamp"`
	Name        string   `yaml:"name"`
	Run         string   `yaml:"run_id"`
	Link        *string  `yaml:"run_link"`
	Source      string   `yaml:"source"`
	Status      string   `yaml:"status"`
	Message     *string  `yaml:"status_message"`
	Storage     string   `yaml:"storage_location"`
	User        *string  `yaml:"user_id"`
	Version     int      `yaml:"version"`
}

// Register implements mlflow.Store.
func (s *Store) Register(_ context.Context, v mlflow.Version) (string, error) {
	if err := mlflow.CheckModel(v.Model); err != nil {
		return "", err
	}
	dir := filepath.Join(s.dir, modelsFolder, v.Model)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fault(err)
	}
	now := time.Now().UnixMilli()
	m := modelMeta{Aliases: map[string]string{}, Created: now, Name: v.Model}
	if err := readMeta(dir, &m); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fault(err)
	}
	last, have, err := versions(dir, v)
	if err != nil || have > 0 {
		return strconv.Itoa(have), fault(err)
	}
	// The folder is made with Mkdir, which one of two processes does.
	n := last + 1
	for ; ; n++ {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprintf("version-%d", n)), 0o777); err == nil {
			break
		} else if !errors.Is(err, fs.ErrExist) {
			return "", fault(err)
		}
	}
	of := filepath.Join(dir, fmt.Sprintf("version-%d", n))
	if err := os.MkdirAll(filepath.Join(of, "tags"), 0o777); err != nil {
		return "", fault(err)
	}
	for _, b := range mlflow.Clean(mlflow.Batch{Tags: v.Tags}) {
		if err := writePairs(filepath.Join(of, "tags"), b.Tags); err != nil {
			return "", fault(err)
		}
	}
	vm := versionMeta{Aliases: []string{}, Created: now, Stage: "None", Updated: now, Name: v.Model, Run: v.Run, Source: v.Source,
		Status: "READY", Storage: v.Source, Version: n}
	if v.Description != "" {
		vm.Description = &v.Description
	}
	if err := writeMeta(of, vm); err != nil {
		return "", fault(err)
	}
	m.Updated = now
	return strconv.Itoa(n), fault(writeMeta(dir, m))
}

// versions is the number of the last version, and of the one that v already is; 0 = none.
func versions(dir string, v mlflow.Version) (last, have int, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		text, ok := strings.CutPrefix(e.Name(), "version-")
		n, bad := strconv.Atoi(text)
		if !ok || bad != nil || !e.IsDir() {
			continue
		}
		last = max(last, n)
		var m versionMeta
		if readMeta(filepath.Join(dir, e.Name()), &m) == nil && m.Run == v.Run && m.Source == v.Source {
			have = n
		}
	}
	return last, have, err
}
