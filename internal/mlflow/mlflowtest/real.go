package mlflowtest

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Real is a real tracking server, FastTrackML, in a process of its own.
type Real struct{ URL string }

var _ Reader = Real{}

// NewReal builds the server, which the cache of the Go command makes quick from the second time on, and starts it on
// loopback; it ends with the test. Where there is no C compiler the test is skipped, but not where CI says that there is.
func NewReal(t *testing.T) Real {
	t.Helper()
	if testing.Short() {
		t.Skip("building the server takes a minute")
	}
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "gcc"
	}
	if _, err := exec.LookPath(cc); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the tracking server can not be built: %v", err)
		}
		t.Skipf("the tracking server FastTrackML can not be built here: %v", err)
	}
	dir := t.TempDir()
	_, here, _, _ := runtime.Caller(0)
	c := exec.Command("go", "tool", "-n", "fasttrackml") // builds it, and prints where the cache has it
	c.Dir = filepath.Join(filepath.Dir(here), "fasttrackml")
	c.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=", "GOWORK=off")
	var told strings.Builder
	c.Stderr = &told
	out, err := c.Output()
	if err != nil {
		t.Fatalf("build FastTrackML: %v\n%s", err, told.String())
	}
	server := strings.TrimSpace(string(out))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := on.Addr().String()
	on.Close()
	c = exec.Command(server, "server", "--listen-address", address, "--database-uri", "sqlite://"+filepath.Join(dir, "runs.db"), "--default-artifact-root", filepath.Join(dir, "artifacts"))
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	r := Real{"http://" + address}
	for range 600 {
		if a, err := http.Get(r.URL + "/health"); err == nil {
			a.Body.Close()
			return r
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("FastTrackML does not answer")
	return r
}

// get reads from the API.
func (r Real) get(t *testing.T, path string, query url.Values, into any) {
	t.Helper()
	a, err := http.Get(r.URL + apiBase + path + "?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusOK || json.Unmarshal(text, into) != nil {
		t.Fatalf("%s: %d %s, %v", path, a.StatusCode, text, err)
	}
}

// Run implements Reader.
func (r Real) Run(t *testing.T, id string) State {
	t.Helper()
	var doc struct {
		Run struct {
			Info struct {
				Experiment string `json:"experiment_id"`
				Name       string `json:"run_name"`
				Status     string `json:"status"`
				Start      int64  `json:"start_time"`
				End        int64  `json:"end_time"`
				Artifacts  string `json:"artifact_uri"`
			} `json:"info"`
			Data struct {
				Metrics      []metric `json:"metrics"`
				Params, Tags []pair
			} `json:"data"`
		} `json:"run"`
	}
	r.get(t, "runs/get", url.Values{"run_id": {id}}, &doc)
	var exp struct {
		Experiment struct {
			Name string `json:"name"`
		} `json:"experiment"`
	}
	r.get(t, "experiments/get", url.Values{"experiment_id": {doc.Run.Info.Experiment}}, &exp)
	i := doc.Run.Info
	s := State{Experiment: exp.Experiment.Name, Name: i.Name, Status: i.Status, Start: i.Start, End: i.End, Params: map[string]string{}, Tags: map[string]string{},
		Metrics: map[string][]Point{}, Artifacts: artifacts(t, i.Artifacts)}
	for _, p := range doc.Run.Data.Params {
		s.Params[p.Key] = p.Value
	}
	for _, p := range doc.Run.Data.Tags {
		s.Tags[p.Key] = p.Value
	}
	for _, m := range doc.Run.Data.Metrics {
		s.Metrics[m.Key] = r.history(t, id, m.Key)
	}
	return s
}

func (r Real) history(t *testing.T, run, key string) (points []Point) {
	t.Helper()
	var doc struct {
		Metrics []metric `json:"metrics"`
	}
	r.get(t, "metrics/get-history", url.Values{"run_id": {run}, "metric_key": {key}, "max_results": {"25000"}}, &doc)
	for _, m := range doc.Metrics {
		v, err := strconv.ParseFloat(strings.Trim(string(m.Value), `"`), 64)
		if err != nil {
			t.Fatalf("%s: %v", m.Value, err)
		}
		points = append(points, Point{v, *m.Time, m.Step})
	}
	slices.SortStableFunc(points, func(a, b Point) int { return int(a.Step - b.Step) })
	return points
}

// RunIDs are the ids of the runs of an experiment.
func (r Real) RunIDs(t *testing.T, experiment string) (ids []string) {
	t.Helper()
	var exp struct {
		Experiment struct {
			ID string `json:"experiment_id"`
		} `json:"experiment"`
	}
	r.get(t, "experiments/get-by-name", url.Values{"experiment_name": {experiment}}, &exp)
	a, err := http.Post(r.URL+apiBase+"runs/search", "application/json", strings.NewReader(`{"experiment_ids": ["`+exp.Experiment.ID+`"], "max_results": 1000}`))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var doc struct {
		Runs []struct {
			Info struct {
				ID string `json:"run_id"`
			} `json:"info"`
		} `json:"runs"`
	}
	if err := json.NewDecoder(a.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for _, run := range doc.Runs {
		ids = append(ids, run.Info.ID)
	}
	return ids
}

// Versions implements Reader: this server has no registry.
func (r Real) Versions(*testing.T, string) []ModelVersion { return nil }
