package main

import (
	"encoding/json"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/config"
	"sadi/internal/manifest"
	"sadi/internal/mlflow"
	"sadi/internal/mlflow/mlflowtest"
)

// trackedRun is sadi run on a small file with little to try. It returns the folder of the job and its manifest.
func trackedRun(t *testing.T, data string, more ...string) (dir string, m *manifest.Manifest, stdout, stderr string) {
	t.Helper()
	args := append([]string{"run", "../../examples/penguins.csv", "--target", "species", "--models", "logistic_regression,xgb", "--budget", "4trials", "--data", data, "--json"}, more...)
	code, stdout, stderr := call(t, args...)
	if code != exitDone {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var o sadi.Outcome
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &o); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Read(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if m.MLflowRunID != nil && *m.MLflowRunID != o.MLflowRunID || m.MLflowRunID == nil && o.MLflowRunID != "" {
		t.Errorf("the outcome names the run %q", o.MLflowRunID)
	}
	return o.Dir, m, stdout, stderr
}

// clearMLflow takes the settings of whoever runs the tests away.
func clearMLflow(t *testing.T) {
	for _, name := range []string{"MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "SADI_MLFLOW_URI"} {
		t.Setenv(name, "")
	}
}

func TestAJobIsTracked(t *testing.T) {
	clearMLflow(t)
	double := mlflowtest.NewServer(t, "3.11")
	data := t.TempDir()

	// To the folder below the data root, where nothing else is named.
	_, plain, _, stderr := trackedRun(t, data)
	folder := mlflowtest.Folder{Dir: filepath.Join(data, "mlruns")}
	if plain.MLflowRunID == nil || plain.Observed.MLflow == nil || strings.Contains(stderr, "MLflow:") {
		t.Fatalf("%v, %+v, %s", plain.MLflowRunID, plain.Observed.MLflow, stderr)
	}
	if s := folder.Run(t, *plain.MLflowRunID); s.Status != "FINISHED" || s.Experiment != mlflow.DefaultExperiment || s.Tags["sadi.digest"] != plain.Digest || s.Artifacts["manifest.json"] == "" {
		t.Errorf("%+v", s)
	}
	if runs := folder.Runs(t); len(runs) != 1+len(plain.Determined.Trials) {
		t.Errorf("%d runs for %d trials", len(runs), len(plain.Determined.Trials))
	}
	curves := 0
	for _, id := range folder.Runs(t) {
		curves += len(folder.Run(t, id).Metrics["valid_loss/fold_0"])
	}
	if curves == 0 {
		t.Error("no trial has a learning curve")
	}

	// To a server, which changes nothing in the result.
	t.Setenv("MLFLOW_TRACKING_URI", double.URL())
	t.Setenv("MLFLOW_EXPERIMENT_NAME", "from the environment")
	_, m, _, _ := trackedRun(t, data, "--register-as", "penguins")
	if m.Digest != plain.Digest {
		t.Errorf("the digest is %s, and %s on a server", plain.Digest, m.Digest)
	}
	s := double.Run(t, *m.MLflowRunID)
	if s.Experiment != "from the environment" || s.Status != "FINISHED" || len(s.Inputs) != 1 || s.Artifacts["model/model.sadi"] == "" || len(double.Versions(t, "penguins")) != 1 {
		t.Errorf("%+v", s)
	}
	if at := m.Observed.MLflow; at.TrackingURI != double.URL() || at.Link != double.URL()+"/#/experiments/"+at.ExperimentID+"/runs/"+at.RunID {
		t.Errorf("%+v", at)
	}

	// Nowhere.
	_, m, _, _ = trackedRun(t, data, "--mlflow", "none")
	if m.MLflowRunID != nil || m.Observed.MLflow != nil || m.Digest != plain.Digest {
		t.Errorf("%v, %+v", m.MLflowRunID, m.Observed.MLflow)
	}
}

func TestWhatAServerDidNotTakeIsDeliveredLater(t *testing.T) {
	clearMLflow(t)
	double := mlflowtest.NewServer(t, "2.17")
	double.Stop()
	data := t.TempDir()
	dir, m, _, stderr := trackedRun(t, data, "--mlflow", double.URL(), "--mlflow-experiment", "later")
	if m.MLflowRunID != nil || m.Observed.MLflow == nil || m.Observed.MLflow.Pending == 0 || m.Observed.MLflow.Error == "" || !strings.Contains(stderr, "sadi mlflow sync "+dir) {
		t.Fatalf("%+v\n%s", m.Observed.MLflow, stderr)
	}
	code, stdout, _ := call(t, "mlflow", "status", data)
	if code != exitDone || !strings.Contains(stdout, m.JobID) || !strings.Contains(stdout, double.URL()) {
		t.Errorf("exit %d: %s", code, stdout)
	}
	if code, stdout, stderr := call(t, "mlflow", "sync", dir, "--wait", "50ms"); code != exitFailed || !strings.Contains(stdout, "events wait") || !strings.Contains(stderr, "unavailable") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	double.Token = "t0k"
	double.Start(t)
	t.Setenv("MLFLOW_TRACKING_TOKEN", "t0k")
	if code, stdout, stderr := call(t, "mlflow", "sync", dir); code != exitDone || !strings.Contains(stdout, m.JobID+" is delivered") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	parents := 0
	for _, id := range double.RunIDs() {
		if s := double.Run(t, id); s.Tags["sadi.digest"] == m.Digest && s.Experiment == "later" && s.Status == "FINISHED" && s.Artifacts["manifest.json"] != "" {
			parents++
		}
	}
	if parents != 1 {
		t.Errorf("%d runs tell of the job", parents)
	}
	for _, given := range []string{data, dir} {
		if code, stdout, _ := call(t, "mlflow", "status", given); code != exitDone || !strings.Contains(stdout, "Nothing waits.") {
			t.Errorf("exit %d: %s", code, stdout)
		}
	}
	if code, stdout, _ := call(t, "mlflow", "sync", data); code != exitDone || !strings.Contains(stdout, "Nothing waits.") {
		t.Errorf("exit %d: %s", code, stdout)
	}
}

func TestBadAddressesOfMLflow(t *testing.T) {
	clearMLflow(t)
	data := t.TempDir()
	for _, args := range [][]string{{"--mlflow", "sqlite:///x.db"}, {"--mlflow", "databricks"}, {"--register-as", "a/b"}, {"--mlflow-experiment", " x"}} {
		code, _, stderr := call(t, append([]string{"run", "../../examples/penguins.csv", "--data", data}, args...)...)
		if code != exitUsage || !strings.Contains(stderr, "bad_usage") {
			t.Errorf("%v: exit %d: %s", args, code, stderr)
		}
	}
	if code, _, _ := call(t, "mlflow", "status", filepath.Join(data, "none")); code != exitUsage {
		t.Errorf("exit %d", code)
	}
	if entries, err := os.ReadDir(data); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// The forms in which a folder can be named.
func TestFoldersForRuns(t *testing.T) {
	data := t.TempDir()
	t.Chdir(data)
	for uri, want := range map[string]string{"": "d/mlruns", "file:": "d/mlruns", "runs": "runs", "./a/b": "a/b", "file:runs": "runs", "file:./runs": "runs",
		"file://" + filepath.ToSlash(data) + "/with%20space": "with space", "file:" + filepath.ToSlash(data) + "/x": "x"} {
		store, target, err := openRuns(config.MLflow{URI: uri}, "d")
		if err != nil || store == nil {
			t.Errorf("%q: %v", uri, err)
			continue
		}
		got, err1 := filepath.EvalSymlinks(data)
		if want := filepath.Join(data, filepath.FromSlash(want)); err1 != nil || target != want && target != filepath.Join(got, filepath.FromSlash(want)) {
			t.Errorf("%q is %s, want %s", uri, target, want)
		}
	}
}

// jobOf waits until a job of a server has ended and its record says which run tells of it.
func jobOf(t *testing.T, url, id string, tracked bool) sadi.Job {
	t.Helper()
	var j sadi.Job
	for range 3000 {
		get(t, url+sadi.BasePath+"/jobs/"+id, &j)
		if j.State.Final() && (j.MLflowRunID != "" || !tracked) {
			return j
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the job is %s, its run %q", j.State, j.MLflowRunID)
	return j
}

// A job of the service is told of like any other; what its server did not take is delivered when the service starts again.
func TestJobsOfAServiceAreTracked(t *testing.T) {
	clearMLflow(t)
	double := mlflowtest.NewServer(t, "3.11")
	data := t.TempDir()
	incoming(t, data, "penguins.csv")
	const body = `{"input_csv_path": "data/incoming/sample.csv", "target": "species", "params": {"models": ["logistic_regression"], "budget": {"trials": 3}, "mlflow_experiment": "ventas", "register_as": "penguins"}}`
	submit := func(url string) string {
		var out struct {
			ID string `json:"job_id"`
		}
		if code := post(t, url+sadi.BasePath+"/submit", body, &out); code != http.StatusAccepted {
			t.Fatalf("%d", code)
		}
		return out.ID
	}
	url, stop := serving(t, data, "--mlflow", double.URL(), "--mlflow-page", "http://localhost:5999")
	first := jobOf(t, url, submit(url), true)
	if first.State != sadi.Succeeded || !strings.HasPrefix(first.MLflowURL, "http://localhost:5999/#/experiments/") || !strings.HasSuffix(first.MLflowURL, "/runs/"+first.MLflowRunID) {
		t.Errorf("%s, %s, %s", first.State, first.MLflowRunID, first.MLflowURL)
	}
	code, stdout, _ := call(t, "jobs", "show", first.ID, "--server", url)
	if code != exitDone || !strings.Contains(stdout, first.MLflowURL) {
		t.Errorf("exit %d: %s", code, stdout)
	}
	var p struct {
		Errors []struct{ Location string }
	}
	if code := post(t, url+sadi.BasePath+"/submit", strings.Replace(body, `"penguins"`, `"a/b"`, 1), &p); code < 400 || code >= 500 {
		t.Errorf("a name that no registered model can have: %d", code)
	}

	double.Stop()
	second := jobOf(t, url, submit(url), false)
	if code, stderr := stop(); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	double.Start(t)
	url, _ = serving(t, data, "--mlflow", double.URL())
	second = jobOf(t, url, second.ID, true)
	for _, j := range []sadi.Job{first, second} { // of the first too something may have waited
		for range 1000 {
			if s := double.Run(t, j.MLflowRunID); s.Status == "FINISHED" {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if s := double.Run(t, j.MLflowRunID); s.Status != "FINISHED" || s.Experiment != "ventas" || s.Tags["sadi.job_id"] != j.ID || s.Artifacts["model/model.sadi"] == "" {
			t.Errorf("%s: %+v", j.ID, s.Tags)
		}
	}
	if v := double.Versions(t, "penguins"); len(v) != 2 {
		t.Errorf("%+v", v)
	}
}

// What MLflow has not taken yet does not make a job longer than was promised.
func TestTheTimeForMLflowEndsWithTheBudget(t *testing.T) {
	for _, c := range []struct{ budget, ran, want time.Duration }{
		{0, time.Hour, math.MaxInt64},
		{time.Minute, 59 * time.Second, 1700 * time.Millisecond},
		{time.Minute, 20 * time.Second, 40*time.Second + 700*time.Millisecond},
		{10 * time.Minute, 10 * time.Minute, 5700 * time.Millisecond},
		{time.Second, 5 * time.Second, 0},
	} {
		if got := allowed(c.budget, c.ran); got != c.want {
			t.Errorf("%s after %s: %s, want %s", c.budget, c.ran, got, c.want)
		}
	}
}
