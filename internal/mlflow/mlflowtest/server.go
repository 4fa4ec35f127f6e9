package mlflowtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a double of MLflow's tracking server. It answers as MLflow 2.17 and 3.11 were recorded to, limits and errors
// included, and is stricter in one way: what a real one would swallow (an unknown field, a value of the wrong type, a
// body of unknown length) is a violation.
type Server struct {
	Version   string // 2.17 or 3.11
	NoProxy   string // where artifacts lie when the server does not take them; "" = it does
	User      string // and Password, or Token: who may ask; "" = everybody
	Password  string
	Token     string
	Fault     func(*http.Request) Fault // what goes wrong with a request; nil = nothing does
	Violation func(format string, args ...any)

	mu          sync.Mutex
	requests    []string // method and path of each that came
	last        int      // number of the last id
	experiments []*experiment
	runs        map[string]*run
	order       []string // of runs
	files       map[string]string
	models      map[string][]*modelVersion

	http    *http.Server
	address string
}

// Fault is what goes wrong with a request.
type Fault struct {
	Status     int           // answered in place of the work; 0 = the work is done
	RetryAfter string        // the header
	Body       string        // of that answer; "" = as MLflow has it
	Delay      time.Duration // before anything is done
	Cut        bool          // the connection ends without an answer, after the work is done
}

type experiment struct{ id, name, stage string }

type run struct {
	id, experiment, name, user, status, stage string
	start, end                                int64
	params, tags                              map[string]string
	tagOrder                                  []string
	metrics                                   []metric
	inputs                                    []json.RawMessage
}

type metric struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
	Time  *int64          `json:"timestamp"`
	Step  int64           `json:"step"`
	value float64
}

type modelVersion struct {
	number, name, source, run, description string
	tags                                   []pair
	made                                   int64
}

type pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// NewServer starts a double on loopback; it ends with the test.
func NewServer(t testing.TB, version string) *Server {
	t.Helper()
	s := &Server{Version: version, runs: map[string]*run{}, files: map[string]string{}, models: map[string][]*modelVersion{}}
	s.Violation = func(format string, args ...any) { t.Errorf("the client: "+format, args...) }
	s.experiments = []*experiment{{"0", "Default", "active"}}
	s.last = 2
	s.Start(t)
	t.Cleanup(s.Stop)
	return s
}

// Start listens, at the address that it had before if it had one.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	address := s.address
	if address == "" {
		address = "127.0.0.1:0"
	}
	on, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s.address = on.Addr().String()
	s.http = &http.Server{Handler: s}
	go s.http.Serve(on)
}

// Stop ends all connections; connecting is refused until Start. What was logged is kept.
func (s *Server) Stop() { s.http.Close() }

// URL is the server's address.
func (s *Server) URL() string { return "http://" + s.address }

// Requests are the methods and paths of what came, in order.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// refusal is an error of the API.
type refusal struct {
	status        int
	code, message string
}

func (e *refusal) Error() string { return e.message }

func invalid(format string, args ...any) error {
	return &refusal{400, "INVALID_PARAMETER_VALUE", fmt.Sprintf(format, args...)}
}

func absent(format string, args ...any) error {
	return &refusal{404, "RESOURCE_DOES_NOT_EXIST", fmt.Sprintf(format, args...)}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var f Fault
	if s.Fault != nil {
		f = s.Fault(r)
	}
	select {
	case <-time.After(f.Delay):
	case <-r.Context().Done():
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	if f.Status != 0 {
		s.fault(w, f)
		return
	}
	if !s.admitted(r) {
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, "You are not authenticated. Please see the documentation")
		return
	}
	answer, err := s.answer(r, body)
	if f.Cut {
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			c.Close()
		}
		return
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	if text, ok := answer.(string); ok {
		io.WriteString(w, text)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.Encode(answer)
}

func (s *Server) fault(w http.ResponseWriter, f Fault) {
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	if f.Status == http.StatusFound {
		w.Header().Set("Location", "http://elsewhere.invalid/login")
	}
	w.WriteHeader(f.Status)
	if f.Body == "" && f.Status == http.StatusInternalServerError {
		f.Body = `{"error_code": "INTERNAL_ERROR", "message": "database is locked"}`
	}
	io.WriteString(w, f.Body)
}

func (s *Server) admitted(r *http.Request) bool {
	user, password, basic := r.BasicAuth()
	switch {
	case s.User != "":
		return basic && user == s.User && password == s.Password
	case s.Token != "":
		return r.Header.Get("Authorization") == "Bearer "+s.Token
	}
	return true
}

func (s *Server) refuse(w http.ResponseWriter, err error) {
	e, ok := err.(*refusal)
	if !ok {
		e = &refusal{404, "", ""}
	}
	if e.code == "" { // what the web framework answers
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(e.status)
		fmt.Fprintf(w, "<!doctype html>\n<html lang=en>\n<title>%d</title>\n%s", e.status, e.message)
		return
	}
	doc := map[string]string{"error_code": e.code, "message": e.message}
	if s.Version == "3.11" {
		doc["sqlstate"], doc["error_class"] = "KAM00", "RESOURCE_NOT_FOUND"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status)
	json.NewEncoder(w).Encode(doc)
}

const (
	apiBase   = "/api/2.0/mlflow/"
	proxyBase = "/api/2.0/mlflow-artifacts/artifacts/"
)

func (s *Server) answer(r *http.Request, body []byte) (any, error) {
	switch {
	case r.URL.Path == "/health":
		return "OK", nil
	case r.URL.Path == "/version":
		return s.Version + ".2", nil
	case strings.HasPrefix(r.URL.Path, proxyBase):
		return s.artifact(r, body)
	}
	name, ok := strings.CutPrefix(r.URL.Path, apiBase)
	if !ok {
		return nil, &refusal{status: 404}
	}
	if r.Method == http.MethodGet {
		if get := s.gets()[name]; get != nil {
			return get(r.URL.Query())
		}
		return nil, &refusal{status: 404}
	}
	post := s.posts()[name]
	if post == nil || r.Method != http.MethodPost {
		return nil, &refusal{status: 404}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, invalid("Bad Request. Content-Type must be one of ['application/json'].")
	}
	if r.ContentLength < 0 {
		s.Violation("%s: a body of unknown length, which 3.11 does not see", name)
		body = nil
	}
	return post(body)
}

// decode reads a body whose every field and type must be known.
func (s *Server) decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		s.Violation("%v in %s", err, body[:min(len(body), 300)])
		return invalid("%v", err)
	}
	return nil
}

// artifact takes or gives a file through the proxy.
func (s *Server) artifact(r *http.Request, body []byte) (any, error) {
	if s.NoProxy != "" {
		return nil, &refusal{503, "", "Endpoint: /api/2.0/mlflow-artifacts disabled due to the mlflow server running with `--no-serve-artifacts`."}
	}
	name, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), proxyBase))
	if err != nil || path.Clean("/"+name) != "/"+name {
		return nil, invalid("Invalid path")
	}
	switch r.Method {
	case http.MethodPut:
		if r.ContentLength < 0 {
			s.Violation("an artifact of unknown length, of which 3.11 stores nothing")
			body = nil
		}
		s.files[name] = string(body)
		return map[string]any{}, nil
	case http.MethodGet:
		text, ok := s.files[name]
		if !ok {
			return nil, absent("No such artifact: '%s'", name)
		}
		return text, nil
	}
	return nil, &refusal{status: 405}
}

func (s *Server) id() int {
	s.last++
	return s.last
}

// artifactURI is where a run's artifacts lie.
func (s *Server) artifactURI(r *run) string {
	if s.NoProxy != "" {
		return s.NoProxy + "/" + r.experiment + "/" + r.id + "/artifacts"
	}
	return "mlflow-artifacts:/" + r.experiment + "/" + r.id + "/artifacts"
}

func now() int64 { return time.Now().UnixMilli() }

func hexID(n int) string { return strings.Repeat("0", 32-len(strconv.Itoa(n))) + strconv.Itoa(n) }
