package httpapi

import (
	"context"
	"io"
	"net/http"
	"path"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"sadi"
	"sadi/internal/service"
)

// Artifacts are the files of a job.
type Artifacts struct {
	Artifacts []sadi.Artifact `json:"artifacts"`
}

// anyFile is the response of a route that sends a file, whose name tells its media type.
var anyFile = map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}

// Conditional is a request for a file.
type Conditional struct {
	IfNoneMatch string `header:"If-None-Match" maxLength:"200" doc:"The ETag of a copy; when it is still the same, the answer is 304 without a body"`
}

func (a *API) resultRoutes() {
	register(a, operation{method: http.MethodGet, path: "/jobs/{job_id}/result", tag: "results", id: "job-result", role: Read,
		summary: "What came of a job", text: "Task, target, score, all metrics of the test rows, and the digest of the manifest.",
		errors: []int{404, 409}},
		func(ctx context.Context, in *JobPath) (*body[sadi.Outcome], error) {
			return answer(a.service.Result(ctx, in.ID))
		})
	register(a, operation{method: http.MethodGet, path: "/jobs/{job_id}/manifest", tag: "results", id: "job-manifest", role: Read, stream: true,
		summary: "The manifest of a job", text: "manifest.json: the record with which anyone can audit and repeat the job. Byte for byte as the job left it.",
		errors: []int{404, 409}, conditional: true,
		response: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object", AdditionalProperties: true}}}},
		func(ctx context.Context, in *struct {
			JobPath
			Conditional
		}) (*huma.StreamResponse, error) {
			return a.sendFile(in.IfNoneMatch)(a.service.Manifest(ctx, in.ID))
		})
	register(a, operation{method: http.MethodGet, path: "/jobs/{job_id}/artifacts", tag: "results", id: "list-artifacts", role: Read,
		summary: "The files of a job", errors: []int{404}, text: "Every file with its size and its SHA-256."},
		func(ctx context.Context, in *JobPath) (*body[Artifacts], error) {
			all, err := a.service.Artifacts(ctx, in.ID)
			return answer(Artifacts{all}, err)
		})
	register(a, operation{method: http.MethodGet, path: "/jobs/{job_id}/artifacts/{path}", tag: "results", id: "get-artifact", role: Read, stream: true,
		summary: "A file of a job", text: "The path is one that the list of files has; it may hold slashes.",
		errors: []int{404}, conditional: true, response: anyFile},
		func(ctx context.Context, in *struct {
			JobPath
			Conditional
			Path string `path:"path" maxLength:"1024" doc:"The path of the file within the job's folder" example:"report.html"`
		}) (*huma.StreamResponse, error) {
			return a.sendFile(in.IfNoneMatch)(a.service.Artifact(ctx, in.ID, in.Path))
		})
	register(a, operation{method: http.MethodGet, path: "/download/{job_id}/{model_name}", tag: "results", id: "download-model", role: Read, stream: true,
		summary: "Download a model", text: "model is the delivered model in our own format; other names are those of exported forms.",
		errors: []int{404, 409}, conditional: true, response: anyFile},
		func(ctx context.Context, in *struct {
			JobPath
			Conditional
			Model string `path:"model_name" maxLength:"200" doc:"model, or the name of an exported form" example:"model"`
		}) (*huma.StreamResponse, error) {
			return a.sendFile(in.IfNoneMatch)(a.service.Download(ctx, in.ID, in.Model))
		})
}

// sendFile streams an artifact.
func (a *API) sendFile(have string) func(*service.File, error) (*huma.StreamResponse, error) {
	return func(f *service.File, err error) (*huma.StreamResponse, error) {
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			defer f.Close()
			tag := strconv.Quote(f.SHA256)
			ctx.SetHeader("ETag", tag)
			ctx.SetHeader("Cache-Control", "private, no-cache") // it may be kept, and is asked about each time
			if have == tag {
				ctx.SetStatus(http.StatusNotModified)
				return
			}
			disposition := "attachment"
			if f.ContentType == service.ContentType(".html") {
				// A report is looked at in the browser; the sandbox keeps it from acting for the user.
				disposition = "inline"
				ctx.SetHeader("Content-Security-Policy", "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:")
			}
			ctx.SetHeader("Content-Type", f.ContentType)
			ctx.SetHeader("Content-Disposition", disposition+"; filename="+strconv.Quote(path.Base(f.Path)))
			ctx.SetHeader("Content-Length", strconv.FormatInt(f.Bytes, 10))
			ctx.SetStatus(http.StatusOK)
			if _, err := io.Copy(ctx.BodyWriter(), f); err != nil {
				note(ctx.Context(), err)
				panic(http.ErrAbortHandler) // less than was promised must not look whole
			}
		}}, nil
	}
}
