package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"sadi"
	"sadi/internal/service"
)

// maxRowsBody bounds a JSON request with rows; larger ones come as CSV.
const maxRowsBody = 32 << 20

// Rows are rows to predict.
type Rows struct {
	Rows  []map[string]any `json:"rows" doc:"Each row: column → value; null or absent = not known; further columns are ignored"`
	Proba bool             `json:"proba,omitempty" doc:"Give the probability of every class as well"`
}

func (a *API) predictRoutes() {
	schemas := a.huma.OpenAPI().Components.Schemas
	rows := &huma.Schema{OneOf: []*huma.Schema{schemas.Schema(typeOf[Rows](), true, "Rows"), schemas.Schema(typeOf[[]map[string]any](), false, "")}}
	answer := schemas.Schema(typeOf[service.Predictions](), true, "Predictions")
	text := &huma.MediaType{Schema: &huma.Schema{Type: "string", Description: "A table with a header; columns are found by name. Also .gz and .zst"}}
	request := &huma.RequestBody{Required: true, Description: "Rows as JSON, or a table as CSV; the answer comes in the same form",
		Content: map[string]*huma.MediaType{"application/json": {Schema: rows}, "text/csv": text, "application/gzip": text, "application/zstd": text,
			"application/octet-stream": text}}
	register(a, operation{method: http.MethodPost, path: "/jobs/{job_id}/predict", tag: "predictions", id: "predict", role: Read, stream: true,
		summary: "Predict rows", text: "Uses the model that the job delivered. JSON rows give JSON; a CSV table gives CSV, row by row in the same order.",
		errors: []int{400, 404, 408, 409, 413, 415}, request: request,
		response: map[string]*huma.MediaType{"application/json": {Schema: answer}, "text/csv": {Schema: &huma.Schema{Type: "string"}}}},
		func(ctx context.Context, in *struct {
			JobPath
			Proba bool `query:"proba" doc:"Give the probability of every class as well"`
			Raw
		}) (*huma.StreamResponse, error) {
			if in.kind == "" || in.kind == "application/json" {
				return a.predictRows(ctx, in.ID, in.reader, in.Proba)
			}
			table, err := in.file()
			if err != nil {
				return nil, err
			}
			return a.predictFile(ctx, in.ID, table, in.Proba)
		})
}

// predictRows answers JSON with JSON.
func (a *API) predictRows(ctx context.Context, id string, from io.Reader, proba bool) (*huma.StreamResponse, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxRowsBody+1))
	if err != nil {
		return nil, readProblem(err, "the body broke off")
	}
	if len(data) > maxRowsBody {
		p := newProblem(http.StatusRequestEntityTooLarge, "the rows are too many for JSON")
		p.Hint = "send them as text/csv"
		return nil, p
	}
	rows, err := parseRows(data)
	if err != nil {
		return nil, err
	}
	out, err := a.service.Predict(ctx, id, rows.Rows, rows.Proba || proba)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "application/json")
		ctx.SetStatus(http.StatusOK)
		a.huma.Marshal(ctx.BodyWriter(), "application/json", out)
	}}, nil
}

// parseRows reads {"rows": [...], "proba": true}, or the array alone.
func parseRows(data []byte) (r Rows, err error) {
	if !utf8.Valid(data) {
		return r, newProblem(http.StatusBadRequest, "the body is not UTF-8")
	}
	if !json.Valid(data) {
		return r, newProblem(http.StatusBadRequest, "the body is no JSON")
	}
	if name := twice(data); name != "" {
		return r, newProblem(http.StatusBadRequest, "a name stands twice in an object")
	}
	d := json.NewDecoder(newReader(data))
	d.UseNumber() // 1e400 and 9007199254740993 are judged by the column
	d.DisallowUnknownFields()
	if first(data) == '[' {
		err = d.Decode(&r.Rows)
	} else {
		err = d.Decode(&r)
	}
	if err != nil {
		e := sadi.Errorf(sadi.BadUsage, "the rows are not understood").At("rows").Advise(`send {"rows": [{"column": value, …}, …], "proba": true}`)
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field != "" {
			e = e.At("body.%s", kind.Field) // there is a parameter proba, too
		}
		return r, e
	}
	return r, nil
}

// predictFile answers a table with CSV.
func (a *API) predictFile(ctx context.Context, id string, table io.Reader, proba bool) (*huma.StreamResponse, error) {
	// The answer begins when the first predictions are there: until then an error can still be a problem.
	out, in := io.Pipe()
	failed := make(chan error, 1)
	began := make(chan struct{})
	go func() {
		err := caught(func() error { return a.service.PredictFile(ctx, id, table, proba, &announcer{in, began, false}) })
		failed <- err
		in.CloseWithError(err)
	}()
	select {
	case err := <-failed:
		if err != nil {
			return nil, err
		}
	case <-began:
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer out.Close()
		ctx.SetHeader("Content-Type", "text/csv; charset=utf-8")
		ctx.SetStatus(http.StatusOK)
		if _, err := io.Copy(ctx.BodyWriter(), out); err != nil {
			note(ctx.Context(), err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// caught makes a panic an error: in a goroutine of its own, nothing else would catch it.
func caught(f func() error) (err error) {
	defer func() {
		if failure := recover(); failure != nil {
			err = sadi.Errorf(sadi.Internal, "a panic: %v\n%s", failure, debug.Stack())
		}
	}()
	return f()
}

// announcer tells of the first write before it is taken.
type announcer struct {
	w     io.Writer
	began chan struct{}
	told  bool
}

// Write implements io.Writer.
func (a *announcer) Write(p []byte) (int, error) {
	if !a.told {
		a.told = true
		close(a.began)
	}
	return a.w.Write(p)
}
