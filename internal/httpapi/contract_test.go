package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sadi/internal/httpapi"
)

// TestMain holds the whole package to the OpenAPI document: what it promises and no test has seen is a failure.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && all() && promised != nil {
		for _, gap := range promised.gaps() {
			fmt.Println("FAIL: the OpenAPI document tells of what no test has seen:", gap)
			code = 1
		}
	}
	os.Exit(code)
}

// all reports whether every test was asked for.
func all() bool {
	for _, name := range []string{"test.run", "test.skip", "test.fuzz", "test.list", "test.bench"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return true
}

// promised is the contract that all servers of the tests are held to.
var (
	promised *contract
	promise  sync.Once
)

// contract is the OpenAPI document as a judge of what goes over the wire.
type contract struct {
	doc     map[string]any
	schemas *jsonschema.Compiler

	mu   sync.Mutex
	seen map[string]bool // "GET /jobs 200" and "schema Job"
}

const documentURL = "openapi.json"

func newContract(t testing.TB, api *httpapi.API) *contract {
	text, err := json.Marshal(api.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{doc: doc.(map[string]any), schemas: jsonschema.NewCompiler(), seen: map[string]bool{}}
	c.schemas.AssertFormat()
	if err := c.schemas.AddResource(documentURL, doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// held puts the contract around an API.
func held(t testing.TB, api *httpapi.API) http.Handler {
	promise.Do(func() { promised = newContract(t, api) })
	return promised.around(t, api)
}

// object goes down the members of a document; nil where there is none.
func object(v any, path ...string) map[string]any {
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	m, _ := v.(map[string]any)
	return m
}

// pointer is a JSON pointer.
func pointer(path ...string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	var b strings.Builder
	for _, name := range path {
		b.WriteString("/" + escape.Replace(name))
	}
	return b.String()
}

// gaps are the answers and schemas that were never seen.
func (c *contract) gaps() (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	want := func(what string) {
		if !c.seen[what] {
			all = append(all, what)
		}
	}
	for template, item := range object(c.doc, "paths") {
		for method, op := range item.(map[string]any) {
			for status := range object(op, "responses") {
				want(strings.ToUpper(method) + " " + template + " " + status)
			}
		}
	}
	for name := range object(c.doc, "components", "schemas") {
		want("schema " + name)
	}
	slices.Sort(all)
	return all
}

// route finds the template of an address: as the mux does, by the parts as they are written.
func (c *contract) route(method, path string) (template string, found bool) {
	parts := strings.Split(path, "/")
	for template, item := range object(c.doc, "paths") {
		if object(item, strings.ToLower(method)) == nil {
			continue
		}
		if fits(strings.Split(template, "/"), parts) && (!found || strings.Count(template, "{") == 0) {
			return template, true
		}
	}
	return "", false
}

func fits(template, parts []string) bool {
	for i, p := range template {
		switch {
		case i >= len(parts):
			return false
		case p == "{path}":
			return true
		case strings.HasPrefix(p, "{"):
			if parts[i] == "" {
				return false
			}
		case p != parts[i]:
			return false
		}
	}
	return len(template) == len(parts)
}

// witness keeps what was answered.
type witness struct {
	http.ResponseWriter
	status int
	text   bytes.Buffer // of JSON; other bodies are not kept
	bytes  int
}

// WriteHeader implements http.ResponseWriter.
func (w *witness) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *witness) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if isJSON(w.media()) {
		w.text.Write(p)
	}
	w.bytes += len(p)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *witness) media() string {
	kind, _, _ := mime.ParseMediaType(w.Header().Get("Content-Type"))
	return kind
}

func isJSON(kind string) bool { return kind == "application/json" || strings.HasSuffix(kind, "+json") }

// around holds every exchange to the contract.
func (c *contract) around(t testing.TB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &witness{ResponseWriter: w}
		var sent bytes.Buffer
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); isJSON(kind) {
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, &sent), r.Body}
		}
		whole := false
		defer func() { // also when the answer is broken off
			if out.status == 0 {
				out.status = http.StatusOK
			}
			if err := c.judge(r, sent.Bytes(), out, whole); err != nil {
				t.Errorf("%s %s: status %d: %v", r.Method, r.URL, out.status, err)
			}
		}()
		next.ServeHTTP(out, r)
		whole = true
	})
}

// apart are the routes that the document leaves out, with their statuses: they serve operators and browsers.
var apart = map[string][]int{"/openapi.json": {200}, "/docs": {200}, "/docs/docs.js": {200}, "/docs/docs.css": {200},
	"/healthz": {200}, "/readyz": {200, 503}, "/metrics": {200, 401}}

// judge tells where an exchange departs from the document.
func (c *contract) judge(r *http.Request, sent []byte, out *witness, whole bool) error {
	template, found := c.route(r.Method, r.URL.EscapedPath())
	if !found {
		if slices.Contains(apart[r.URL.Path], out.status) || slices.Contains([]int{403, 404, 405}, out.status) {
			return nil
		}
		return fmt.Errorf("no route has this")
	}
	status, method := strconv.Itoa(out.status), strings.ToLower(r.Method)
	place := []string{"paths", template, method}
	response := object(c.doc, append(place, "responses", status)...)
	if response == nil {
		return fmt.Errorf("the document does not tell of the status")
	}
	c.mark(r.Method + " " + template + " " + status)
	content := object(response, "content")
	media := out.media()
	switch {
	case content == nil && out.bytes > 0:
		return fmt.Errorf("the document tells of no body")
	case content == nil:
		return nil
	case content[media] == nil && content["*/*"] == nil:
		return fmt.Errorf("the document tells of %v, not of %q", slices.Sorted(maps.Keys(content)), media)
	}
	if whole && isJSON(media) && content[media] != nil {
		if err := c.check(out.text.Bytes(), append(place, "responses", status, "content", media, "schema")); err != nil {
			return err
		}
	}
	if out.status < 300 && len(sent) > 0 {
		if err := c.check(sent, append(place, "requestBody", "content", "application/json", "schema")); err != nil {
			return fmt.Errorf("a request was taken that departs from the document: %w", err)
		}
	}
	return nil
}

// check holds a JSON text to the schema at a place of the document.
func (c *contract) check(text []byte, place []string) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.schemas.Compile(documentURL + "#" + pointer(place...))
	if err != nil {
		return err
	}
	if err := s.Validate(v); err != nil {
		return err
	}
	c.walk(object(c.doc, place...), v)
	return nil
}

func (c *contract) mark(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[what] = true
}

// walk marks the named schemas that a value has an instance of. The caller holds mu.
func (c *contract) walk(schema map[string]any, v any) {
	if ref, ok := schema["$ref"].(string); ok && v != nil {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		c.seen["schema "+name] = true
		c.walk(object(c.doc, "components", "schemas", name), v)
		return
	}
	for _, form := range asList(schema["oneOf"]) {
		c.walk(object(form), v)
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			c.walk(object(schema["items"]), item)
		}
	case map[string]any:
		for name, member := range v {
			if known := object(schema, "properties", name); known != nil {
				c.walk(known, member)
			} else {
				c.walk(object(schema["additionalProperties"]), member)
			}
		}
	}
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}
