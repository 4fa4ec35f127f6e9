package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/manifest"
	"sadi/internal/queue"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

func refused(t *testing.T, what string, code sadi.Code, where string, err error) {
	t.Helper()
	var e *sadi.Error
	if !errors.As(err, &e) || e.Code != code || e.Where != where {
		t.Errorf("%s: got %v (%s), want code %s at %q", what, err, sadi.CodeOf(err), code, where)
	}
}

func TestSubmitChecksWhatItIsGiven(t *testing.T) {
	w := servicetest.New(t, service.Limits{})
	outside := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(outside, []byte(servicetest.Sample(3)), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(w.Root, "incoming", "link.csv")); err != nil {
		t.Fatal(err)
	}
	w.Write(t, "incoming/empty.csv", "")
	w.Write(t, "jetstream/state.csv", "a\n1\n")
	for _, c := range []struct {
		name   string
		change func(*sadi.Spec)
		code   sadi.Code
		where  string
	}{
		{"no path", func(s *sadi.Spec) { s.Input = " " }, sadi.BadUsage, "input_csv_path"},
		{"parent", func(s *sadi.Spec) { s.Input = "data/../../etc/passwd" }, sadi.Forbidden, "input_csv_path"},
		{"parent alone", func(s *sadi.Spec) { s.Input = ".." }, sadi.Forbidden, "input_csv_path"},
		{"absolute", func(s *sadi.Spec) { s.Input = outside }, sadi.Forbidden, "input_csv_path"},
		{"NUL", func(s *sadi.Spec) { s.Input = "data/incoming/sample.csv\x00.png" }, sadi.Forbidden, "input_csv_path"},
		{"backslash", func(s *sadi.Spec) { s.Input = `data\..\..\x.csv` }, sadi.Forbidden, "input_csv_path"},
		{"link", func(s *sadi.Spec) { s.Input = "data/incoming/link.csv" }, sadi.Forbidden, "input_csv_path"},
		{"private", func(s *sadi.Spec) { s.Input = "data/jetstream/state.csv" }, sadi.Forbidden, "input_csv_path"},
		{"folder", func(s *sadi.Spec) { s.Input = "data/incoming" }, sadi.BadUsage, "input_csv_path"},
		{"missing", func(s *sadi.Spec) { s.Input = "data/incoming/none.csv" }, sadi.NotFound, "input_csv_path"},
		{"empty", func(s *sadi.Spec) { s.Input = "incoming/empty.csv" }, sadi.BadData, "input_csv_path"},
		{"task", func(s *sadi.Spec) { s.TaskType = "clustering" }, sadi.BadUsage, "task_type"},
		{"model", func(s *sadi.Spec) { s.Params.Models = []string{"ridge", "xgbost"} }, sadi.NotFound, "params.models[1]"},
		{"metric", func(s *sadi.Spec) { s.Params.Metric = "rmsee" }, sadi.BadUsage, "params.metric"},
		{"metric of another task", func(s *sadi.Spec) { s.TaskType, s.Params.Metric = sadi.Regression, "roc_auc" }, sadi.BadUsage, "params.metric"},
		{"folds", func(s *sadi.Spec) { s.Params.Folds = 1 }, sadi.BadUsage, "params.cv_folds"},
		{"target", func(s *sadi.Spec) { s.Target = "bougth" }, sadi.NotFound, "target"},
		{"ignore", func(s *sadi.Spec) { s.Params.Ignore = []string{"age", "agee"} }, sadi.NotFound, "params.ignore[1]"},
		{"weight", func(s *sadi.Spec) { s.Params.Weight = "w" }, sadi.NotFound, "params.weight"},
	} {
		spec := servicetest.Spec()
		c.change(&spec)
		_, _, err := w.Submit(t.Context(), service.Submission{Spec: spec})
		if sadi.CodeOf(err) == sadi.BadUsage && c.code == sadi.NotFound {
			c.code = sadi.BadUsage // the engine's own word for a name that is not known
		}
		refused(t, c.name, c.code, c.where, err)
	}
	if n, _ := w.Queue.Counts(t.Context()); n[sadi.Queued] != 0 {
		t.Errorf("%d jobs were queued", n[sadi.Queued])
	}
}

func TestSubmitKeepsTheFileOnce(t *testing.T) {
	w := servicetest.New(t, service.Limits{})
	var ids []string
	for _, input := range []string{"data/incoming/sample.csv", "/data/incoming/sample.csv", "incoming/sample.csv", "./incoming/sample.csv",
		filepath.Join(w.Root, "incoming", "sample.csv")} {
		spec := servicetest.Spec()
		spec.Input = input
		j, _, err := w.Submit(t.Context(), service.Submission{Spec: spec})
		if err != nil {
			t.Fatal(input, err)
		}
		ids = append(ids, j.ID)
		if j.State != sadi.Queued || j.DatasetName != "sample.csv" || len(j.DatasetHash) != 64 {
			t.Errorf("%s: got %+v", input, j)
		}
	}
	if w.Blobs.Puts != 1 {
		t.Errorf("the file was put %d times, want once", w.Blobs.Puts)
	}
	if v, err := w.Job(t.Context(), ids[2]); err != nil || v.Position != 3 {
		t.Errorf("the third job is number %d in the queue (%v)", v.Position, err)
	}
}

func TestKeysOfSubmissions(t *testing.T) {
	w := servicetest.New(t, service.Limits{})
	r := service.Submission{Spec: servicetest.Spec(), Key: "k", Owner: "ana"}
	first, existed, err := w.Submit(t.Context(), r)
	if err != nil || existed {
		t.Fatal(existed, err)
	}
	again, existed, err := w.Submit(t.Context(), r)
	if err != nil || !existed || again.ID != first.ID {
		t.Errorf("got %s, %v, %v; want %s again", again.ID, existed, err, first.ID)
	}
	r.Spec.Params.Seed = 7
	_, _, err = w.Submit(t.Context(), r)
	refused(t, "another request under the key", sadi.Conflict, "Idempotency-Key", err)
	r.Owner = "luis"
	if other, existed, err := w.Submit(t.Context(), r); err != nil || existed || other.ID == first.ID {
		t.Errorf("the key of another owner: got %s, %v, %v", other.ID, existed, err)
	}
}

func TestCancelAndDelete(t *testing.T) {
	w := servicetest.New(t, service.Limits{})
	ctx := t.Context()
	queued, _, err := w.Submit(ctx, service.Submission{Spec: servicetest.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "delete a queued job", sadi.Conflict, "", w.Delete(ctx, queued.ID))
	j, err := w.Cancel(ctx, queued.ID)
	if err != nil || j.State != sadi.Cancelled || j.Finished == nil {
		t.Fatalf("got %+v, %v", j, err)
	}
	if _, err := w.Cancel(ctx, queued.ID); err != nil {
		t.Errorf("cancel again: %v", err)
	}
	events, err := w.Events(ctx, queued.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range events {
		if err != nil || e.Event.Kind != sadi.EventFinish {
			t.Errorf("got %+v, %v", e, err)
		}
	}
	if err := w.Delete(ctx, queued.ID); err != nil {
		t.Error(err)
	}
	running, _, err := w.Submit(ctx, service.Submission{Spec: servicetest.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := w.Queue.Take(ctx, "w")
	if err != nil {
		t.Fatal(err)
	}
	if j, err := w.Cancel(ctx, running.ID); err != nil || j.State != sadi.Running || !j.Stopping {
		t.Errorf("got %+v, %v", j, err)
	}
	if <-l.Context().Done(); !errors.Is(context.Cause(l.Context()), queue.ErrStopped) {
		t.Errorf("the worker hears %v", context.Cause(l.Context()))
	}
	for _, id := range []string{"none", "../x", "", "a/b", strings.Repeat("a", 300)} {
		if _, err := w.Job(ctx, id); sadi.CodeOf(err) != sadi.NotFound {
			t.Errorf("job %q: %v", id, err)
		}
	}
}

// TestAJobFromEndToEnd submits, works, and uses everything that a finished job offers.
func TestAJobFromEndToEnd(t *testing.T) {
	w := servicetest.New(t, service.Limits{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan *manifest.Manifest, 1)
	w.OnFinish(func(_ sadi.Job, m *manifest.Manifest) { ended <- m })
	go w.Run(ctx, func(id string, err error) { t.Error(id, err) })
	j := w.Done(t, servicetest.Spec())
	if j.State != sadi.Succeeded {
		t.Fatalf("the job is %s: %v", j.State, j.Error)
	}
	m := <-ended
	if m == nil || m.JobID != j.ID {
		t.Fatalf("got the manifest %+v", m)
	}
	v, err := manifest.Verify(artifact.JobDir(w.Root, j.ID))
	if err != nil || !v.OK {
		t.Fatalf("the folder on this machine: %+v, %v", v, err)
	}
	if o, err := w.Result(ctx, j.ID); err != nil || o.Digest != m.Digest || o.Dir != "data/processed/"+j.ID+"/auto_ml" {
		t.Errorf("the result is %+v, %v", o, err)
	}
	for _, open := range []func() (*service.File, error){
		func() (*service.File, error) { return w.Manifest(ctx, j.ID) },
		func() (*service.File, error) { return w.Artifact(ctx, j.ID, "manifest.json") },
		func() (*service.File, error) { return w.Download(ctx, j.ID, "model") },
	} {
		f, err := open()
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(f); err != nil || int64(len(data)) != f.Bytes {
			t.Errorf("%s: %d bytes of %d, %v", f.Path, len(data), f.Bytes, err)
		}
	}
	_, err = w.Artifact(ctx, j.ID, "raport.html")
	if refused(t, "a file that is not there", sadi.NotFound, "", err); !strings.Contains(err.Error(), "report.html") {
		t.Errorf("the error does not say what may be meant: %v", err)
	}
	var log []string
	lines, err := w.Logs(ctx, j.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	for line, err := range lines {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, line)
	}
	if text := strings.Join(log, "\n"); !strings.Contains(text, "predicting bought (binary)") || !strings.Contains(text, "logistic  ") || !strings.HasSuffix(text, "finished") {
		t.Errorf("the log is\n%s", text)
	}
	if err := w.Delete(ctx, j.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(w.Root, "processed", j.ID)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of a deleted job: %v", err)
	}
}

func TestPredict(t *testing.T) {
	w := servicetest.New(t, service.Limits{Rows: 3})
	j := w.Done(t, servicetest.Spec())
	rows := func(text string) (all []map[string]any) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	p, err := w.Predict(t.Context(), j.ID, rows(`[{"age":66,"city":"Lima","member":true,"since":"2024-02-01","more":[1]},
		{"age":"21","city":null,"member":"no","since":"01/02/2024"},{"age":null,"city":"Paris"}]`), true)
	if err != nil {
		t.Fatal(err)
	}
	if p.Target != "bought" || !slices.Equal(p.Labels, []string{"no", "yes"}) || p.Predictions[0] != "yes" || p.Predictions[1] != "no" || len(p.Probabilities) != 3 {
		t.Errorf("got %+v", p)
	}
	var out bytes.Buffer
	file := "since,age,member,city\n01/02/2024,66,yes,Lima\n01/02/2024,21,no,\n,,,Paris\n"
	if err := w.PredictFile(t.Context(), j.ID, strings.NewReader(file), true, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || lines[0] != "bought,proba_no,proba_yes" {
		t.Fatalf("got\n%s", out.String())
	}
	for i, want := range p.Probabilities { // JSON and CSV say the same
		text, _ := json.Marshal(want[1])
		if !strings.HasSuffix(lines[i+1], ","+string(text)) {
			t.Errorf("row %d: CSV gives %s, JSON %s", i, lines[i+1], text)
		}
	}
	for _, c := range []struct {
		name, rows string
		code       sadi.Code
		where      string
	}{
		{"none", `[]`, sadi.BadUsage, "rows"},
		{"too many", `[{},{},{},{}]`, sadi.LimitExceeded, "rows"},
		{"lacking", `[{"age":1,"ctiy":"Lima","member":true,"since":null}]`, sadi.SchemaMismatch, "rows[0]"},
		{"number", `[{"age":1,"city":"Lima","member":true,"since":null},{"age":"old"}]`, sadi.SchemaMismatch, "rows[1].age"},
		{"object", `[{"age":{"x":1},"city":"Lima","member":true,"since":null}]`, sadi.SchemaMismatch, "rows[0].age"},
		{"infinite", `[{"age":1e999,"city":"Lima","member":true,"since":null}]`, sadi.SchemaMismatch, "rows[0].age"},
		{"boolean", `[{"age":1,"city":"Lima","member":"perhaps","since":null}]`, sadi.SchemaMismatch, "rows[0].member"},
		{"date", `[{"age":1,"city":"Lima","member":true,"since":1700000000}]`, sadi.SchemaMismatch, "rows[0].since"},
	} {
		_, err := w.Predict(t.Context(), j.ID, rows(c.rows), false)
		refused(t, c.name, c.code, c.where, err)
	}
	err = w.PredictFile(t.Context(), j.ID, strings.NewReader("age,city\n1,Lima\n"), false, io.Discard)
	refused(t, "a file that lacks columns", sadi.SchemaMismatch, "", err)
}

func TestAJobThatAsksForItsTarget(t *testing.T) {
	w := servicetest.New(t, service.Limits{})
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range 200 {
		b.WriteString(strings.Join([]string{num(i * 37 % 101), num(i * 53 % 97), num(i * 71 % 89)}, ",") + "\n")
	}
	w.Write(t, "incoming/abc.csv", b.String())
	spec := servicetest.Spec()
	spec.Input, spec.Target, spec.Params.Models = "incoming/abc.csv", "", []string{"ridge"}
	j := w.Done(t, spec)
	if j.State != sadi.NeedsTarget {
		t.Fatalf("the job is %s: %v", j.State, j.Error)
	}
	_, err := w.Result(t.Context(), j.ID)
	refused(t, "the result", sadi.Conflict, "", err)
	_, err = w.SetTarget(t.Context(), j.ID, "d")
	refused(t, "a column that is not there", sadi.NotFound, "target", err)
	j, err = w.SetTarget(t.Context(), j.ID, "b")
	if err != nil || j.State != sadi.Queued || j.Spec.Target != "b" {
		t.Fatalf("got %+v, %v", j, err)
	}
	_, err = w.SetTarget(t.Context(), j.ID, "b")
	refused(t, "a queued job", sadi.Conflict, "", err)
	w.Work(t)
	if j, err = w.Queue.Job(t.Context(), j.ID); err != nil || j.State != sadi.Succeeded || j.Outcome.Target != "b" {
		t.Errorf("got %+v, %v", j, err)
	}
}

func num(i int) string { return string(rune('0'+i%10)) + ".25" + string(rune('0'+i/10%10)) }

// TestEventsOfADeadJobEnd follows a job that ends without a last word.
func TestEventsOfADeadJobEnd(t *testing.T) {
	w := servicetest.New(t, service.Limits{})
	j, _, err := w.Submit(t.Context(), service.Submission{Spec: servicetest.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Queue.Update(t.Context(), j.ID, func(j *sadi.Job) error { j.State = sadi.Failed; return nil })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	events, err := w.Events(ctx, j.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range events {
		t.Errorf("got %+v, %v", e, err)
	}
	if ctx.Err() != nil {
		t.Error("the events did not end")
	}
}
