package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/manifest"
)

// seedBody is the body of the request in the runbook that the system was made after, byte for byte.
const seedBody = `{
        "input_csv_path": "data/incoming/sample.csv",
        "task_type": "auto",
        "params": {
          "models": ["logistic_regression", "random_forest_classifier", "xgb_classifier"],
          "hpo": true,
          "budget": "small"
        }
      }`

// heard is an output that can be read while it is written.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

var spoken = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serving runs sadi serve in this process until the test ends, and returns where it answers.
func serving(t *testing.T, data string, args ...string) (url string, stop func() (code int, stderr string)) {
	t.Helper()
	var out, errs heard
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	app := &App{In: strings.NewReader(""), Out: &out, Err: &errs}
	go func() {
		ended <- app.Run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, args...))
	}()
	var once sync.Once
	code := 0
	stop = func() (int, string) {
		once.Do(func() { cancel(); code = <-ended })
		return code, errs.String()
	}
	t.Cleanup(func() { stop() })
	for range 1000 {
		if url = spoken.FindString(out.String()); url != "" {
			return url, stop
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the server does not begin\n%s%s", out.String(), errs.String())
	return "", nil
}

// post sends a body to a route of the module.
func post(t *testing.T, url, body string, into any) int {
	t.Helper()
	r, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return answered(t, r, into)
}

func get(t *testing.T, url string, into any) int {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return answered(t, r, into)
}

func answered(t *testing.T, r *http.Response, into any) int {
	t.Helper()
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%d: %v\n%s", r.StatusCode, err, text)
		}
	}
	return r.StatusCode
}

// incoming puts an example where the seed's request expects it.
func incoming(t *testing.T, data, example string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", example))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(data, "incoming")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sample.csv"), text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// ended waits until a job has ended and its folder is there.
func ended(t *testing.T, url, id string) sadi.Job {
	t.Helper()
	var j sadi.Job
	for range 3000 {
		if code := get(t, url+sadi.BasePath+"/jobs/"+id, &j); code != http.StatusOK {
			t.Fatalf("status %d", code)
		}
		if j.State.Final() || j.State == sadi.NeedsTarget {
			return j
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("the job does not end: %+v", j)
	return j
}

func appears(t *testing.T, path string) {
	t.Helper()
	for range 600 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not appear", path)
}

func TestTheSeedsRequestIsServedToTheLetter(t *testing.T) {
	if testing.Short() {
		t.Skip("the seed's budget is a minute")
	}
	data := t.TempDir()
	incoming(t, data, "penguins.csv")
	url, stop := serving(t, data)
	var accepted struct {
		JobID  string `json:"job_id"`
		Status string `json:"status_url"`
	}
	if code := post(t, url+"/unified/v1/wpa/auto-ml/submit", seedBody, &accepted); code != http.StatusAccepted {
		t.Fatalf("status %d: %+v", code, accepted)
	}
	j := ended(t, url, accepted.JobID)
	if j.State == sadi.NeedsTarget {
		t.Fatalf("the target was not found: %v", j.Candidates)
	}
	if j.State != sadi.Succeeded {
		t.Fatalf("%s: %v", j.State, j.Error)
	}
	dir := filepath.Join(data, "processed", j.ID, "auto_ml")
	appears(t, filepath.Join(dir, manifest.Name))
	if code, out, errs := call(t, "verify", dir); code != exitDone {
		t.Errorf("%s%s", out, errs)
	}
	for _, name := range []string{"dependencies.txt", "report.html", "model/model.sadi"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	m, err := manifest.Read(dir)
	if err != nil || m.DatasetHash != j.DatasetHash || len(m.Determined.Trials) < 4 {
		t.Errorf("%v %+v", err, j)
	}
	if code, errs := stop(); code != exitDone {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}

// A server that is stopped in the middle of a job goes on with it when it is started again.
func TestAServerTakesUpItsJobs(t *testing.T) {
	data := t.TempDir()
	incoming(t, data, "penguins.csv")
	url, stop := serving(t, data)
	var accepted struct {
		JobID string `json:"job_id"`
	}
	body := `{"input_csv_path":"incoming/sample.csv","target":"species","params":{"models":["logistic_regression","random_forest"],"hpo":true,"budget":{"trials":12}}}`
	if code := post(t, url+sadi.BasePath+"/submit", body, &accepted); code != http.StatusAccepted {
		t.Fatalf("status %d", code)
	}
	var j sadi.Job
	for j.State != sadi.Running {
		get(t, url+sadi.BasePath+"/jobs/"+accepted.JobID, &j)
	}
	if code, errs := stop(); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	url, _ = serving(t, data)
	j = ended(t, url, accepted.JobID)
	if j.State != sadi.Succeeded {
		t.Fatalf("%s: %v", j.State, j.Error)
	}
	dir := filepath.Join(data, "processed", j.ID, "auto_ml")
	appears(t, filepath.Join(dir, manifest.Name))
	plain := fresh(t, "run", filepath.Join(data, "incoming", "sample.csv"), "--target", "species", "--models", "logistic_regression,random_forest",
		"--budget", "12trials", "--data", t.TempDir(), "--json")
	if m, err := manifest.Read(dir); err != nil || m.Digest != plain.Digest {
		t.Errorf("the digest of the job in two pieces is not that of sadi run: %v", err)
	}
}

func TestServeRefusesWhatItCanNotDo(t *testing.T) {
	data := t.TempDir()
	url, _ := serving(t, data, "--slots", "1")
	taken := strings.TrimPrefix(url, "http://")
	for _, c := range []struct {
		name, says string
		args       []string
	}{
		{"an address that is taken", "--listen", []string{"serve", "--listen", taken, "--data", t.TempDir()}},
		{"open to all", "--tokens", []string{"serve", "--listen", "0.0.0.0:0", "--data", t.TempDir()}},
		{"a worker without servers", "--nats", []string{"worker", "--data", t.TempDir()}},
		{"the data root of another server", "another", []string{"serve", "--listen", "127.0.0.1:0", "--data", data}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, errs := call(t, c.args...)
			if code == exitDone || !strings.Contains(errs, c.says) {
				t.Errorf("exit code %d, want a word of %q\n%s", code, c.says, errs)
			}
		})
	}
}

func TestTheConfigurationIsPrinted(t *testing.T) {
	t.Setenv("SADI_SLOTS", "3")
	code, out, errs := call(t, "serve", "--print-config", "--listen", "127.0.0.1:9")
	if code != exitDone || !strings.Contains(out, "SADI_SLOTS") || !strings.Contains(out, "127.0.0.1:9") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}
