package mlflowtest

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sadi/internal/mlflow"
)

// Folder reads a file store as MLflow 2 and 3 do, with the fields that either needs, and fails a test where they would
// fail.
type Folder struct{ Dir string }

var _ Reader = Folder{}

var (
	keyForm        = regexp.MustCompile(`^[/\p{L}\p{N}_.\- :]*$`)
	runForm        = regexp.MustCompile(`^[0-9a-f]{32}$`)
	experimentForm = regexp.MustCompile(`^[A-Za-z0-9][\w-]{0,63}$`)
)

// meta reads a meta.yaml that must have the fields.
func meta(t *testing.T, dir string, fields ...string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "meta.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := yaml.Unmarshal(text, &m); err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	for _, f := range fields {
		if _, ok := m[f]; !ok {
			t.Errorf("%s/meta.yaml has no %s", dir, f)
		}
	}
	return m
}

func text(t *testing.T, m map[string]any, field string) string {
	t.Helper()
	v, ok := m[field].(string)
	if !ok {
		t.Errorf("%s is %T in %v", field, m[field], m)
	}
	return v
}

func whole(t *testing.T, m map[string]any, field string) int64 {
	t.Helper()
	if m[field] == nil {
		return 0
	}
	v, ok := m[field].(int)
	if !ok {
		t.Errorf("%s is %T in %v", field, m[field], m)
	}
	return int64(v)
}

// Runs lists the folders of runs of every active experiment.
func (f Folder) Runs(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(f.Dir, "*", "*", "meta.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var runs []string
	for _, p := range all {
		if id := filepath.Base(filepath.Dir(p)); runForm.MatchString(id) {
			runs = append(runs, id)
		}
	}
	return runs
}

// Run implements Reader.
func (f Folder) Run(t *testing.T, id string) State {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(f.Dir, "*", id, "meta.yaml"))
	if err != nil || len(found) != 1 || !runForm.MatchString(id) {
		t.Fatalf("the run %q lies at %v, %v", id, found, err)
	}
	dir := filepath.Dir(found[0])
	experiment := filepath.Base(filepath.Dir(dir))
	e := meta(t, filepath.Dir(dir), "artifact_location", "experiment_id", "lifecycle_stage", "name")
	if text(t, e, "experiment_id") != experiment || !experimentForm.MatchString(experiment) || text(t, e, "lifecycle_stage") != "active" {
		t.Errorf("experiment %s: %v", experiment, e)
	}
	m := meta(t, dir, "artifact_uri", "end_time", "experiment_id", "run_id", "run_uuid", "start_time", "user_id", "lifecycle_stage", "status")
	if text(t, m, "experiment_id") != experiment || text(t, m, "run_id") != id || text(t, m, "run_uuid") != id || text(t, m, "lifecycle_stage") != "active" {
		t.Errorf("run %s: %v", id, m)
	}
	s := State{Experiment: text(t, e, "name"), Name: text(t, m, "run_name"), Start: whole(t, m, "start_time"), End: whole(t, m, "end_time"),
		Status:  [...]string{"", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"}[whole(t, m, "status")],
		Params:  values(t, filepath.Join(dir, "params")),
		Tags:    values(t, filepath.Join(dir, "tags")),
		Metrics: map[string][]Point{}}
	if s.Tags["mlflow.runName"] != s.Name {
		t.Errorf("the run is called %q and tagged %q", s.Name, s.Tags["mlflow.runName"])
	}
	for key, lines := range values(t, filepath.Join(dir, "metrics")) {
		s.Metrics[key] = points(t, key, lines)
	}
	s.Artifacts = artifacts(t, text(t, m, "artifact_uri"))
	s.Inputs = inputs(t, dir)
	return s
}

// values reads the files of a folder by their keys.
func values(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, err := filepath.Rel(dir, p)
		if key = filepath.ToSlash(key); err != nil || !keyForm.MatchString(key) || path.Clean(key) != key || len([]rune(key)) > 250 {
			t.Errorf("%q is no key (%v)", key, err)
		}
		b, err := os.ReadFile(p)
		all[key] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// points reads a metric: a timestamp, a value and a step on each line, none of them empty.
func points(t *testing.T, key, lines string) []Point {
	t.Helper()
	if !strings.HasSuffix(lines, "\n") {
		t.Errorf("%s does not end a line: %q", key, lines)
	}
	var all []Point
	for line := range bytes.Lines([]byte(lines)) {
		var p Point
		f := strings.Fields(string(line))
		if len(f) != 3 {
			t.Fatalf("%s: %q", key, line)
		}
		var errs [3]error
		p.Time, errs[0] = strconv.ParseInt(f[0], 10, 64)
		p.Value, errs[1] = strconv.ParseFloat(f[1], 64)
		p.Step, errs[2] = strconv.ParseInt(f[2], 10, 64)
		if errs != [3]error{} {
			t.Fatalf("%s: %q: %v", key, line, errs)
		}
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b Point) int { return cmp.Compare(a.Step, b.Step) })
	return all
}

func artifacts(t *testing.T, uri string) map[string]string {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" && u.Scheme != "" {
		t.Fatalf("artifacts lie at %q", uri)
	}
	dir, all := filepath.FromSlash(u.Path), map[string]string{}
	if _, err := os.Stat(dir); err != nil {
		return all
	}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		b, err := os.ReadFile(p)
		all[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func inputs(t *testing.T, dir string) (all []mlflow.Input) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "inputs"))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		m := meta(t, filepath.Join(dir, "inputs", e.Name()), "source_type", "source_id", "destination_type", "destination_id", "tags")
		if m["source_type"] != "DATASET" || m["destination_type"] != "RUN" {
			t.Errorf("input: %v", m)
		}
		d := meta(t, filepath.Join(filepath.Dir(dir), "datasets", text(t, m, "source_id")), "name", "digest", "source_type", "source", "schema", "profile")
		tags, _ := m["tags"].(map[string]any)
		all = append(all, mlflow.Input{Name: text(t, d, "name"), Digest: text(t, d, "digest"), SourceType: text(t, d, "source_type"),
			Source: text(t, d, "source"), Schema: text(t, d, "schema"), Profile: text(t, d, "profile"), Context: fmt.Sprint(tags["mlflow.data.context"])})
	}
	return all
}

// Versions implements Reader.
func (f Folder) Versions(t *testing.T, model string) (all []ModelVersion) {
	t.Helper()
	dir := filepath.Join(f.Dir, "models", model)
	if m := meta(t, dir, "creation_timestamp", "last_updated_timestamp", "name", "aliases", "description"); text(t, m, "name") != model {
		t.Errorf("%v", m)
	}
	for n := 1; ; n++ {
		of := filepath.Join(dir, fmt.Sprintf("version-%d", n))
		if _, err := os.Stat(of); err != nil {
			return all
		}
		m := meta(t, of, "aliases", "creation_timestamp", "current_stage", "description", "last_updated_timestamp", "name", "run_id", "run_link",
			"source", "status", "status_message", "storage_location", "user_id", "version")
		if whole(t, m, "version") != int64(n) || m["status"] != "READY" || m["current_stage"] != "None" {
			t.Errorf("version %d: %v", n, m)
		}
		description, _ := m["description"].(string)
		all = append(all, ModelVersion{strconv.Itoa(n), text(t, m, "source"), text(t, m, "run_id"), description, values(t, filepath.Join(of, "tags"))})
	}
}
