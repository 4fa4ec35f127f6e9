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
	"sadi/internal/service/servicetest"
)

// badBody is a body of /submit that is wrong, and what must be said of it.
type badBody struct {
	status         int
	code           sadi.Code
	location, body string
	says           string // by the sentence or the hint
}

// badBodies are requests for jobs; outside is a file that is not below the data root.
func badBodies(outside string) []badBody {
	input := func(path string) string { return fmt.Sprintf(`{"input_csv_path":%q}`, path) }
	params := func(text string) string { return `{"input_csv_path":"incoming/sample.csv","params":{` + text + `}}` }
	field := func(text string) string { return `{"input_csv_path":"incoming/sample.csv",` + text + `}` }
	const path, budget = "body.input_csv_path", "body.params.budget"
	return []badBody{
		// what is no document
		{400, sadi.BadUsage, "", ``, ""},
		{400, sadi.BadUsage, "body", `{`, ""},
		{400, sadi.BadUsage, "body", `{"input_csv_path":"a.csv"} x`, ""},
		{400, sadi.BadUsage, "body", `{"input_csv_path":"a.csv",}`, ""},
		{400, sadi.BadUsage, "body", `{'input_csv_path':'a.csv'}`, ""},
		{400, sadi.BadUsage, "body", `{"input_csv_path":"a.csv"/* */}`, ""},
		{400, sadi.BadUsage, "body", `input_csv_path=a.csv`, ""},
		{400, sadi.BadUsage, "body", "\ufeff" + seed, ""},
		{400, sadi.BadUsage, "body", "{\x00}", ""},
		{400, sadi.BadUsage, "body", params(`"test_size":NaN`), ""},
		{400, sadi.BadUsage, "body", params(`"test_size":1e999`), ""},
		{400, sadi.BadUsage, "body", "{\"input_csv_path\":\"\xff.csv\"}", "UTF-8"},
		{400, sadi.BadUsage, "body", "{\"\xc0\xae\":\"a.csv\"}", "UTF-8"},
		{400, sadi.BadUsage, "body", "\x1f\x8b\x08\x00\x00\x00\x00\x00", ""},
		{400, sadi.BadUsage, "body", `{"input_csv_path":"a.csv","input_csv_path":"b.csv"}`, "twice"},
		{400, sadi.BadUsage, "body", `{"input_csv_path":"a.csv","\u0069nput_csv_path":"b.csv"}`, "twice"},
		{400, sadi.BadUsage, "body", params(`"seed":1,"seed":2`), "twice"},
		{400, sadi.BadUsage, "body", params(`"budget":{"trials":1,"trials":2}`), "twice"},
		{400, sadi.BadUsage, "body", strings.Repeat("[", 20_000), ""},
		{400, sadi.BadUsage, "body", params(`"models":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)), "depth"},
		{400, sadi.BadUsage, "body", `{"input_csv_path":` + strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_002), "depth"},
		{413, sadi.LimitExceeded, "", input(strings.Repeat("x", 1<<17)), ""},
		{413, sadi.LimitExceeded, "", params(`"ignore":[` + strings.Repeat(`"a",`, 1<<15) + `"a"]`), ""},
		{413, sadi.LimitExceeded, "", seed + strings.Repeat(" ", 1<<17), ""},

		// types
		{422, sadi.BadUsage, "body", `[]`, "object"},
		{422, sadi.BadUsage, "body", `null`, "object"},
		{422, sadi.BadUsage, "body", `7`, "object"},
		{422, sadi.BadUsage, "body", `"incoming/sample.csv"`, "object"},
		{422, sadi.BadUsage, "body", `{}`, "input_csv_path"},
		{422, sadi.BadUsage, path, `{"input_csv_path":7}`, "string"},
		{422, sadi.BadUsage, path, `{"input_csv_path":null}`, "string"},
		{422, sadi.BadUsage, path, `{"input_csv_path":["incoming/sample.csv"]}`, "string"},
		{422, sadi.BadUsage, "body.target", field(`"target":{"column":"bought"}`), "string"},
		{422, sadi.BadUsage, "body.priority", field(`"priority":"high"`), "integer"},
		{422, sadi.BadUsage, "body.params", field(`"params":[]`), "object"},
		{422, sadi.BadUsage, "body.params.models", params(`"models":"ridge"`), "array"},
		{422, sadi.BadUsage, "body.params.models[0]", params(`"models":[7]`), "string"},
		{422, sadi.BadUsage, "body.params.models[0]", params(`"models":[null]`), "string"},
		{422, sadi.BadUsage, "body.params.hpo", params(`"hpo":"yes"`), "boolean"},
		{422, sadi.BadUsage, "body.params.cv_folds", params(`"cv_folds":2.5`), "integer"},
		{422, sadi.BadUsage, "body.params.test_size", params(`"test_size":"0.2"`), "number"},
		{422, sadi.BadUsage, "body.params.seed", params(`"seed":1.5`), "integer"},
		{422, sadi.BadUsage, "body.params.seed", params(`"seed":"1"`), "integer"},
		{422, sadi.BadUsage, "body.params.ignore", params(`"ignore":"age"`), "array"},
		{422, sadi.BadUsage, "body.params.refit", params(`"refit":1`), "boolean"},

		// ranges
		{422, sadi.BadUsage, path, input(""), "1"},
		{422, sadi.BadUsage, path, input(strings.Repeat("x", 1025)), "1024"},
		{422, sadi.BadUsage, "body.target", field(`"target":"` + strings.Repeat("x", 1001) + `"`), "1000"},
		{422, sadi.BadUsage, "body.priority", field(`"priority":101`), "100"},
		{422, sadi.BadUsage, "body.params.models", params(`"models":[` + strings.Repeat(`"ridge",`, 100) + `"ridge"]`), "100"},
		{422, sadi.BadUsage, "body.params.cv_folds", params(`"cv_folds":1`), "2"},
		{422, sadi.BadUsage, "body.params.cv_folds", params(`"cv_folds":51`), "50"},
		{422, sadi.BadUsage, "body.params.test_size", params(`"test_size":0.9`), "0.5"},
		{422, sadi.BadUsage, "body.params.test_size", params(`"test_size":-0.1`), "0"},
		{422, sadi.BadUsage, "body.params.seed", params(`"seed":-1`), "0"},
		{422, sadi.BadUsage, "body.params.seed", params(`"seed":18446744073709551616`), "18446744073709551616"},
		{422, sadi.BadUsage, "body.params.n_jobs", params(`"n_jobs":0`), "1"},
		{422, sadi.BadUsage, "body.params.n_jobs", params(`"n_jobs":5000`), "4096"},
		{422, sadi.BadUsage, "body.params.n_jobs", params(`"n_jobs":1e300`), ""},
		{422, sadi.BadUsage, "body.params.memory", params(`"memory":1`), "67108864"},
		{422, sadi.BadUsage, "body.params.memory", params(`"memory":9223372036854775808`), "9223372036854775808"},
		{422, sadi.BadUsage, budget, params(`"budget":"soon"`), "small"},
		{422, sadi.BadUsage, budget, params(`"budget":"-5s"`), ""},
		{422, sadi.BadUsage, budget, params(`"budget":7`), "seconds"},
		{422, sadi.BadUsage, budget, params(`"budget":true`), "seconds"},
		{422, sadi.BadUsage, budget, params(`"budget":["small"]`), "seconds"},
		{422, sadi.BadUsage, budget, params(`"budget":{}`), "seconds"},
		{422, sadi.BadUsage, budget, params(`"budget":{"hours":1}`), "seconds"},
		{422, sadi.BadUsage, budget, params(`"budget":{"seconds":0}`), ""},
		{422, sadi.BadUsage, budget, params(`"budget":{"seconds":-1}`), ""},
		{422, sadi.BadUsage, budget, params(`"budget":{"seconds":1e300}`), ""},
		{422, sadi.BadUsage, budget, params(`"budget":{"seconds":"60"}`), ""},
		{422, sadi.BadUsage, budget, params(`"budget":{"trials":1.5}`), ""},
		{422, sadi.BadUsage, budget, params(`"budget":{"trials":-1}`), ""},
		{422, sadi.BadUsage, budget, params(`"budget":{"seconds":1,"trials":1}`), ""},

		// names that are not known, with the one that may be meant
		{422, sadi.BadUsage, "body.inputcsvpath", field(`"inputcsvpath":"x"`), "input_csv_path"},
		{422, sadi.BadUsage, "body.INPUT_CSV_PATH", field(`"INPUT_CSV_PATH":"../x.csv"`), "input_csv_path"},
		{422, sadi.BadUsage, "body.params.modles", params(`"modles":[]`), "models"},
		{422, sadi.BadUsage, "body.params.cv_fold", params(`"cv_fold":3`), "cv_folds"},
		{422, sadi.BadUsage, "body.params.models[1]", params(`"models":["ridge","xgb_clasifier"]`), "xgb_classifier"},
		{422, sadi.BadUsage, "body.params.models[0]", params(`"models":["../../ridge"]`), ""},
		{422, sadi.BadUsage, "body.params.metric", params(`"metric":"roc_acu"`), "roc_auc"},
		{422, sadi.BadUsage, "body.params.metric", field(`"task_type":"regression","params":{"metric":"roc_auc"}`), "roc_auc"},
		{422, sadi.BadUsage, "body.task_type", field(`"task_type":"forecast"`), "regression"},
		{422, sadi.BadUsage, "body.task_type", field(`"task_type":"Classification"`), "classification"},
		{422, sadi.NotFound, "body.target", field(`"target":"bougt"`), "bought"},
		{422, sadi.NotFound, "body.params.group", params(`"group":"ctiy"`), "city"},
		{422, sadi.NotFound, "body.params.time", params(`"time":"sinse"`), "since"},
		{422, sadi.NotFound, "body.params.weight", params(`"weight":"agee"`), "age"},
		{422, sadi.NotFound, "body.params.ignore[1]", params(`"ignore":["age","membre"]`), "member"},

		// files that are not there, not allowed or no files
		{422, sadi.NotFound, path, input("incoming/none.csv"), "upload"},
		{422, sadi.NotFound, path, input("%2e%2e/x.csv"), "upload"},
		{422, sadi.BadUsage, path, input("incoming"), "CSV"},
		{422, sadi.BadData, path, input("incoming/empty.csv"), "header"},
		{403, sadi.Forbidden, path, input(".."), ""},
		{403, sadi.Forbidden, path, input("incoming/sample.csv "), ""},
		{403, sadi.Forbidden, path, input("../x.csv"), "data root"},
		{403, sadi.Forbidden, path, input("data/../../x.csv"), "data root"},
		{403, sadi.Forbidden, path, input("/data/../x.csv"), "data root"},
		{403, sadi.Forbidden, path, input("incoming/../../x.csv"), "data root"},
		{403, sadi.Forbidden, path, input("incoming/../incoming/sample.csv"), "data root"},
		{403, sadi.Forbidden, path, input(`incoming\..\..\x.csv`), "data root"},
		{403, sadi.Forbidden, path, input(`C:\x.csv`), "data root"},
		{403, sadi.Forbidden, path, input("file:///etc/passwd"), "data root"},
		{403, sadi.Forbidden, path, input("/etc/passwd"), "data root"},
		{403, sadi.Forbidden, path, input("/proc/self/environ"), "data root"},
		{403, sadi.Forbidden, path, input("/dev/stdin"), "data root"},
		{403, sadi.Forbidden, path, input(outside), "data root"},
		{403, sadi.Forbidden, path, input("incoming/link.csv"), "link"},
		{403, sadi.Forbidden, path, input("folder/x.csv"), "link"},
		{403, sadi.Forbidden, path, input("jetstream/x"), "servers"},
		{403, sadi.Forbidden, path, input("data/jetstream/x"), "servers"},
		{403, sadi.Forbidden, path, `{"input_csv_path":"incoming/sample.csv\u0000"}`, ""},
	}
}

// badRequest is any other request that is wrong.
type badRequest struct {
	status                 int
	code                   sadi.Code
	location, method, path string
	body                   any
	header                 []string
	says                   string
}

// badRequests are requests to all routes; JOB stands for a job that has succeeded.
func badRequests() []badRequest {
	long := strings.Repeat("a", 2000)
	csv := []string{"Content-Type", "text/csv"}
	kind := func(k string) []string { return []string{"Content-Type", k} }
	form := func(name string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\na\n1\n\r\n--x--\r\n"
	}
	return []badRequest{
		// no such route
		{404, sadi.NotFound, "", "GET", "/nothing", nil, nil, "/docs"},
		{404, sadi.NotFound, "", "GET", "!/etc/passwd", nil, nil, "/docs"},
		{403, sadi.Forbidden, "", "GET", "!/docs/../../etc/passwd", nil, nil, ""},
		{405, sadi.BadUsage, "", "PUT", "/submit", nil, nil, "POST"},
		{405, sadi.BadUsage, "", "GET", "/submit", nil, nil, "POST"},
		{405, sadi.BadUsage, "", "TRACE", "/jobs", nil, nil, "GET"},
		{405, sadi.BadUsage, "", "PATCH", "/jobs/none", nil, nil, "DELETE"},

		// of another kind, from another place
		{415, sadi.BadUsage, "body", "POST", "/submit", seed, kind("text/plain"), ""},
		{415, sadi.BadUsage, "body", "POST", "/submit", seed, kind("application/x-www-form-urlencoded"), ""},
		{415, sadi.BadUsage, "", "POST", "/datasets", "{}", kind("application/json"), "text/csv"},
		{415, sadi.BadUsage, "", "POST", "/datasets", "<a/>", kind("text/html"), "text/csv"},
		{415, sadi.BadUsage, "", "POST", "/datasets", "a\n1\n", kind(";;"), ""},
		{415, sadi.BadUsage, "", "POST", "/jobs/none/predict", `<rows/>`, kind("application/xml"), "text/csv"},
		{403, sadi.Forbidden, "", "POST", "/submit", seed, []string{"Sec-Fetch-Site", "cross-site"}, "origin"},
		{403, sadi.Forbidden, "", "POST", "/submit", seed, []string{"Origin", "https://evil.example"}, "origin"},
		{403, sadi.Forbidden, "", "DELETE", "/jobs/JOB", nil, []string{"Sec-Fetch-Site", "cross-site"}, "origin"},

		// headers and parameters
		{422, sadi.BadUsage, "header.Idempotency-Key", "POST", "/submit", seed, []string{"Idempotency-Key", strings.Repeat("k", 256)}, "255"},
		{422, sadi.BadUsage, "header.Idempotency-Key", "POST", "/hpo/submit", `{"input_csv_path":"incoming/sample.csv","model":"ridge"}`, []string{"Idempotency-Key", long}, "255"},
		{422, sadi.BadUsage, "header.Last-Event-ID", "GET", "/jobs/JOB/events", nil, []string{"Last-Event-ID", "x"}, "integer"},
		{422, sadi.BadUsage, "header.Last-Event-ID", "GET", "/jobs/JOB/events", nil, []string{"Last-Event-ID", "-1"}, ""},
		{422, sadi.BadUsage, "header.Last-Event-ID", "GET", "/jobs/JOB/events", nil, []string{"Last-Event-ID", "1.5"}, ""},
		{422, sadi.BadUsage, "header.Last-Event-ID", "GET", "/jobs/JOB/events", nil, []string{"Last-Event-ID", "18446744073709551616"}, ""},
		{422, sadi.BadUsage, "query.after", "GET", "/jobs/JOB/events?after=first", nil, nil, ""},
		{422, sadi.BadUsage, "header.If-None-Match", "GET", "/jobs/JOB/manifest", nil, []string{"If-None-Match", long}, "200"},
		{422, sadi.BadUsage, "query.limit", "GET", "/jobs?limit=0", nil, nil, "1"},
		{422, sadi.BadUsage, "query.limit", "GET", "/jobs?limit=-1", nil, nil, "1"},
		{422, sadi.BadUsage, "query.limit", "GET", "/jobs?limit=501", nil, nil, "500"},
		{422, sadi.BadUsage, "query.limit", "GET", "/jobs?limit=many", nil, nil, ""},
		{422, sadi.BadUsage, "query.limit", "GET", "/jobs?limit=99999999999999999999", nil, nil, ""},
		{422, sadi.BadUsage, "query.after", "GET", "/jobs?after=nowhere", nil, nil, "cursor"},
		{422, sadi.BadUsage, "query.after", "GET", "/jobs?after=" + long, nil, nil, "200"},
		{422, sadi.BadUsage, "query.state[0]", "GET", "/jobs?state=asleep", nil, nil, "queued"},
		{422, sadi.BadUsage, "query.state[1]", "GET", "/jobs?state=queued,RUNNING", nil, nil, "running"},
		{422, sadi.BadUsage, "query.stat", "GET", "/jobs?stat=queued", nil, nil, "state"},
		{422, sadi.BadUsage, "query.folow", "GET", "/jobs/JOB/logs?folow=true", nil, nil, "follow"},
		{422, sadi.BadUsage, "query.follow", "GET", "/jobs/JOB/logs?follow=maybe", nil, nil, ""},
		{422, sadi.BadUsage, "query.proba", "POST", "/jobs/JOB/predict?proba=maybe", `[{}]`, nil, ""},
		{422, sadi.BadUsage, "query.task_type", "GET", "/datasets/" + id + "/profile?task_type=guess", nil, nil, "auto"},

		// jobs that there are not
		{404, sadi.NotFound, "", "GET", "/jobs/none", nil, nil, "GET /jobs"},
		{404, sadi.NotFound, "", "GET", "/jobs/NONE", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/*", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/a.%3e", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/a%2fb", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/%ff", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/NONE%00", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/..%2f..%2fjobs", nil, nil, ""},
		{422, sadi.BadUsage, "path.job_id", "GET", "/jobs/" + long, nil, nil, "128"},
		{422, sadi.BadUsage, "path.job_id", "DELETE", "/jobs/" + long, nil, nil, "128"},
		{404, sadi.NotFound, "", "GET", "/jobs/none/events", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/none/logs", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/none/result", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/none/manifest", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/none/artifacts", nil, nil, ""},
		{404, sadi.NotFound, "", "POST", "/jobs/none/cancel", nil, nil, ""},
		{404, sadi.NotFound, "", "POST", "/jobs/none/target", `{"target":"x"}`, nil, ""},
		{404, sadi.NotFound, "", "DELETE", "/jobs/none", nil, nil, ""},
		{404, sadi.NotFound, "", "POST", "/jobs/none/predict", `{"rows":[{}]}`, nil, ""},

		// paths of files
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/../../../etc/passwd", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/%2e%2e/%2e%2e/passwd", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/.%2E/passwd", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/..%2f..%2fpasswd", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", `/jobs/JOB/artifacts/..%5c..%5cpasswd`, nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/a%00b", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/manifest.json%00.html", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts//etc/passwd", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/%2fetc/passwd", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/./manifest.json", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/jobs/JOB/artifacts/model/../manifest.json", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/JOB/artifacts/%252e%252e/manifest.json", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/JOB/artifacts/%c0%ae%c0%ae/manifest.json", nil, nil, ""},
		{422, sadi.BadUsage, "path.path", "GET", "/jobs/JOB/artifacts/", nil, nil, "missing"},
		{404, sadi.NotFound, "", "GET", "/jobs/JOB/artifacts/model", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/JOB/artifacts/model/", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/jobs/JOB/artifacts/MANIFEST.JSON", nil, nil, "manifest.json"},
		{404, sadi.NotFound, "", "GET", "/jobs/JOB/artifacts/manifest.json%20", nil, nil, "manifest.json"},
		{404, sadi.NotFound, "", "GET", "/jobs/JOB/artifacts/report.htm", nil, nil, "report.html"},
		{422, sadi.BadUsage, "path.path", "GET", "/jobs/JOB/artifacts/" + long, nil, nil, "1024"},
		{404, sadi.NotFound, "", "GET", "/download/none/model", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/download/JOB/manifest.json", nil, nil, "model.sadi"},
		{404, sadi.NotFound, "", "GET", "/download/JOB/model%2fmodel.sadi", nil, nil, "model.sadi"},
		{403, sadi.Forbidden, "", "GET", "/download/JOB/..%2fmanifest.json", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/download/JOB/%2e%2e", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/download/..%2fJOB/model", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/download/JOB/model%00", nil, nil, ""},
		{422, sadi.BadUsage, "path.model_name", "GET", "/download/JOB/" + long, nil, nil, "200"},

		// models and tuning
		{404, sadi.NotFound, "", "GET", "/models/xgbost", nil, nil, "xgb"},
		{404, sadi.NotFound, "", "GET", "/models/ridge%2fx", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/models/..%2fridge", nil, nil, ""},
		{422, sadi.BadUsage, "path.name", "GET", "/models/" + long, nil, nil, "100"},
		{422, sadi.BadUsage, "body", "POST", "/hpo/submit", `{"input_csv_path":"incoming/sample.csv"}`, nil, "model"},
		{422, sadi.BadUsage, "body.model", "POST", "/hpo/submit", `{"input_csv_path":"incoming/sample.csv","model":"ridg"}`, nil, "ridge"},
		{422, sadi.BadUsage, "body.params", "POST", "/hpo/submit", `{"input_csv_path":"incoming/sample.csv","model":"ridge","params":{"hpo":false}}`, nil, "/submit"},
		{422, sadi.BadUsage, "body.params", "POST", "/hpo/submit", `{"input_csv_path":"incoming/sample.csv","model":"ridge","params":{"models":["lasso"]}}`, nil, "/submit"},
		{403, sadi.Forbidden, "body.input_csv_path", "POST", "/hpo/submit", `{"input_csv_path":"../x.csv","model":"ridge"}`, nil, "data root"},

		// targets
		{422, sadi.BadUsage, "body", "POST", "/jobs/JOB/target", `{}`, nil, "target"},
		{422, sadi.BadUsage, "body.target", "POST", "/jobs/JOB/target", `{"target":""}`, nil, "1"},
		{422, sadi.BadUsage, "body.target", "POST", "/jobs/JOB/target", `{"target":7}`, nil, "string"},
		{422, sadi.BadUsage, "body.tarjet", "POST", "/jobs/JOB/target", `{"target":"x","tarjet":"x"}`, nil, "target"},
		{409, sadi.Conflict, "", "POST", "/jobs/JOB/target", `{"target":"age"}`, nil, "needs_target"},

		// rows
		{400, sadi.BadUsage, "", "POST", "/jobs/JOB/predict", `{"rows":`, nil, "JSON"},
		{400, sadi.BadUsage, "", "POST", "/jobs/JOB/predict", `[{}] x`, nil, "JSON"},
		{400, sadi.BadUsage, "", "POST", "/jobs/JOB/predict", "[{\"\xff\":1}]", nil, "UTF-8"},
		{400, sadi.BadUsage, "", "POST", "/jobs/JOB/predict", `[{"age":1,"age":2}]`, nil, "twice"},
		{400, sadi.BadUsage, "", "POST", "/jobs/JOB/predict", strings.Repeat("[", 1<<20), nil, "JSON"},
		{422, sadi.BadUsage, "body.rows", "POST", "/jobs/JOB/predict", `{"row":[]}`, nil, "rows"},
		{422, sadi.BadUsage, "body.rows", "POST", "/jobs/JOB/predict", `{"rows":7}`, nil, "rows"},
		{422, sadi.BadUsage, "body.rows", "POST", "/jobs/JOB/predict", `{"rows":[7]}`, nil, "rows"},
		{422, sadi.BadUsage, "body.rows", "POST", "/jobs/JOB/predict", `{"rows":[]}`, nil, "one"},
		{422, sadi.BadUsage, "body.rows", "POST", "/jobs/JOB/predict", `null`, nil, "one"},
		{422, sadi.BadUsage, "body.proba", "POST", "/jobs/JOB/predict", `{"rows":[{}],"proba":"yes"}`, nil, ""},
		{422, sadi.SchemaMismatch, "body.rows[0]", "POST", "/jobs/JOB/predict", `[{"agee":1}]`, nil, "agee"},
		{422, sadi.SchemaMismatch, "body.rows[0].age", "POST", "/jobs/JOB/predict", `[{"age":[1],"city":"Lima","member":true,"since":null}]`, nil, "number"},
		{422, sadi.SchemaMismatch, "", "POST", "/jobs/JOB/predict", "agee\n1\n", csv, "age"},
		{422, sadi.BadData, "", "POST", "/jobs/JOB/predict", "\x1f\x8b\x08\x00broken", kind("application/gzip"), ""},
		{422, sadi.BadUsage, "", "POST", "/jobs/JOB/predict", "--x--\r\n", kind("multipart/form-data; boundary=x"), "file"},

		// uploads and data sets
		{422, sadi.BadUsage, "query.name", "POST", "/datasets?name=x.exe", "a\n1\n", csv, ".csv"},
		{422, sadi.BadUsage, "query.name", "POST", "/datasets?name=../../etc/passwd", "a\n1\n", csv, ".csv"},
		{422, sadi.BadUsage, "query.name", "POST", "/datasets?name=" + long, "a\n1\n", csv, "255"},
		{422, sadi.BadUsage, "query.name", "POST", "/datasets", form("../../etc/cron.d/x"), kind("multipart/form-data; boundary=x"), ".csv"},
		{422, sadi.BadData, "", "POST", "/datasets", "", csv, "empty"},
		{422, sadi.BadData, "", "POST", "/datasets", "\x1f\x8b\x08\x00broken", kind("application/gzip"), "unpacked"},
		{422, sadi.BadUsage, "", "POST", "/datasets", "--x--\r\n", kind("multipart/form-data; boundary=x"), "file"},
		{400, sadi.BadUsage, "", "POST", "/datasets", "a\n1\n", kind("multipart/form-data"), "form"},
		{400, sadi.BadUsage, "", "POST", "/datasets", form("x.csv")[:80], kind("multipart/form-data; boundary=x"), ""},
		{413, sadi.LimitExceeded, "", "POST", "/datasets", strings.Repeat("1\n", 1<<18), csv, "bytes"},
		{404, sadi.NotFound, "", "GET", "/datasets/abc/profile", nil, nil, "POST /datasets"},
		{404, sadi.NotFound, "", "GET", "/datasets/" + strings.ToUpper(id) + "/profile", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/datasets/" + id + "/profile", nil, nil, ""},
		{404, sadi.NotFound, "", "GET", "/datasets/sha256%2f" + id + "/profile", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/datasets/..%2f" + id + "/profile", nil, nil, ""},
		{403, sadi.Forbidden, "", "GET", "/datasets/%2e%2e/profile", nil, nil, ""},
		{422, sadi.BadUsage, "path.dataset_id", "GET", "/datasets/" + long + "/profile", nil, nil, "128"},
	}
}

// TestBadRequests is what is wrong with requests, and what must be said of it.
func TestBadRequests(t *testing.T) {
	w := open(t, httpapi.Options{MaxBody: 1 << 17}, service.Limits{Upload: 1 << 18})
	elsewhere := t.TempDir()
	outside := filepath.Join(elsewhere, "x.csv")
	if err := os.WriteFile(outside, []byte("a\n1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"incoming/link.csv": outside, "folder": elsewhere} {
		if err := os.Symlink(to, filepath.Join(w.Root, from)); err != nil {
			t.Fatal(err)
		}
	}
	w.Write(t, "incoming/empty.csv", "")
	job := w.Done(t, servicetest.Spec()).ID

	bodies, requests := badBodies(outside), badRequests()
	if n := len(bodies) + len(requests); n < 80 {
		t.Errorf("only %d requests", n)
	}
	for _, c := range bodies {
		if p := w.problem(c.status, c.code, c.location, "POST", "/submit", c.body); !strings.Contains(p.Detail+" "+p.Hint, c.says) {
			t.Errorf("%.200s: the problem does not say %q: %+v", c.body, c.says, p)
		}
	}
	for _, c := range requests {
		p := w.problem(c.status, c.code, c.location, c.method, strings.ReplaceAll(c.path, "JOB", job), c.body, c.header...)
		if !strings.Contains(p.Detail+" "+p.Hint, c.says) {
			t.Errorf("%s %.200s: the problem does not say %q: %+v", c.method, c.path, c.says, p)
		}
	}
	if n, _ := w.Queue.Counts(t.Context()); n[sadi.Queued] != 0 {
		t.Errorf("%d jobs were queued", n[sadi.Queued])
	}
	left, err := os.ReadDir(filepath.Join(w.Root, "incoming"))
	if err != nil || len(left) != 3 {
		t.Errorf("the folder of uploads has %v, %v", left, err)
	}
}

// TestHostileNamesOfUploads uploads files whose names lead elsewhere: they land in the folder of uploads.
func TestHostileNamesOfUploads(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	for name, want := range map[string]string{
		"../../x.csv": "x.csv", "/etc/cron.d/y.csv": "y.csv", `..\..\z.csv`: "z.csv", "%00a.csv": "a.csv", ".hidden.csv": "hidden.csv",
		"..csv": "upload.csv", "-rf.csv": "rf.csv", "%0d%0aset.csv": "set.csv", "..%2f..%2fb.csv": "b.csv", "con.csv ": "",
	} {
		a, text := w.call("POST", "/datasets?name="+strings.ReplaceAll(name, " ", "%20"), "a\n"+name+"\n", "Content-Type", "text/csv")
		if want == "" {
			if a.StatusCode != 422 {
				t.Errorf("%q: status %d: %s", name, a.StatusCode, text)
			}
			continue
		}
		if a.StatusCode != 201 || !strings.Contains(text, fmt.Sprintf(`"input_csv_path":"data/incoming/%s"`, want)) {
			t.Errorf("%q: status %d: %s, want %s", name, a.StatusCode, text, want)
		}
	}
	var all []string
	filepath.WalkDir(filepath.Dir(w.Root), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(path) != filepath.Join(w.Root, "incoming") {
			all = append(all, path)
		}
		return nil
	})
	if len(all) > 0 {
		t.Errorf("files lie elsewhere: %v", all)
	}
}
