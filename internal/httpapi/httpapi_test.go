package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/httpapi"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

// world is a server in this process.
type world struct {
	*servicetest.World
	*httptest.Server
	t   *testing.T
	log *bytes.Buffer
}

func open(t *testing.T, o httpapi.Options, limits service.Limits) *world {
	t.Helper()
	w := &world{World: servicetest.New(t, limits), t: t, log: &bytes.Buffer{}}
	o.Service, o.Log = w.World.Service, slog.New(slog.NewTextHandler(w.log, nil))
	w.Server = httptest.NewServer(held(t, httpapi.New(o)))
	t.Cleanup(w.Server.Close)
	return w
}

// Close ends the server; the service has a Close of its own.
func (w *world) Close() { w.Server.Close() }

// call sends a request; a body that is no reader goes as JSON. The path begins below the base, or with ! from the root.
func (w *world) call(method, path string, body any, header ...string) (*http.Response, string) {
	w.t.Helper()
	url := w.URL + httpapi.Base + path
	if rest, ok := strings.CutPrefix(path, "!"); ok {
		url = w.URL + rest
	}
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		r = b
	case string:
		r = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		r = bytes.NewReader(data)
	}
	q, err := http.NewRequestWithContext(w.t.Context(), method, url, r)
	if err != nil {
		w.t.Fatal(err)
	}
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultTransport.RoundTrip(q) // no redirect is followed
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a, string(text)
}

// expect is call with the status that must come, and the document.
func (w *world) expect(status int, into any, method, path string, body any, header ...string) *http.Response {
	w.t.Helper()
	a, text := w.call(method, path, body, header...)
	if a.StatusCode != status {
		w.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.StatusCode, status, text)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return a
}

// problem expects a problem and holds it to its form.
func (w *world) problem(status int, code sadi.Code, location, method, path string, body any, header ...string) httpapi.Problem {
	w.t.Helper()
	a, text := w.call(method, path, body, header...)
	var p httpapi.Problem
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		w.t.Errorf("%s %s: status %d, no problem: %.200s", method, path, a.StatusCode, text)
		return p
	}
	got := ""
	if len(p.Errors) > 0 {
		got = p.Errors[0].Location
	}
	if a.StatusCode != status || p.Status != status || p.Code != code || got != location {
		w.t.Errorf("%s %s %.80v: status %d, code %s at %q, want %d, %s at %q: %.300s", method, path, body, a.StatusCode, p.Code, got, status, code, location, text)
	}
	if ct := a.Header.Get("Content-Type"); ct != "application/problem+json" || p.Title == "" || p.Detail == "" || p.Type == "" || p.RequestID != a.Header.Get("X-Request-Id") {
		w.t.Errorf("%s %s: the problem has not its form (%s): %s", method, path, ct, text)
	}
	return p
}

// seed is the request of the seed's runbook, byte for byte.
const seed = `{
        "input_csv_path": "data/incoming/sample.csv",
        "task_type": "auto",
        "params": {
          "models": ["logistic_regression", "random_forest_classifier", "xgb_classifier"],
          "hpo": true,
          "budget": "small"
        }
      }`

func TestTheSeedsRequest(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	var s httpapi.Submitted
	a := w.expect(http.StatusAccepted, &s, "POST", "/submit", seed)
	if s.State != sadi.Queued || s.StatusURL != httpapi.Base+"/jobs/"+s.JobID || a.Header.Get("Location") != s.StatusURL {
		t.Errorf("got %+v", s)
	}
	var j service.JobView
	w.expect(http.StatusOK, &j, "GET", "!"+s.StatusURL, nil)
	p := j.Spec.Params
	if j.Position != 1 || len(p.Models) != 3 || !p.HPO || p.Budget.Name != "small" || j.Spec.Input != "data/incoming/sample.csv" {
		t.Errorf("got %+v", j)
	}
}

func TestEveryField(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	for budget, want := range map[string]string{`"30s"`: "30s", `{"seconds": 12.5}`: "12.5s", `{"trials": 7}`: "7trials", `"large"`: "large", `"20trials"`: "20trials"} {
		var s httpapi.Submitted
		w.expect(http.StatusAccepted, &s, "POST", "/submit", `{"input_csv_path":"incoming/sample.csv","target":"bought","task_type":"classification","priority":5,
			"params":{"models":["ridge","LogisticRegression"],"hpo":false,"budget":`+budget+`,"metric":"roc_auc","cv_folds":4,"test_size":0,"seed":18446744073709551615,
			"n_jobs":2,"ignore":["since"],"group":"city","time":"since","weight":"age","refit":false,"memory":134217728}}`)
		j, err := w.Queue.Job(t.Context(), s.JobID)
		if err != nil {
			t.Fatal(err)
		}
		p := j.Spec.Params
		if p.Budget.String() != want || j.Priority != 5 || p.HPO || p.Folds != 4 || p.TestSize == nil || *p.TestSize != 0 || p.Seed != 1<<64-1 ||
			p.Jobs != 2 || p.Group != "city" || p.Time != "since" || p.Weight != "age" || p.Refit == nil || *p.Refit || p.Memory != 1<<27 || p.Ignore[0] != "since" {
			t.Errorf("budget %s: got %+v", budget, j.Spec)
		}
	}
	var s httpapi.Submitted
	w.expect(http.StatusAccepted, &s, "POST", "/hpo/submit", `{"input_csv_path":"incoming/sample.csv","model":"xgb_classifier","params":{"budget":"30s"}}`)
	if j, err := w.Queue.Job(t.Context(), s.JobID); err != nil || !j.Spec.Params.HPO || len(j.Spec.Params.Models) != 1 || j.Spec.Params.Models[0] != "xgb_classifier" {
		t.Errorf("got %+v, %v", j, err)
	}
}

func TestKeysOfRequests(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	var a, b httpapi.Submitted
	w.expect(http.StatusAccepted, &a, "POST", "/submit", seed, "Idempotency-Key", "k1")
	r := w.expect(http.StatusAccepted, &b, "POST", "/submit", seed, "Idempotency-Key", "k1")
	if a.JobID != b.JobID || r.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("got %+v and %+v", a, b)
	}
	w.problem(http.StatusConflict, sadi.Conflict, "header.Idempotency-Key", "POST", "/submit", strings.Replace(seed, "small", "large", 1), "Idempotency-Key", "k1")
	w.problem(http.StatusConflict, sadi.Conflict, "header.Idempotency-Key", "POST", "/hpo/submit", `{"input_csv_path":"incoming/sample.csv","model":"ridge"}`, "Idempotency-Key", "k1")
}

// TestAJobOverTheWire uses every route of a finished job.
func TestAJobOverTheWire(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	var s httpapi.Submitted
	w.expect(http.StatusAccepted, &s, "POST", "/submit", servicetest.Spec())
	w.problem(http.StatusConflict, sadi.Conflict, "", "GET", "/jobs/"+s.JobID+"/result", nil)
	w.problem(http.StatusConflict, sadi.Conflict, "", "GET", "/jobs/"+s.JobID+"/manifest", nil)
	w.problem(http.StatusConflict, sadi.Conflict, "", "POST", "/jobs/"+s.JobID+"/predict", `{"rows":[{}]}`)
	w.problem(http.StatusConflict, sadi.Conflict, "", "DELETE", "/jobs/"+s.JobID, nil)
	w.problem(http.StatusConflict, sadi.Conflict, "", "POST", "/jobs/"+s.JobID+"/target", `{"target":"age"}`)
	w.Work(t)
	base := "/jobs/" + s.JobID
	var j service.JobView
	w.expect(http.StatusOK, &j, "GET", base, nil)
	if j.State != sadi.Succeeded {
		t.Fatalf("got %+v", j)
	}
	var list httpapi.Jobs
	w.expect(http.StatusOK, &list, "GET", "/jobs?state=succeeded,failed&limit=10", nil)
	if len(list.Jobs) != 1 || list.Jobs[0].ID != s.JobID {
		t.Errorf("the list is %+v", list)
	}
	var o sadi.Outcome
	w.expect(http.StatusOK, &o, "GET", base+"/result", nil)
	var m struct {
		Digest string `json:"digest"`
	}
	a := w.expect(http.StatusOK, &m, "GET", base+"/manifest", nil)
	if o.Digest == "" || m.Digest != o.Digest || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("the result %+v, the manifest's digest %s", o, m.Digest)
	}
	var files httpapi.Artifacts
	w.expect(http.StatusOK, &files, "GET", base+"/artifacts", nil)
	for _, f := range files.Artifacts {
		a, text := w.call("GET", base+"/artifacts/"+f.Path, nil)
		if a.StatusCode != 200 || int64(len(text)) != f.Bytes || a.Header.Get("ETag") != `"`+f.SHA256+`"` || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: status %d, %d bytes, %v", f.Path, a.StatusCode, len(text), a.Header)
		}
		if b, text := w.call("GET", base+"/artifacts/"+f.Path, nil, "If-None-Match", a.Header.Get("ETag")); b.StatusCode != http.StatusNotModified || text != "" {
			t.Errorf("%s again: status %d", f.Path, b.StatusCode)
		}
	}
	if len(files.Artifacts) < 8 {
		t.Errorf("only %d files", len(files.Artifacts))
	}
	w.problem(http.StatusNotFound, sadi.NotFound, "", "GET", base+"/artifacts/model/model.sady", nil)
	w.expect(http.StatusNotModified, nil, "GET", base+"/manifest", nil, "If-None-Match", a.Header.Get("ETag"))
	if a, text := w.call("GET", "/download/"+s.JobID+"/model", nil); a.StatusCode != 200 || len(text) < 100 || a.Header.Get("Content-Disposition") != `attachment; filename="model.sadi"` {
		t.Errorf("download: %d, %v", a.StatusCode, a.Header)
	}
	have := w.expect(http.StatusOK, nil, "GET", "/download/"+s.JobID+"/model.sadi", nil).Header.Get("ETag")
	w.expect(http.StatusNotModified, nil, "GET", "/download/"+s.JobID+"/model", nil, "If-None-Match", have)
	w.problem(http.StatusNotFound, sadi.NotFound, "", "GET", "/download/"+s.JobID+"/tensor", nil)
	if a, text := w.call("GET", base+"/logs", nil); a.StatusCode != 200 || !strings.Contains(text, "predicting bought") {
		t.Errorf("logs: %d\n%s", a.StatusCode, text)
	}
	w.expect(http.StatusNoContent, nil, "DELETE", base, nil)
	w.problem(http.StatusNotFound, sadi.NotFound, "", "GET", base, nil)
}

func TestPredictOverTheWire(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{Predict: 10_000})
	j := w.Done(t, servicetest.Spec())
	path := "/jobs/" + j.ID + "/predict"
	row := `{"age":66,"city":"Lima","member":true,"since":"2024-02-01"}`
	for _, body := range []string{`{"rows":[` + row + `],"proba":true}`, `[` + row + `]`} {
		var p service.Predictions
		w.expect(http.StatusOK, &p, "POST", path, body)
		if len(p.Predictions) != 1 || p.Predictions[0] != "yes" || (len(p.Probabilities) == 1) != strings.Contains(body, "proba") {
			t.Errorf("%s: got %+v", body, p)
		}
	}
	table := "age,city,member,since\n66,Lima,yes,01/02/2024\n21,Quito,no,01/02/2024\n"
	a, text := w.call("POST", path+"?proba=true", table, "Content-Type", "text/csv; charset=utf-8")
	if a.StatusCode != 200 || !strings.HasPrefix(text, "bought,proba_no,proba_yes\nyes,") || strings.Count(text, "\n") != 3 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("CSV: %d, %v\n%s", a.StatusCode, a.Header, text)
	}
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, _ := m.CreateFormFile("file", "new.csv")
	io.WriteString(part, table)
	m.Close()
	if a, text := w.call("POST", path, &form, "Content-Type", m.FormDataContentType()); a.StatusCode != 200 || !strings.HasPrefix(text, "bought\nyes\nno\n") {
		t.Errorf("a form: %d\n%s", a.StatusCode, text)
	}
	w.problem(http.StatusUnprocessableEntity, sadi.SchemaMismatch, "body.rows[0].age", "POST", path, strings.Replace(`[`+row+`]`, "66", `"old"`, 1))
	w.problem(http.StatusUnprocessableEntity, sadi.SchemaMismatch, "", "POST", path, "age\n1\n", "Content-Type", "text/csv")
	w.problem(http.StatusUnprocessableEntity, sadi.BadData, "", "POST", path, "", "Content-Type", "text/csv")
	w.problem(http.StatusRequestEntityTooLarge, sadi.LimitExceeded, "", "POST", path, strings.Repeat("a,b\n", 5000), "Content-Type", "text/csv")
}

func TestUploadOverTheWire(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{Upload: 10_000})
	text := servicetest.Sample(40)
	var d service.Dataset
	a := w.expect(http.StatusCreated, &d, "POST", "/datasets?name=sales.csv", text, "Content-Type", "text/csv")
	var profile map[string]any
	w.expect(http.StatusOK, &profile, "GET", "!"+a.Header.Get("Location"), nil)
	if profile["reading"] == nil || profile["profile"] == nil {
		t.Errorf("got %v", profile)
	}
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, _ := m.CreateFormFile("file", "form.csv")
	io.WriteString(part, text)
	m.Close()
	var e service.Dataset
	w.expect(http.StatusCreated, &e, "POST", "/datasets", &form, "Content-Type", m.FormDataContentType())
	if e.ID != d.ID || e.Name != "form.csv" || d.Path != "data/incoming/sales.csv" {
		t.Errorf("got %+v and %+v", d, e)
	}
	w.expect(http.StatusAccepted, nil, "POST", "/submit", map[string]any{"input_csv_path": e.Path})
	w.problem(http.StatusRequestEntityTooLarge, sadi.LimitExceeded, "", "POST", "/datasets?name=a.csv", strings.Repeat("1,2,3\n", 20_000), "Content-Type", "text/csv")
	w.problem(http.StatusUnprocessableEntity, sadi.BadUsage, "", "POST", "/datasets", "--x\r\n\r\n--x--\r\n", "Content-Type", "multipart/form-data; boundary=x")
	// Without a length, the bound cuts the stream off.
	w.problem(http.StatusRequestEntityTooLarge, sadi.LimitExceeded, "", "POST", "/datasets?name=a.csv", io.MultiReader(strings.NewReader(strings.Repeat("1,2,3\n", 3000))), "Content-Type", "text/csv")
}

func TestUploadsHaveATurn(t *testing.T) {
	w := open(t, httpapi.Options{Uploads: 1}, service.Limits{})
	body, fill := io.Pipe()
	first := make(chan int)
	go func() {
		q, _ := http.NewRequest("POST", w.URL+httpapi.Base+"/datasets?name=slow.csv", body)
		q.Header.Set("Content-Type", "text/csv")
		q.Header.Set("Expect", "100-continue") // the body goes when the handler reads: when it has its turn
		waits := &http.Transport{ExpectContinueTimeout: time.Hour}
		defer waits.CloseIdleConnections()
		a, err := waits.RoundTrip(q)
		if err != nil {
			t.Error(err)
			first <- 0
			return
		}
		a.Body.Close()
		first <- a.StatusCode
	}()
	io.WriteString(fill, "a,b\n1,2\n")
	a, text := w.call("POST", "/datasets?name=b.csv", "a\n1\n", "Content-Type", "text/csv")
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Errorf("the second upload: status %d, %v: %s", a.StatusCode, a.Header, text)
	}
	fill.Close()
	if status := <-first; status != http.StatusCreated {
		t.Errorf("the first upload: status %d", status)
	}
}

func TestModule(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	var all httpapi.Models
	w.expect(http.StatusOK, &all, "GET", "/models", nil)
	var some httpapi.Models
	w.expect(http.StatusOK, &some, "GET", "/models/xgboost", nil)
	if len(all.Models) < 10 || len(some.Models) != 2 || len(some.Models[0].Params) < 5 || some.Models[0].Params[0].Meaning == "" {
		t.Errorf("%d models; xgboost is %+v", len(all.Models), some)
	}
	if p := w.problem(http.StatusNotFound, sadi.NotFound, "", "GET", "/models/xgbost", nil); !strings.Contains(p.Hint, "xgb") {
		t.Errorf("no suggestion: %+v", p)
	}
	w.expect(http.StatusAccepted, nil, "POST", "/submit", seed)
	var st service.Status
	w.expect(http.StatusOK, &st, "GET", "/status", nil)
	if st.Version != sadi.Version || st.QueueDepth != 1 || st.Jobs[sadi.Queued] != 1 || st.Models != len(all.Models) {
		t.Errorf("got %+v", st)
	}
	for path, says := range map[string]string{"!/healthz": "ok", "!/readyz": "ready", "!/docs": "docs.js", "!/docs/docs.js": "openapi.json", "!/docs/docs.css": "body",
		"!/metrics": "sadi_queue_depth 1\n", "!/openapi.json": `"openapi":"3.1.0"`} {
		if a, text := w.call("GET", path, nil); a.StatusCode != 200 || !strings.Contains(text, says) {
			t.Errorf("%s: %d\n%.300s", path, a.StatusCode, text)
		}
	}
	if err := w.Queue.Close(); err != nil {
		t.Fatal(err)
	}
	w.problem(http.StatusServiceUnavailable, sadi.Unavailable, "", "GET", "!/readyz", nil)
	w.problem(http.StatusServiceUnavailable, sadi.Unavailable, "", "POST", "/submit", seed)
	if a, text := w.call("GET", "!/metrics", nil); a.StatusCode != 200 || !strings.Contains(text, "sadi_queue_up 0\n") || !strings.Contains(text, `route="/unified/v1/wpa/auto-ml/submit"`) {
		t.Errorf("metrics without a queue: %d\n%.300s", a.StatusCode, text)
	}
}

// TestFiguresOfJobs follows a job from its end to the figures of its trials.
func TestFiguresOfJobs(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go w.Run(ctx, func(id string, err error) {
		if !errors.Is(err, context.Canceled) {
			t.Error(id, err)
		}
	})
	w.Done(t, servicetest.Spec())
	for range 10_000 {
		_, text := w.call("GET", "!/metrics", nil)
		if strings.Contains(text, `sadi_jobs_ended_total{state="succeeded"} 1`) && strings.Contains(text, `sadi_trial_seconds_count{model="logistic_regression"} 1`) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the figures do not come")
}

// answerTo asks a handler without a network.
func answerTo(h http.Handler, method, path string, body []byte) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, bytes.NewReader(body))
	q.Header.Set("Content-Type", "application/json")
	a := httptest.NewRecorder()
	h.ServeHTTP(a, q)
	return a
}
