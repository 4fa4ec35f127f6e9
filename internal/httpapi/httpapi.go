// Package httpapi is the routes of the API: requests in, problems and documents out.
package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"sadi"
	"sadi/internal/service"
)

// Base is the path that all routes of the module begin with.
const Base = sadi.BasePath

// Options say how an API is to be. The zero value of every field but Service has a default.
type Options struct {
	Service *service.Service
	Tokens  *Tokens      // who may do what; nil = everybody everything
	Log     *slog.Logger // of requests; nil = none
	// LocalOnly refuses requests whose Host header does not name this machine by itself.
	LocalOnly bool
	MaxBody   int64 // bytes of a JSON request; default 1 MiB; requests that carry rows or files have bounds of their own
	Uploads   int   // uploads at a time; default 4
	Timeout   time.Duration
	// UploadTimeout bounds uploads, downloads and predictions of files; default 1 h. Timeout bounds everything else;
	// default 60 s.
	UploadTimeout time.Duration
	Heartbeat     time.Duration // between the comments that keep a quiet event stream open; default 15 s
	Grace         time.Duration // for requests that are under way when the server stops; default 10 s
}

func (o Options) withDefaults() Options {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.MaxBody = cmp.Or(o.MaxBody, 1<<20)
	o.Uploads = cmp.Or(o.Uploads, 4)
	o.Timeout = cmp.Or(o.Timeout, time.Minute)
	o.UploadTimeout = cmp.Or(o.UploadTimeout, time.Hour)
	o.Heartbeat = cmp.Or(o.Heartbeat, 15*time.Second)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	return o
}

// API is the handler of all routes.
type API struct {
	Options
	service *service.Service
	huma    huma.API
	mux     *http.ServeMux
	metrics *metrics
	handler http.Handler
	uploads chan struct{}

	answering atomic.Int64 // requests under way, without streams

	stop     sync.Once
	stopping chan struct{} // closed when streams must end
}

// New makes an API.
func New(o Options) *API {
	a := &API{Options: o.withDefaults(), service: o.Service, mux: http.NewServeMux(), stopping: make(chan struct{})}
	a.uploads = make(chan struct{}, a.Uploads)
	a.metrics = newMetrics(o.Service)
	a.huma = huma.NewAPI(description(), adapter{a.mux})
	a.huma.UseMiddleware(a.admit)
	a.submitRoutes()
	a.jobRoutes()
	a.resultRoutes()
	a.predictRoutes()
	a.datasetRoutes()
	a.modelRoutes()
	a.operatorRoutes()
	a.mux.HandleFunc("/", a.unknown)
	a.handler = a.wrap(a.mux)
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Quiet waits until no request is being answered (streams apart), at most so long. Work that can wait begins then.
func (a *API) Quiet(ctx context.Context, atMost time.Duration) {
	for over := time.Now().Add(atMost); a.answering.Load() > 0 && time.Now().Before(over) && ctx.Err() == nil; {
		time.Sleep(5 * time.Millisecond)
	}
}

// OpenAPI is the description of the routes, as /openapi.json gives it.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

func description() huma.Config {
	c := huma.DefaultConfig("SADI AutoML", sadi.Version)
	c.Info.Description = "From a CSV file to a judged, explained and reproducible model. A POST to /submit queues a job; a worker takes it; " +
		"its state, events, files and predictions are read here. Errors are problems as RFC 9457 has them, with a stable `code`, the " +
		"place (`where`, `errors[].location`) and advice (`hint`)."
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "A token of the server's tokens file. A server without one asks for none."},
	}
	c.Tags = []*huma.Tag{
		{Name: "jobs", Description: "Submit jobs, watch them, end them"},
		{Name: "results", Description: "What jobs leave behind"},
		{Name: "predictions", Description: "Use a model"},
		{Name: "data sets", Description: "Upload files and look at them"},
		{Name: "module", Description: "The algorithms and the state of the module"},
	}
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // served by operatorRoutes
	c.CreateHooks = nil                                   // no "$schema" in responses
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[sadi.Budget](), reflect.TypeFor[Budget]())
	return c
}

// adapter puts operations on a mux. The parameter called path takes the rest of the URL, slashes included.
type adapter struct{ *http.ServeMux }

// Handle implements huma.Adapter.
func (m adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	pattern := op.Method + " " + strings.Replace(op.Path, "/{path}", "/{path...}", 1)
	m.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { handler(humago.NewContext(op, r, w)) })
}

// What an operation carries with it.
const (
	roleKey     = "role"     // Role: what a token must have
	streamKey   = "stream"   // bool: bound by UploadTimeout
	registryKey = "registry" // huma.Registry: where schemas are found by reference
)

// operation is what a route declares.
type operation struct {
	method, path, tag, id string
	summary, text         string
	role                  Role
	status                int   // 0 = 200
	errors                []int // beyond those that follow from the rest
	body                  int64 // bytes; 0 = Options.MaxBody
	stream                bool
	local                 bool                       // answered without the queue and the store
	conditional           bool                       // 304 when the client's copy is still good
	request               *huma.RequestBody          // of a body that the handler reads itself
	response              map[string]*huma.MediaType // of an answer that the handler writes itself
}

// failures are the statuses of problems that a route can answer; a test holds them to what routes answer.
func (o operation) failures() []int {
	all := append([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusInternalServerError}, o.errors...)
	if !o.local {
		all = append(all, http.StatusServiceUnavailable, http.StatusGatewayTimeout)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// register adds a route. What the handler returns as an error becomes a problem.
func register[I, O any](a *API, o operation, handler func(context.Context, *I) (*O, error)) {
	op := huma.Operation{Method: o.method, Path: Base + o.path, Tags: []string{o.tag}, OperationID: o.id, Summary: o.summary,
		Description: o.text, DefaultStatus: o.status, Errors: o.failures(), MaxBodyBytes: cmp.Or(o.body, a.MaxBody),
		BodyReadTimeout: -1, Security: []map[string][]string{{"bearer": {}}},
		Metadata: map[string]any{roleKey: o.role, streamKey: o.stream, registryKey: a.huma.OpenAPI().Components.Schemas}}
	if o.response != nil {
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: o.response}}
	}
	if o.conditional {
		op.Responses["304"] = &huma.Response{Description: "The copy that If-None-Match names is still good"}
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
	if o.request != nil { // told afterwards: huma would read the body itself
		a.huma.OpenAPI().Paths[op.Path].Post.RequestBody = o.request
	}
}

// body is a response with a JSON document.
type body[T any] struct{ Body T }
