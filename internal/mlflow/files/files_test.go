package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi/internal/mlflow"
	"sadi/internal/mlflow/mlflowtest"
)

func TestContract(t *testing.T) {
	mlflowtest.Run(t, mlflowtest.Lacks{}, func(t *testing.T) (mlflow.Store, mlflowtest.Reader) {
		dir := filepath.Join(t.TempDir(), "mis datos", "mlruns")
		s, err := New(dir)
		if err != nil {
			t.Fatal(err)
		}
		return s, mlflowtest.Folder{Dir: dir}
	})
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A folder that MLflow itself has made: the experiment has an id of MLflow's, which may stand there as a number.
func TestAnExperimentOfMLflowIsUsed(t *testing.T) {
	for _, c := range []struct{ name, at, stage string }{
		{"active", "5", "active"}, {"deleted", ".trash/5", "deleted"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, filepath.FromSlash(c.at), "meta.yaml"), "artifact_location: file:///elsewhere/5\ncreation_time: 1\nexperiment_id: 5\nlast_update_time: 1\nlifecycle_stage: "+c.stage+"\nname: SADI/auto_ml\n")
		write(t, filepath.Join(dir, "7", "meta.yaml"), "not: [a meta")
		s := open(t, dir)
		id, err := s.Experiment(t.Context(), "SADI/auto_ml")
		if err != nil || id != "5" {
			t.Fatalf("%s: %q, %v", c.name, id, err)
		}
		run, err := s.CreateRun(t.Context(), mlflow.NewRun{Experiment: id, Key: "k", Name: "n", Start: mlflowtest.Start})
		if err != nil {
			t.Fatal(err)
		}
		if got := readBack(t, dir, run.ID); got != "SADI/auto_ml" {
			t.Errorf("%s: the run stands in %s", c.name, got)
		}
	}
}

// MLflow deletes the runs of an experiment with it, and restores them with it.
func TestARestoredExperimentHasItsRuns(t *testing.T) {
	dir := t.TempDir()
	experiment := filepath.Join(dir, ".trash", "5")
	write(t, filepath.Join(experiment, "meta.yaml"), "artifact_location: file:///elsewhere/5\nexperiment_id: '5'\nlifecycle_stage: deleted\nname: SADI/auto_ml\n")
	write(t, filepath.Join(experiment, "tags", "a"), "no run")
	write(t, filepath.Join(experiment, "0123456789abcdef0123456789abcdef", "meta.yaml"), "artifact_uri: file:///elsewhere/5/r/artifacts\ndeleted_time: 17\nend_time: 3\n"+
		"experiment_id: '5'\nlifecycle_stage: deleted\nrun_id: 0123456789abcdef0123456789abcdef\nrun_uuid: 0123456789abcdef0123456789abcdef\nstart_time: 2\nstatus: 3\nuser_id: me\n")
	if _, err := open(t, dir).Experiment(t.Context(), "SADI/auto_ml"); err != nil {
		t.Fatal(err)
	}
	var r runMeta
	if err := readMeta(filepath.Join(dir, "5", "0123456789abcdef0123456789abcdef"), &r); err != nil || r.Stage != "active" || r.Start != 2 || r.User != "me" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAPointIsThereOnce(t *testing.T) {
	dir := t.TempDir()
	points := []mlflow.Metric{{Key: "a", Value: 1, Time: mlflowtest.Start, Step: 2}, {Key: "b", Value: 1, Time: mlflowtest.Start, Step: 2}}
	for range 2 {
		if err := writeMetrics(dir, append(points, points...)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"a", "b"} {
		if text, err := os.ReadFile(filepath.Join(dir, key)); err != nil || strings.Count(string(text), "\n") != 1 {
			t.Errorf("%s holds %q, %v", key, text, err)
		}
	}
}

func readBack(t *testing.T, dir, run string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "5", run, "meta.yaml"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	var m experimentMeta
	if err := readMeta(filepath.Join(dir, "5"), &m); err != nil || m.Stage != "active" {
		t.Errorf("%+v, %v", m, err)
	}
	return m.Name
}

// An id of ours may be taken by an experiment that was renamed.
func TestARenamedExperimentKeepsItsID(t *testing.T) {
	dir := t.TempDir()
	first, err := open(t, dir).Experiment(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	meta := filepath.Join(dir, first, "meta.yaml")
	text, err := os.ReadFile(meta)
	if err != nil {
		t.Fatal(err)
	}
	write(t, meta, strings.Replace(string(text), "name: a\n", "name: b\n", 1))
	second, err := open(t, dir).Experiment(t.Context(), "a")
	if err != nil || second == first || len(second) != 18 {
		t.Errorf("%s, then %s, %v", first, second, err)
	}
	if third, err := open(t, dir).Experiment(t.Context(), "b"); err != nil || third != first {
		t.Errorf("%s, %v", third, err)
	}
}

// A store of another process finds the run by its id alone, and mends a line that was cut.
func TestAnotherProcessGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mlruns")
	s := open(t, dir)
	exp, err := s.Experiment(t.Context(), "e")
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.CreateRun(t.Context(), mlflow.NewRun{Experiment: exp, Key: "k", Name: "n", Start: mlflowtest.Start})
	if err != nil {
		t.Fatal(err)
	}
	b := mlflow.Batch{Metrics: []mlflow.Metric{{Key: "m", Value: 1, Time: mlflowtest.Start}, {Key: "m", Value: 2, Time: mlflowtest.Start, Step: 1}}}
	if err := s.Log(t.Context(), run.ID, b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, exp, run.ID, "metrics", "m")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text[:len(text)-3]))
	if err := open(t, dir).Log(t.Context(), run.ID, b); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(text) {
		t.Errorf("%q, %v; want %q", got, err, text)
	}
}

func TestAFolderThatCanNotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")
	if _, err := open(t, filepath.Join(file, "mlruns")).Experiment(t.Context(), "e"); err == nil {
		t.Error("a file is taken for a folder")
	}
	if _, err := open(t, t.TempDir()).Register(t.Context(), mlflow.Version{Model: "../x"}); err == nil {
		t.Error("a model is registered outside of the folder")
	}
}

func FuzzMeta(f *testing.F) {
	f.Add("artifact_location: file:///x\nexperiment_id: '5'\nname: a\nlifecycle_stage: active\n")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "5", "meta.yaml"), text)
		if _, err := open(t, dir).Experiment(t.Context(), "a"); err != nil && mlflow.Temporary(err) {
			t.Errorf("%v", err)
		}
	})
}
