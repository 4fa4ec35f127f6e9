package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sadi"
	"sadi/internal/service"
)

func (a *API) datasetRoutes() {
	table := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	form := &huma.MediaType{Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}}, Required: []string{"file"}}}
	request := &huma.RequestBody{Required: true, Description: "The file itself, or a form with a file: CSV, also .gz and .zst",
		Content: map[string]*huma.MediaType{"text/csv": table, "application/gzip": table, "application/zstd": table, "application/octet-stream": table,
			"multipart/form-data": form}}
	type output struct {
		Location string `header:"Location" doc:"Where its profile is read"`
		Body     service.Dataset
	}
	register(a, operation{method: http.MethodPost, path: "/datasets", tag: "data sets", id: "upload", role: Submit, status: http.StatusCreated, stream: true,
		summary: "Upload a file", text: "Keeps a file below data/incoming and for the workers. The answer has the path to submit. Bounds hold for the file and for what a packed one unpacks to.",
		errors: []int{400, 408, 409, 413, 415, 429}, request: request},
		func(ctx context.Context, in *struct {
			Name string `query:"name" maxLength:"255" doc:"The name of the file; a form's file has its own" example:"sales.csv"`
			Raw
		}) (*output, error) {
			select {
			case a.uploads <- struct{}{}:
				defer func() { <-a.uploads }()
			default:
				p := newProblem(http.StatusTooManyRequests, "too many uploads are under way")
				p.Hint = "try again in some seconds"
				return nil, huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"5"}})
			}
			if limit := a.service.Limits().Upload; in.length > limit+1<<16 { // a form is a little larger than its file
				return nil, sadi.Errorf(sadi.LimitExceeded, "the upload is larger than %d bytes", limit)
			}
			data, err := in.file()
			if err != nil {
				return nil, err
			}
			name := in.Name
			if name == "" {
				name = in.filename
			}
			d, err := a.service.Upload(ctx, name, data)
			if err != nil {
				return nil, err
			}
			return &output{Base + "/datasets/" + d.ID + "/profile", d}, nil
		})
	register(a, operation{method: http.MethodGet, path: "/datasets/{dataset_id}/profile", tag: "data sets", id: "profile", role: Read, stream: true,
		summary: "Look at a data set", text: "How the file was understood, every column, what could spoil a model, and the likely targets. Made when it is first asked for.",
		errors: []int{404, 413}},
		func(ctx context.Context, in *struct {
			ID     string   `path:"dataset_id" maxLength:"128" doc:"The dataset_id that the upload returned, or the dataset_hash of a job"`
			Target string   `query:"target" maxLength:"1000" doc:"The column to predict; absent = found by itself"`
			Task   string   `query:"task_type" enum:"auto,classification,regression" doc:"The kind of problem"`
			Ignore []string `query:"ignore" maxItems:"1000" doc:"Columns to leave out, separated by commas"`
			Group  string   `query:"group" maxLength:"1000" doc:"Column whose equal values belong together"`
			Time   string   `query:"time" maxLength:"1000" doc:"Column that orders the rows"`
			Weight string   `query:"weight" maxLength:"1000" doc:"Column of sample weights"`
		}) (*body[*service.Inspection], error) {
			return answer(a.service.Profile(ctx, in.ID, service.Look{Target: in.Target, Task: sadi.TaskType(in.Task), Ignore: in.Ignore,
				Group: in.Group, Time: in.Time, Weight: in.Weight}))
		})
}
