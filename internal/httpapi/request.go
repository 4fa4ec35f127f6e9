package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// request is what is known of a request while it is answered.
type request struct {
	id    string
	label string // of the token; "" = none
	op    *huma.Operation
	body  *patient
	err   error // what the log should tell beyond the status
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	if r == nil {
		return &request{}
	}
	return r
}

func requestID(ctx context.Context) string            { return requestOf(ctx).id }
func operationOf(ctx context.Context) *huma.Operation { return requestOf(ctx).op }
func note(ctx context.Context, err error)             { requestOf(ctx).err = err }
func (r *request) with(ctx context.Context) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// givenIDs are the request ids that are taken over from a client or proxy.
var givenIDs = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func newRequestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); givenIDs.MatchString(id) {
		return id
	}
	var b [8]byte
	rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// stall is how long a client may read or write nothing before it is hung up on.
const stall = 30 * time.Second

// response remembers what was sent. Each write gives the client new time, so that only one who stalls is cut off.
type response struct {
	http.ResponseWriter
	control *http.ResponseController
	status  int
	bytes   int64
}

// WriteHeader implements http.ResponseWriter.
func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.control.SetWriteDeadline(time.Now().Add(stall)) // recorders in tests can not; then nothing can stall either
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wrap puts around all routes what every request needs: an id, headers, a log line, a net under panics.
func (a *API) wrap(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		q := &request{id: newRequestID(r)}
		r = r.WithContext(q.with(r.Context()))
		out := &response{ResponseWriter: w, control: http.NewResponseController(w)}
		q.body = &patient{ReadCloser: r.Body, control: out.control}
		r.Body = q.body
		secure(out.Header(), q.id)
		defer func() {
			failure := recover()
			if failure != nil && failure != http.ErrAbortHandler {
				a.Log.Error("a request panicked", "request_id", q.id, "panic", failure, "stack", string(debug.Stack()))
				if out.status == 0 {
					newProblem(http.StatusInternalServerError, "something went wrong on our side").write(out, r)
					failure = nil
				}
			}
			a.done(r, q, out, began)
			if failure != nil {
				panic(http.ErrAbortHandler) // an answer that was cut off must not look like a whole one
			}
		}()
		if leads(r) {
			newProblem(http.StatusForbidden, "the address leads out of its folder").write(out, r)
			return
		}
		if a.LocalOnly && !local(r.Host) {
			p := newProblem(http.StatusForbidden, "this server answers under the names of its own machine only, such as localhost")
			p.Hint = "to call it under another name, give it tokens, or --insecure behind a proxy that checks who calls"
			p.write(out, r)
			return
		}
		if err := crossOrigin.Check(r); err != nil {
			p := newProblem(http.StatusForbidden, "a page of another origin may not do this")
			p.write(out, r)
			return
		}
		next.ServeHTTP(out, r)
	})
}

// local reports whether a Host header names this machine by itself. A page whose name was made to lead here (DNS rebinding)
// is of one origin with us for the browser, but has its own name.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// leads reports whether an address tries to leave its folder. The mux would clean it and redirect, which hides what was
// tried.
func leads(r *http.Request) bool {
	if strings.ContainsAny(r.URL.Path, "\x00\\") {
		return true
	}
	for part := range strings.SplitSeq(r.URL.Path, "/") {
		if part == ".." || part == "." {
			return true
		}
	}
	return strings.Contains(r.URL.Path, Base) && strings.Contains(r.URL.Path, "//")
}

func secure(h http.Header, id string) {
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// done writes the line of the log and the figures of a request.
func (a *API) done(r *http.Request, q *request, out *response, began time.Time) {
	took := time.Since(began)
	status := out.status
	if status == 0 {
		status = http.StatusOK
	}
	if errors.Is(r.Context().Err(), context.Canceled) && status >= 500 {
		status = 499 // the client went away
	}
	route := "unknown" // one label for whatever addresses people try
	if q.op != nil {
		route = q.op.Path
	} else if r.Pattern != "" && r.Pattern != "/" {
		_, route, _ = strings.Cut(r.Pattern, " ")
	}
	a.metrics.request.WithLabelValues(route, r.Method, strconv.Itoa(status)).Observe(took.Seconds())
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	attrs := []slog.Attr{slog.String("request_id", q.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", status), slog.Int64("bytes", out.bytes), slog.Duration("took", took), slog.String("from", r.RemoteAddr)}
	if q.label != "" {
		attrs = append(attrs, slog.String("token", q.label))
	}
	if q.err != nil {
		attrs = append(attrs, slog.String("error", chain(q.err)))
	}
	a.Log.LogAttrs(context.WithoutCancel(r.Context()), level, "request", attrs...)
}

// chain is an error with the causes that its sentence does not tell.
func chain(err error) string {
	text := err.Error()
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
		if !strings.Contains(text, cause.Error()) {
			text += ": " + cause.Error()
		}
	}
	return text
}

// admit checks the token and bounds the time of an operation.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	q := requestOf(ctx.Context())
	q.op = op
	if a.Tokens != nil {
		role, _ := op.Metadata[roleKey].(Role)
		label, p := a.Tokens.check(ctx.Header("Authorization"), role)
		if q.label = label; p != nil {
			p.RequestID = q.id
			if p.Status == http.StatusUnauthorized {
				ctx.SetHeader("WWW-Authenticate", `Bearer realm="sadi"`)
			}
			ctx.SetHeader("Content-Type", p.ContentType(""))
			ctx.SetStatus(p.Status)
			a.huma.Marshal(ctx.BodyWriter(), "application/json", p)
			return
		}
	}
	timeout := a.Timeout
	stream, _ := op.Metadata[streamKey].(bool)
	if stream {
		timeout = a.UploadTimeout
	}
	if q.body != nil {
		q.body.end = time.Now().Add(timeout)
	}
	bounded, cancel := context.WithTimeout(ctx.Context(), timeout)
	defer cancel()
	if !stream {
		a.answering.Add(1)
		defer a.answering.Add(-1)
	}
	next(huma.WithContext(ctx, bounded))
}
