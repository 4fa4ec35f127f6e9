package httpapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/httpapi"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

// routes is every route that the API must have.
var routes = []string{
	"POST /submit", "POST /hpo/submit", "GET /jobs", "GET /jobs/{job_id}", "DELETE /jobs/{job_id}", "GET /jobs/{job_id}/events",
	"GET /jobs/{job_id}/result", "GET /jobs/{job_id}/manifest", "GET /jobs/{job_id}/artifacts", "GET /jobs/{job_id}/artifacts/{path}",
	"GET /jobs/{job_id}/logs", "POST /jobs/{job_id}/cancel", "POST /jobs/{job_id}/target", "POST /jobs/{job_id}/predict",
	"POST /datasets", "GET /datasets/{dataset_id}/profile", "GET /models", "GET /models/{name}", "GET /status", "GET /download/{job_id}/{model_name}",
}

type operation struct {
	Summary, Description, OperationID string
	Tags                              []string
	Parameters                        []struct{ Name, In, Description string }
	RequestBody                       *struct{ Content map[string]any }
	Responses                         map[string]struct {
		Description string
		Content     map[string]struct{ Schema map[string]any }
	}
}

func TestEveryRouteIsDocumented(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	var doc struct {
		OpenAPI    string
		Tags       []struct{ Name, Description string }
		Paths      map[string]map[string]operation
		Components struct{ Schemas map[string]any }
	}
	w.expect(http.StatusOK, &doc, "GET", "!/openapi.json", nil)
	if doc.OpenAPI != "3.1.0" || doc.Components.Schemas["Problem"] == nil {
		t.Errorf("OpenAPI %s, the schema of a problem is %v", doc.OpenAPI, doc.Components.Schemas["Problem"])
	}
	var found, ids []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			name := strings.ToUpper(method) + " " + strings.TrimPrefix(path, httpapi.Base)
			found = append(found, name)
			if op.Summary == "" || op.Description == "" || op.OperationID == "" || len(op.Tags) != 1 || slices.Contains(ids, op.OperationID) {
				t.Errorf("%s lacks a summary, a description, a tag or a name of its own: %+v", name, op)
			}
			ids = append(ids, op.OperationID)
			if !slices.ContainsFunc(doc.Tags, func(g struct{ Name, Description string }) bool { return g.Name == op.Tags[0] }) {
				t.Errorf("%s: the tag %q is not described", name, op.Tags[0])
			}
			for _, p := range op.Parameters {
				if p.Description == "" {
					t.Errorf("%s: the parameter %s is not described", name, p.Name)
				}
			}
			if (method == "post" && !strings.HasSuffix(path, "/cancel")) != (op.RequestBody != nil) {
				t.Errorf("%s: the body is %+v", name, op.RequestBody)
			}
			good := 0
			for status, r := range op.Responses {
				if status < "400" {
					if status != "304" {
						good++
					}
					continue
				}
				if ref := r.Content["application/problem+json"].Schema["$ref"]; ref != "#/components/schemas/Problem" || r.Description == "" {
					t.Errorf("%s: the answer %s is no problem: %+v", name, status, r)
				}
			}
			for _, must := range []string{"401", "422", "500"} {
				if _, ok := op.Responses[must]; !ok {
					t.Errorf("%s does not tell of %s", name, must)
				}
			}
			if good != 1 {
				t.Errorf("%s has %d good answers", name, good)
			}
		}
	}
	slices.Sort(found)
	if want := slices.Sorted(slices.Values(routes)); !slices.Equal(found, want) {
		t.Errorf("the routes are\n%v, want\n%v", found, want)
	}
}

func TestEveryCodeHasAStatus(t *testing.T) {
	for _, code := range sadi.Codes() {
		if httpapi.StatusOf(code) == 0 {
			t.Errorf("the code %s has no HTTP status", code)
		}
	}
}

// TestAPanicIsAProblem asks a service that is not there.
func TestAPanicIsAProblem(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	j := w.Done(t, servicetest.Spec())
	w.Blobs.Fail = func() { panic("the store is broken: secret=42") }
	p := w.problem(http.StatusInternalServerError, sadi.Internal, "", "GET", "/jobs/"+j.ID+"/manifest", nil)
	text, _ := json.Marshal(p)
	if strings.Contains(string(text), "secret") {
		t.Errorf("the problem tells too much: %s", text)
	}
	w.Close()
	if !strings.Contains(w.log.String(), "the store is broken") || !strings.Contains(w.log.String(), p.RequestID) {
		t.Errorf("the log does not tell of it: %s", w.log)
	}
}

// FuzzSubmit holds every body to an answer that is a problem or a job.
func FuzzSubmit(f *testing.F) {
	for _, s := range []string{seed, `{}`, `[]`, `{"input_csv_path":"../x"}`, `{"input_csv_path":"incoming/sample.csv","params":{"budget":{"trials":1}}}`,
		`{"input_csv_path":"incoming/sample.csv","params":{"budget":null,"models":null}}`, "\xff", `{"input_csv_path":"a","input_csv_path":"b"}`, `null`, `1e999`} {
		f.Add([]byte(s))
	}
	world := servicetest.New(f, service.Limits{})
	api := httpapi.New(httpapi.Options{Service: world.Service})
	f.Fuzz(func(t *testing.T, body []byte) {
		a := answerTo(api, "POST", httpapi.Base+"/submit", body)
		switch {
		case a.Code == http.StatusAccepted:
		case a.Code >= 500 || a.Code < 400:
			t.Errorf("status %d: %s", a.Code, a.Body)
		case !json.Valid(a.Body.Bytes()) || a.Header().Get("Content-Type") != "application/problem+json":
			t.Errorf("status %d without a problem: %s", a.Code, a.Body)
		}
	})
}
