package httpapi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/httpapi"
	"sadi/internal/service"
)

// TestBadRequests is what is wrong with requests, and what must be said of it.
func TestBadRequests(t *testing.T) {
	w := open(t, httpapi.Options{MaxBody: 4096}, service.Limits{})
	outside := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(outside, []byte("a\n1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(w.Root, "incoming", "link.csv")); err != nil {
		t.Fatal(err)
	}
	input := func(path string) string { return fmt.Sprintf(`{"input_csv_path":%q}`, path) }
	params := func(text string) string { return `{"input_csv_path":"incoming/sample.csv","params":{` + text + `}}` }
	for _, c := range []struct {
		status         int
		code           sadi.Code
		location, body string
		hint           string
	}{
		{400, sadi.BadUsage, "", ``, ""},
		{400, sadi.BadUsage, "body", `{`, ""},
		{400, sadi.BadUsage, "body", `{"input_csv_path":"a.csv"} x`, ""},
		{400, sadi.BadUsage, "body", "{\"input_csv_path\":\"\xff.csv\"}", ""},
		{400, sadi.BadUsage, "body", `{"input_csv_path":"a.csv","input_csv_path":"b.csv"}`, ""},
		{422, sadi.BadUsage, "body", `[]`, ""},
		{422, sadi.BadUsage, "body", `{}`, ""},
		{413, sadi.LimitExceeded, "", `{"input_csv_path":"` + strings.Repeat("x", 5000) + `"}`, ""},
		{422, sadi.BadUsage, "body.input_csv_path", `{"input_csv_path":7}`, ""},
		{422, sadi.BadUsage, "body.input_csv_path", input(""), ""},
		{422, sadi.NotFound, "body.input_csv_path", input("incoming/none.csv"), "upload"},
		{403, sadi.Forbidden, "body.input_csv_path", input("../x.csv"), "data root"},
		{403, sadi.Forbidden, "body.input_csv_path", input("data/../../x.csv"), ""},
		{403, sadi.Forbidden, "body.input_csv_path", input("/etc/passwd"), ""},
		{403, sadi.Forbidden, "body.input_csv_path", input(outside), ""},
		{403, sadi.Forbidden, "body.input_csv_path", input("incoming/link.csv"), ""},
		{403, sadi.Forbidden, "body.input_csv_path", input("jetstream/x"), ""},
		{403, sadi.Forbidden, "body.input_csv_path", `{"input_csv_path":"incoming/sample.csv\u0000"}`, ""},
		{422, sadi.BadUsage, "body.inputcsvpath", `{"input_csv_path":"incoming/sample.csv","inputcsvpath":"x"}`, "input_csv_path"},
		{422, sadi.BadUsage, "body.params.modles", params(`"modles":[]`), "models"},
		{422, sadi.BadUsage, "body.params.models[1]", params(`"models":["ridge","xgb_clasifier"]`), "xgb_classifier"},
		{422, sadi.BadUsage, "body.params.models", params(`"models":"ridge"`), ""},
		{422, sadi.BadUsage, "body.params.hpo", params(`"hpo":"yes"`), ""},
		{422, sadi.BadUsage, "body.params.budget", params(`"budget":"soon"`), "small"},
		{422, sadi.BadUsage, "body.params.budget", params(`"budget":{"seconds":0}`), ""},
		{422, sadi.BadUsage, "body.params.budget", params(`"budget":{"seconds":1,"trials":1}`), ""},
		{422, sadi.BadUsage, "body.params.budget", params(`"budget":["small"]`), ""},
		{422, sadi.BadUsage, "body.params.metric", params(`"metric":"rmsee"`), ""},
		{422, sadi.BadUsage, "body.params.cv_folds", params(`"cv_folds":1`), ""},
		{422, sadi.BadUsage, "body.params.cv_folds", params(`"cv_folds":2.5`), ""},
		{422, sadi.BadUsage, "body.params.test_size", params(`"test_size":0.9`), ""},
		{422, sadi.BadUsage, "body.params.seed", params(`"seed":-1`), ""},
		{422, sadi.BadUsage, "body.params.n_jobs", params(`"n_jobs":0`), ""},
		{422, sadi.NotFound, "body.params.group", params(`"group":"ctiy"`), "city"},
		{422, sadi.NotFound, "body.params.ignore[0]", params(`"ignore":["x"]`), ""},
		{422, sadi.NotFound, "body.target", `{"input_csv_path":"incoming/sample.csv","target":"bougt"}`, "bought"},
		{422, sadi.BadUsage, "body.task_type", `{"input_csv_path":"incoming/sample.csv","task_type":"forecast"}`, ""},
	} {
		p := w.problem(c.status, c.code, c.location, "POST", "/submit", c.body)
		if !strings.Contains(p.Hint+p.Detail, c.hint) {
			t.Errorf("%s: the problem does not say %q: %+v", c.body, c.hint, p)
		}
	}
	for _, c := range []struct {
		status                 int
		code                   sadi.Code
		location, method, path string
		body                   any
		header                 []string
	}{
		{415, sadi.BadUsage, "body", "POST", "/submit", seed, []string{"Content-Type", "text/plain"}},
		{404, sadi.NotFound, "", "GET", "/nothing", nil, nil},
		{404, sadi.NotFound, "", "GET", "!/etc/passwd", nil, nil},
		{405, sadi.BadUsage, "", "PUT", "/submit", nil, nil},
		{405, sadi.BadUsage, "", "GET", "/submit", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/none", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/NONE%00", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/none/events", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/none/logs", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/none/result", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/none/manifest", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/none/artifacts", nil, nil},
		{404, sadi.NotFound, "", "GET", "/jobs/none/artifacts/report.html", nil, nil},
		{404, sadi.NotFound, "", "POST", "/jobs/none/cancel", nil, nil},
		{404, sadi.NotFound, "", "POST", "/jobs/none/target", `{"target":"x"}`, nil},
		{404, sadi.NotFound, "", "DELETE", "/jobs/none", nil, nil},
		{404, sadi.NotFound, "", "POST", "/jobs/none/predict", `{"rows":[{}]}`, nil},
		{400, sadi.BadUsage, "", "POST", "/jobs/none/predict", `{"rows":`, nil},
		{422, sadi.BadUsage, "body.rows", "POST", "/jobs/none/predict", `{"row":[]}`, nil},
		{415, sadi.BadUsage, "", "POST", "/jobs/none/predict", `<rows/>`, []string{"Content-Type", "application/xml"}},
		{404, sadi.NotFound, "", "GET", "/download/none/model", nil, nil},
		{404, sadi.NotFound, "", "GET", "/models/quantum_forest", nil, nil},
		{404, sadi.NotFound, "", "GET", "/datasets/abc/profile", nil, nil},
		{422, sadi.BadUsage, "query.name", "POST", "/datasets?name=x.exe", "a\n1\n", []string{"Content-Type", "text/csv"}},
		{422, sadi.BadUsage, "query.limit", "GET", "/jobs?limit=0", nil, nil},
		{422, sadi.BadUsage, "query.limit", "GET", "/jobs?limit=many", nil, nil},
		{422, sadi.BadUsage, "query.state[0]", "GET", "/jobs?state=asleep", nil, nil},
		{422, sadi.BadUsage, "query.after", "GET", "/jobs?after=nowhere", nil, nil},
		{422, sadi.BadUsage, "query.stat", "GET", "/jobs?stat=queued", nil, nil},
		{403, sadi.Forbidden, "", "GET", "/jobs/x/artifacts/../../../etc/passwd", nil, nil},
		{403, sadi.Forbidden, "", "GET", "/jobs/x/artifacts/%2e%2e/%2e%2e/passwd", nil, nil},
		{403, sadi.Forbidden, "", "GET", "/jobs/x/artifacts/..%2f..%2fpasswd", nil, nil},
		{403, sadi.Forbidden, "", "GET", "/jobs/x/artifacts/a%00b", nil, nil},
		{403, sadi.Forbidden, "", "GET", `/jobs/x/artifacts/..%5c..%5cpasswd`, nil, nil},
		{403, sadi.Forbidden, "", "GET", "/jobs/x/artifacts//etc/passwd", nil, nil},
		{403, sadi.Forbidden, "", "POST", "/submit", seed, []string{"Sec-Fetch-Site", "cross-site"}},
	} {
		if strings.Contains(c.path, "NONE") {
			c.status, c.code = 403, sadi.Forbidden // the NUL goes first
		}
		w.problem(c.status, c.code, c.location, c.method, c.path, c.body, c.header...)
	}
	if n, _ := w.Queue.Depth(t.Context()); n != 0 {
		t.Errorf("%d jobs were queued", n)
	}
}
