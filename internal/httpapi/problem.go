package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"sadi"
	"sadi/internal/near"
)

// Problem is an error as RFC 9457 has it, with what a sadi.Error tells.
type Problem struct {
	Type      string              `json:"type" doc:"What kind of problem it is, as a URI; about:blank = the title says it" default:"about:blank"`
	Title     string              `json:"title" doc:"The status in words" example:"Unprocessable Entity"`
	Status    int                 `json:"status" doc:"The HTTP status" example:"422"`
	Code      sadi.Code           `json:"code" doc:"The kind of error, for programs; codes never change meaning" example:"not_found"`
	Detail    string              `json:"detail" doc:"What happened, in one sentence"`
	Where     string              `json:"where,omitempty" doc:"Where: a field, a row, a file" example:"params.models[1]"`
	Hint      string              `json:"hint,omitempty" doc:"What to do about it"`
	Errors    []*huma.ErrorDetail `json:"errors,omitempty" doc:"Every field that is wrong, with its location in the request"`
	RequestID string              `json:"request_id,omitempty" doc:"Under this name the server's log tells more"`
}

// Error is the sentence.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses gives each code its HTTP status; a test holds it complete.
var statuses = map[sadi.Code]int{
	sadi.BadUsage: http.StatusUnprocessableEntity, sadi.BadData: http.StatusUnprocessableEntity, sadi.NotFound: http.StatusNotFound,
	sadi.TargetUnclear: http.StatusConflict, sadi.NoModel: http.StatusUnprocessableEntity, sadi.LimitExceeded: http.StatusRequestEntityTooLarge,
	sadi.Corrupt: http.StatusInternalServerError, sadi.SchemaMismatch: http.StatusUnprocessableEntity,
	sadi.Interrupted: http.StatusServiceUnavailable, sadi.Unavailable: http.StatusServiceUnavailable,
	sadi.Unauthorized: http.StatusUnauthorized, sadi.Forbidden: http.StatusForbidden, sadi.Conflict: http.StatusConflict,
	sadi.Internal: http.StatusInternalServerError,
}

// codes gives the statuses that huma and the mux decide on their codes.
var codes = map[int]sadi.Code{
	http.StatusBadRequest: sadi.BadUsage, http.StatusUnprocessableEntity: sadi.BadUsage, http.StatusUnsupportedMediaType: sadi.BadUsage,
	http.StatusNotAcceptable: sadi.BadUsage, http.StatusMethodNotAllowed: sadi.BadUsage, http.StatusNotFound: sadi.NotFound,
	http.StatusRequestEntityTooLarge: sadi.LimitExceeded, http.StatusTooManyRequests: sadi.LimitExceeded,
	http.StatusRequestTimeout: sadi.Interrupted, http.StatusUnauthorized: sadi.Unauthorized, http.StatusForbidden: sadi.Forbidden,
	http.StatusServiceUnavailable: sadi.Unavailable, http.StatusGatewayTimeout: sadi.Interrupted,
}

func newProblem(status int, detail string) *Problem {
	code, ok := codes[status]
	if !ok {
		code = sadi.Internal
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// init makes huma's own errors problems too, its bounds numbers as people write them, and its names exact: with
// a and A for the same field, an object could have it twice. There is no other way to tell it.
func init() {
	huma.ValidateStrictCasing = true
	huma.ErrorFormatter = func(format string, args ...any) string {
		for i, a := range args {
			if f, ok := a.(float64); ok {
				args[i] = strconv.FormatFloat(f, 'f', -1, 64)
			}
		}
		return fmt.Sprintf(format, args...)
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError { return fromHuma(nil, status, msg, errs) }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return fromHuma(ctx, status, msg, errs)
	}
}

// fromHuma is the problem of a request that does not keep to the schema.
func fromHuma(ctx huma.Context, status int, msg string, errs []error) *Problem {
	if msg == "cannot read request body" { // huma's word for a client that went away
		status = http.StatusBadRequest
	}
	p := newProblem(status, msg)
	if ctx != nil {
		p.RequestID = requestID(ctx.Context())
	}
	for _, err := range errs {
		var own *Problem
		if errors.As(err, &own) { // of a resolver
			own.RequestID = p.RequestID
			return own
		}
		d := &huma.ErrorDetail{Message: err.Error()}
		if e, ok := err.(huma.ErrorDetailer); ok {
			copied := *e.ErrorDetail()
			d = &copied
		}
		if place, text, ok := unfold(d.Message); ok && d.Location == "body" {
			d.Location, d.Message = inBody+place, text
		}
		if text, err := json.Marshal(d.Value); err != nil || len(text) > 200 || d.Location == "body" {
			d.Value = nil // an echo of what may be large or secret helps nobody
		}
		p.Errors = append(p.Errors, d)
	}
	if len(p.Errors) > 0 {
		first := p.Errors[0]
		p.Detail, p.Where = first.Message, strings.TrimPrefix(first.Location, inBody)
		if more := len(p.Errors) - 1; more > 0 {
			p.Detail += fmt.Sprintf(" (and %d more, under errors)", more)
		}
		if ctx != nil {
			p.Hint = hint(ctx.Operation(), first)
		}
	}
	return p
}

// hint tells which name an unknown one may mean.
func hint(op *huma.Operation, d *huma.ErrorDetail) string {
	at := strings.LastIndexByte(d.Location, '.')
	if at < 0 || !strings.HasPrefix(d.Message, "un") {
		return ""
	}
	parent, name := d.Location[:at], d.Location[at+1:]
	var known []string
	if parent == "query" {
		for _, p := range op.Parameters {
			if p.In == "query" {
				known = append(known, p.Name)
			}
		}
	} else if schema := schemaAt(op, parent); schema != nil {
		for n := range schema.Properties {
			known = append(known, n)
		}
	}
	slices.Sort(known)
	if close := near.Names(name, known); len(close) > 0 {
		return "do you mean " + strings.Join(close, " or ") + "?"
	}
	if len(known) == 0 {
		return ""
	}
	return "known here: " + strings.Join(known, ", ")
}

// schemaAt is the schema of a place in the body, such as body.params; nil where there is none.
func schemaAt(op *huma.Operation, place string) *huma.Schema {
	registry, _ := op.Metadata[registryKey].(huma.Registry)
	if op.RequestBody == nil || registry == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	s := op.RequestBody.Content["application/json"].Schema
	for i, part := range strings.Split(place, ".") {
		if i > 0 {
			s = s.Properties[part]
		}
		for s != nil && s.Ref != "" {
			s = registry.SchemaFromRef(s.Ref)
		}
		if s == nil {
			return nil
		}
	}
	return s
}

// fields are the places that are fields of a request, not rows of a file.
var fields = regexp.MustCompile(`^[A-Za-z_-]+(\[[0-9]+\])?(\..+)?$`)

// problemOf is the problem of an error that a handler returned.
func problemOf(ctx context.Context, err error) error {
	var p *Problem
	if errors.As(err, &p) {
		p.RequestID = requestID(ctx)
		return err // with the headers that are around it
	}
	note(ctx, err)
	if cause := context.Cause(ctx); cause != nil && (errors.Is(err, cause) || errors.Is(err, ctx.Err())) {
		p = newProblem(http.StatusGatewayTimeout, "the request took too long")
		p.RequestID = requestID(ctx)
		return p
	}
	var e *sadi.Error
	if !errors.As(err, &e) || e.Code == sadi.Internal {
		p = newProblem(http.StatusInternalServerError, "something went wrong on our side")
		p.Hint = "the request's id is in the server's log, with the cause"
		p.RequestID = requestID(ctx)
		return p
	}
	p = newProblem(statuses[e.Code], e.Message)
	p.Code, p.Where, p.Hint, p.RequestID = e.Code, strings.TrimPrefix(e.Where, inBody), e.Hint, requestID(ctx)
	if location := locate(operationOf(ctx), e.Where); location != "" {
		p.Errors = []*huma.ErrorDetail{{Message: e.Message, Location: location}}
		if p.Status == http.StatusNotFound && !strings.HasPrefix(location, "path.") {
			p.Status = http.StatusUnprocessableEntity // the resource is there; the request names something that is not
			p.Title = http.StatusText(p.Status)
		}
	}
	return p
}

// inBody begins the locations in bodies.
const inBody = "body."

// locate is the location of a field in the request: where it is a parameter, or else in the body.
func locate(op *huma.Operation, where string) string {
	if op == nil || !fields.MatchString(where) {
		return ""
	}
	if strings.HasPrefix(where, inBody) {
		return where
	}
	name, _, _ := strings.Cut(where, "[")
	for _, p := range op.Parameters {
		if p.Name == name {
			return p.In + "." + where
		}
	}
	if op.RequestBody == nil {
		return ""
	}
	return inBody + where
}

// write sends a problem where no operation is.
func (p *Problem) write(w http.ResponseWriter, r *http.Request) {
	p.RequestID = requestID(r.Context())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}

// unknown answers what no route matches: another method, or no such path.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := a.mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if allowed != nil {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		p := newProblem(http.StatusMethodNotAllowed, fmt.Sprintf("%s is not possible here", r.Method))
		p.Hint = "use " + strings.Join(allowed, " or ")
		p.write(w, r)
		return
	}
	p := newProblem(http.StatusNotFound, "there is nothing at this address")
	p.Hint = "the routes begin with " + Base + "; /docs lists them"
	p.write(w, r)
}
