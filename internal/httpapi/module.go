package httpapi

import (
	"bytes"
	"context"
	_ "embed" // the pages of /docs
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"sync"

	"sadi"
	"sadi/internal/model"
	"sadi/internal/service"
)

// Models are the algorithms.
type Models struct {
	Models []model.Description `json:"models"`
}

func (a *API) modelRoutes() {
	register(a, operation{method: http.MethodGet, path: "/models", tag: "module", id: "list-models", role: Read,
		summary: "The algorithms", text: "Every algorithm with its parameters, their bounds and defaults.", local: true},
		func(context.Context, *struct{}) (*body[Models], error) {
			return answer(Models{a.service.Models()}, nil)
		})
	register(a, operation{method: http.MethodGet, path: "/models/{name}", tag: "module", id: "get-model", role: Read,
		summary: "An algorithm", text: "By its name or an alias; an alias may mean several, one for each kind of problem.", errors: []int{404}, local: true},
		func(ctx context.Context, in *struct {
			Name string `path:"name" maxLength:"100" doc:"A name or an alias" example:"xgb_classifier"`
		}) (*body[Models], error) {
			found, err := a.service.Model(in.Name)
			if sadi.CodeOf(err) == sadi.BadUsage {
				e := *err.(*sadi.Error)
				e.Code = sadi.NotFound // here the name is the address
				err = &e
			}
			return answer(Models{found}, err)
		})
	register(a, operation{method: http.MethodGet, path: "/status", tag: "module", id: "status", role: Read,
		summary: "The state of the module", text: "Version, jobs that wait and by state, workers that live, algorithms registered."},
		func(ctx context.Context, _ *struct{}) (*body[service.Status], error) {
			return answer(a.service.Status(ctx))
		})
}

var (
	//go:embed docs/docs.html
	docsPage []byte
	//go:embed docs/docs.js
	docsScript []byte
	//go:embed docs/docs.css
	docsStyle []byte
)

// operatorRoutes are the routes outside of the module's path: for probes, for Prometheus, for readers.
func (a *API) operatorRoutes() {
	document := sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.OpenAPI()) })
	a.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		text, err := document()
		if err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
		w.Write(text)
	})
	for path, page := range map[string]struct {
		kind string
		text []byte
	}{
		"/docs": {"text/html; charset=utf-8", docsPage}, "/docs/docs.js": {"text/javascript; charset=utf-8", docsScript},
		"/docs/docs.css": {"text/css; charset=utf-8", docsStyle},
	} {
		a.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
			w.Header().Set("Content-Type", page.kind)
			w.Write(page.text)
		})
	}
	a.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { // the process answers: no more is asked
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "ok\n")
	})
	a.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.service.Ready(r.Context()); err != nil {
			problemOf(r.Context(), err).(*Problem).write(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "ready\n")
	})
	figures := a.metrics.handler()
	a.mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if a.Tokens != nil {
			label, p := a.Tokens.check(r.Header.Get("Authorization"), Read)
			requestOf(r.Context()).label = label
			if p != nil {
				p.write(w, r)
				return
			}
		}
		figures.ServeHTTP(w, r)
	})
}

func typeOf[T any]() reflect.Type         { return reflect.TypeFor[T]() }
func newReader(data []byte) *bytes.Reader { return bytes.NewReader(data) }

// first is the first byte that is no white space; 0 = none.
func first(data []byte) byte {
	if t := bytes.TrimLeft(data, " \t\r\n"); len(t) > 0 {
		return t[0]
	}
	return 0
}
