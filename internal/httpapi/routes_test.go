package httpapi_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/catalog"
	"sadi/internal/httpapi"
	"sadi/internal/model"
	"sadi/internal/queue"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

// ask is a request that is right as far as the schema goes.
type ask struct{ path, body, kind string }

// asks has a request for every route; ID stands for a job or a data set.
var asks = map[string]ask{
	"POST /submit":                        {"/submit", seed, "application/json"},
	"POST /hpo/submit":                    {"/hpo/submit", `{"input_csv_path":"incoming/sample.csv","model":"ridge"}`, "application/json"},
	"GET /jobs":                           {path: "/jobs"},
	"GET /jobs/{job_id}":                  {path: "/jobs/ID"},
	"DELETE /jobs/{job_id}":               {path: "/jobs/ID"},
	"GET /jobs/{job_id}/events":           {path: "/jobs/ID/events"},
	"GET /jobs/{job_id}/result":           {path: "/jobs/ID/result"},
	"GET /jobs/{job_id}/manifest":         {path: "/jobs/ID/manifest"},
	"GET /jobs/{job_id}/artifacts":        {path: "/jobs/ID/artifacts"},
	"GET /jobs/{job_id}/artifacts/{path}": {path: "/jobs/ID/artifacts/report.html"},
	"GET /jobs/{job_id}/logs":             {path: "/jobs/ID/logs"},
	"POST /jobs/{job_id}/cancel":          {path: "/jobs/ID/cancel"},
	"POST /jobs/{job_id}/target":          {"/jobs/ID/target", `{"target":"bought"}`, "application/json"},
	"POST /jobs/{job_id}/predict":         {"/jobs/ID/predict", `[{}]`, "application/json"},
	"POST /datasets":                      {"/datasets", "a\n1\n", "text/csv"},
	"GET /datasets/{dataset_id}/profile":  {path: "/datasets/ID/profile"},
	"GET /models":                         {path: "/models"},
	"GET /models/{name}":                  {path: "/models/ridge"},
	"GET /status":                         {path: "/status"},
	"GET /download/{job_id}/{model_name}": {path: "/download/ID/model"},
}

// local are the routes that ask neither the queue nor the store.
var local = []string{"GET /models", "GET /models/{name}"}

// id is a name that a job and a data set can have.
var id = strings.Repeat("ab", 32)

// each makes a request to every route, all at a time.
func (w *world) each(routes []string, status int, code sadi.Code, location string, change func(route string, a *ask) (header []string)) {
	w.t.Helper()
	var all sync.WaitGroup
	for _, route := range routes {
		a, ok := asks[route]
		if !ok {
			w.t.Errorf("no request for %s", route)
			continue
		}
		a.path = strings.ReplaceAll(a.path, "ID", id)
		var header []string
		if change != nil {
			header = change(route, &a)
		}
		method, _, _ := strings.Cut(route, " ")
		var body any
		if a.kind != "" {
			body, header = a.body, append([]string{"Content-Type", a.kind}, header...)
		}
		all.Go(func() { w.problem(status, code, location, method, a.path, body, header...) })
	}
	all.Wait()
}

// brokenQueue fails where a client waits for it.
type brokenQueue struct {
	queue.Queue
	fail func(context.Context) error
}

func (b brokenQueue) Submit(ctx context.Context, _ sadi.Job, _ string) (sadi.Job, bool, error) {
	return sadi.Job{}, false, b.fail(ctx)
}
func (b brokenQueue) Job(ctx context.Context, _ string) (sadi.Job, error) {
	return sadi.Job{}, b.fail(ctx)
}
func (b brokenQueue) List(ctx context.Context, _ queue.Filter) (queue.Page, error) {
	return queue.Page{}, b.fail(ctx)
}
func (b brokenQueue) Update(ctx context.Context, _ string, _ func(*sadi.Job) error) (sadi.Job, error) {
	return sadi.Job{}, b.fail(ctx)
}
func (b brokenQueue) Counts(ctx context.Context) (map[sadi.State]int, error) { return nil, b.fail(ctx) }

// brokenBlobs is the same for a store.
type brokenBlobs struct {
	blob.Store
	fail func(context.Context) error
}

func (b brokenBlobs) Get(ctx context.Context, _ string) (io.ReadCloser, error) {
	return nil, b.fail(ctx)
}
func (b brokenBlobs) Has(ctx context.Context, _ string) (bool, error) { return false, b.fail(ctx) }

// broken is a server whose queue and store fail.
func broken(t *testing.T, o httpapi.Options, models []model.Model, fail func(context.Context) error) *world {
	t.Helper()
	w := servicetest.New(t, service.Limits{})
	s, err := service.New(service.Options{Queue: brokenQueue{w.Queue, fail}, Blobs: brokenBlobs{w.Blobs, fail}, DataRoot: w.Root, Models: models})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o.Service, o.Log = s, slog.New(slog.DiscardHandler)
	server := httptest.NewServer(held(t, httpapi.New(o)))
	t.Cleanup(server.Close)
	return &world{World: w, Server: server, t: t}
}

// TestWhatFailsBehindEveryRoute breaks the queue and the store: every route that needs them says so, in its way.
func TestWhatFailsBehindEveryRoute(t *testing.T) {
	distant := slices.DeleteFunc(slices.Clone(routes), func(r string) bool { return slices.Contains(local, r) })
	t.Run("unreachable", func(t *testing.T) {
		w := broken(t, httpapi.Options{}, catalog.Models(), func(context.Context) error { return sadi.Errorf(sadi.Unavailable, "nobody answers") })
		w.each(distant, 503, sadi.Unavailable, "", nil)
	})
	t.Run("damaged", func(t *testing.T) {
		w := broken(t, httpapi.Options{}, catalog.Models(), func(context.Context) error { return fmt.Errorf("a record is no record") })
		w.each(distant, 500, sadi.Internal, "", nil)
	})
	t.Run("panics", func(t *testing.T) {
		w := broken(t, httpapi.Options{}, []model.Model{nil}, func(context.Context) error { panic("a case that nobody thought of") })
		w.each(routes, 500, sadi.Internal, "", nil)
		w.each([]string{"POST /jobs/{job_id}/predict"}, 500, sadi.Internal, "", func(_ string, a *ask) []string {
			a.body, a.kind = "a\n1\n", "text/csv"
			return nil
		})
	})
	t.Run("slow", func(t *testing.T) {
		bound := time.Second
		w := broken(t, httpapi.Options{Timeout: bound, UploadTimeout: bound}, catalog.Models(), func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		w.each(distant, 504, sadi.Interrupted, "", nil)
	})
}

// TestEveryRouteHasADoor tries every route without a token, from another page, out of its folder, with a parameter
// that it does not know.
func TestEveryRouteHasADoor(t *testing.T) {
	_, line := httpapi.NewToken(httpapi.Admin, "admin")
	tokens, err := httpapi.ParseTokens([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	open(t, httpapi.Options{Tokens: tokens}, service.Limits{}).each(routes, 401, sadi.Unauthorized, "", nil)

	w := open(t, httpapi.Options{}, service.Limits{})
	changing := slices.DeleteFunc(slices.Clone(routes), func(r string) bool { return strings.HasPrefix(r, "GET ") })
	w.each(changing, 403, sadi.Forbidden, "", func(string, *ask) []string { return []string{"Sec-Fetch-Site", "cross-site"} })
	named := slices.DeleteFunc(slices.Clone(routes), func(r string) bool { return !strings.Contains(r, "{") })
	for _, trick := range []string{"%2e%2e", "..", "..%2f..", "a%00b", `..%5cb`, "a%2f%2e%2e%2fb"} {
		w.each(named, 403, sadi.Forbidden, "", func(route string, a *ask) []string {
			a.path = strings.NewReplacer(id, trick, "ridge", trick).Replace(a.path)
			return nil
		})
	}
	w.each(routes, 422, sadi.BadUsage, "query.nonsense", func(_ string, a *ask) []string {
		a.path += "?nonsense=1"
		return nil
	})
	missing := slices.DeleteFunc(slices.Clone(named), func(r string) bool { return r == "GET /models/{name}" })
	w.each(missing, 404, sadi.NotFound, "", nil)
}

// TestBodiesOfEveryRoute sends bodies that are too large, too slow, of another kind, or no JSON.
func TestBodiesOfEveryRoute(t *testing.T) {
	read := []string{"POST /submit", "POST /hpo/submit", "POST /jobs/{job_id}/target"} // by huma
	w := open(t, httpapi.Options{MaxBody: 1000}, service.Limits{})
	for status, body := range map[int]string{400: `{"input_csv_path":`, 413: `{"target":"` + strings.Repeat("x", 1000) + `"}`} {
		code := map[int]sadi.Code{400: sadi.BadUsage, 413: sadi.LimitExceeded}[status]
		w.each(read, status, code, map[int]string{400: "body"}[status], func(_ string, a *ask) []string {
			a.body = body
			return nil
		})
	}
	kinds := append([]string{"POST /jobs/{job_id}/predict", "POST /datasets"}, read...)
	slow := open(t, httpapi.Options{Timeout: 300 * time.Millisecond, UploadTimeout: 300 * time.Millisecond}, service.Limits{})
	for _, route := range kinds {
		location := ""
		if slices.Contains(read, route) {
			location = "body"
		}
		w.each([]string{route}, 415, sadi.BadUsage, location, func(_ string, a *ask) []string {
			a.kind = "application/xml"
			return nil
		})
		t.Run(route, func(t *testing.T) { slow.stalls(t, asks[route]) })
	}
}

// stalls sends the beginning of a body and waits for the answer.
func (w *world) stalls(t *testing.T, a ask) {
	c, err := net.Dial("tcp", w.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST %s%s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n%.2s", httpapi.Base, strings.ReplaceAll(a.path, "ID", id), a.kind, a.body)
	text, err := io.ReadAll(io.LimitReader(c, 12))
	if err != nil || string(text) != "HTTP/1.1 408" {
		t.Errorf("the answer begins with %q, %v; want 408", text, err)
	}
}

// TestStatesOverTheWire sees jobs in all states, with what their records can hold.
func TestStatesOverTheWire(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	submit := func() string {
		var s httpapi.Submitted
		w.expect(http.StatusAccepted, &s, "POST", "/submit", `{"input_csv_path":"incoming/sample.csv"}`)
		return s.JobID
	}
	take := func(change func(*sadi.Job) error) {
		l, err := w.Queue.Take(t.Context(), "worker")
		if err == nil {
			_, err = l.Update(t.Context(), change)
		}
		if err == nil && l.Job().State != sadi.Running {
			err = l.Done(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var j service.JobView
	see := func(id string, state sadi.State) {
		t.Helper()
		j = service.JobView{}
		if w.expect(http.StatusOK, &j, "GET", "/jobs/"+id, nil); j.State != state {
			t.Errorf("the state is %s, want %s", j.State, state)
		}
	}
	asks, best := submit(), 0.9
	take(func(j *sadi.Job) error {
		j.State, j.Candidates = sadi.NeedsTarget, []sadi.TargetCandidate{{Column: "bought", Confidence: 0.5, Problem: sadi.Binary, Why: "the last one"}}
		return nil
	})
	see(asks, sadi.NeedsTarget)
	w.problem(409, sadi.Conflict, "", "GET", "/download/"+asks+"/model", nil)
	w.problem(422, sadi.NotFound, "body.target", "POST", "/jobs/"+asks+"/target", `{"target":"bougt"}`)
	w.expect(http.StatusOK, nil, "POST", "/jobs/"+asks+"/target", `{"target":"bought"}`)
	see(asks, sadi.Queued)
	take(func(j *sadi.Job) error {
		j.Stage, j.Progress = "search", sadi.Progress{Trials: 1, Planned: 2, Best: &best, Metric: "roc_auc", TimeLeft: &best, Elapsed: 1,
			Leaders: []sadi.Leader{{Trial: 1, Name: "ridge", Model: "ridge", Score: best}}}
		return nil
	})
	if see(asks, sadi.Running); len(j.Progress.Leaders) != 1 {
		t.Errorf("got %+v", j)
	}
	w.expect(http.StatusOK, &j, "POST", "/jobs/"+asks+"/cancel", nil)
	if !j.Stopping {
		t.Errorf("got %+v", j)
	}
	failed := submit()
	take(func(j *sadi.Job) error {
		j.State, j.Error = sadi.Failed, sadi.Errorf(sadi.BadData, "there is no row").At("line %d", 1).Advise("add one")
		return nil
	})
	see(failed, sadi.Failed)
	w.problem(409, sadi.Conflict, "", "POST", "/jobs/"+failed+"/cancel", nil)
	withdrawn := submit()
	w.expect(http.StatusOK, nil, "POST", "/jobs/"+withdrawn+"/cancel", nil)
	see(withdrawn, sadi.Cancelled)
	if err := w.Queue.Announce(t.Context(), queue.Worker{Name: "a", Slots: 2, Busy: 1, Jobs: []string{asks}, Version: sadi.Version, Started: time.Now()}); err != nil {
		t.Fatal(err)
	}
	var st service.Status
	if w.expect(http.StatusOK, &st, "GET", "/status", nil); st.Slots != 2 || st.Busy != 1 || len(st.Workers) != 1 {
		t.Errorf("got %+v", st)
	}
	var list httpapi.Jobs
	if w.expect(http.StatusOK, &list, "GET", "/jobs?limit=2", nil); len(list.Jobs) != 2 || list.Next == "" {
		t.Errorf("got %+v", list)
	}
	if w.expect(http.StatusOK, &list, "GET", "/jobs?after="+list.Next, nil); len(list.Jobs) != 1 || list.Jobs[0].ID != asks {
		t.Errorf("got %+v", list)
	}
}

// TestProfilesOverTheWire looks at a file that was mended, at one with too many columns, and for a column that is not there.
func TestProfilesOverTheWire(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{Columns: 6})
	upload := func(text string) string {
		var d service.Dataset
		w.expect(http.StatusCreated, &d, "POST", "/datasets", text, "Content-Type", "text/csv")
		return "/datasets/" + d.ID + "/profile"
	}
	var in service.Inspection
	mended := upload("\ufeff" + servicetest.Sample(60) + "\n \n")
	if w.expect(http.StatusOK, &in, "GET", mended, nil); len(in.Reading.Repairs) == 0 {
		t.Errorf("nothing was mended: %+v", in.Reading)
	}
	p := w.problem(422, sadi.NotFound, "query.target", "GET", mended+"?target=bougt", nil)
	if !strings.Contains(p.Hint, "bought") {
		t.Errorf("no suggestion: %+v", p)
	}
	w.problem(422, sadi.NotFound, "query.ignore[1]", "GET", mended+"?ignore=age,cty", nil)
	w.problem(413, sadi.LimitExceeded, "", "GET", upload("a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n"), nil)
}

// TestNamesThatAreTaken uploads a file whose name and its variants are those of other files.
func TestNamesThatAreTaken(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	var d service.Dataset
	w.expect(http.StatusCreated, &d, "POST", "/datasets?name=x.csv", "a,b\n1,2\n", "Content-Type", "text/csv")
	for _, name := range []string{"x.csv", "x-" + d.ID[:12] + ".csv", d.ID + ".csv"} {
		w.Write(t, "incoming/"+name, "another\n1\n")
	}
	w.problem(409, sadi.Conflict, "", "POST", "/datasets?name=x.csv", "a,b\n1,2\n", "Content-Type", "text/csv")
}

// TestEveryRouteHasARequest keeps the lists of this file together.
func TestEveryRouteHasARequest(t *testing.T) {
	if got, want := slices.Sorted(maps.Keys(asks)), slices.Sorted(slices.Values(routes)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
