package httpapi_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi/datamodel"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"sadi/internal/httpapi"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

// strict is the schema of OpenAPI 3.1 documents whose schemas are JSON Schema 2020-12. The official one leaves them open
// at the anchor meta; this closes it.
const strict = `{"$id": "https://sadi.invalid/openapi-3.1", "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "OFFICIAL",
	"$defs": {"schema": {"$dynamicAnchor": "meta", "$ref": "https://json-schema.org/draft/2020-12/schema"}}}`

func parsed(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func metaSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	official := parsed(t, datamodel.OpenAPI31SchemaData)
	name, _ := official.(map[string]any)["$id"].(string)
	if !strings.HasPrefix(name, "https://spec.openapis.org/oas/3.1/schema/") {
		t.Fatalf("the schema is %q", name)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for at, doc := range map[string]any{name: official, "strict": parsed(t, strings.ReplaceAll(strict, "OFFICIAL", name))} {
		if err := c.AddResource(at, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("strict")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func document(t *testing.T) string {
	t.Helper()
	w := servicetest.New(t, service.Limits{})
	text, err := json.Marshal(httpapi.New(httpapi.Options{Service: w.Service}).OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheDocumentIsValid holds the document to the official schema, which must find what is made wrong in it.
func TestTheDocumentIsValid(t *testing.T) {
	s, text := metaSchema(t), document(t)
	if err := s.Validate(parsed(t, text)); err != nil {
		t.Fatalf("%v", err)
	}
	for _, c := range []struct{ what, from, to string }{
		{"another version", `"openapi":"3.1.0"`, `"openapi":"3.0.3"`},
		{"no title", `"title":"SADI AutoML"`, `"name":"SADI AutoML"`},
		{"a response without words", `"description":"Conflict"`, `"about":"Conflict"`},
		{"a parameter that is nowhere", `"in":"query"`, `"in":"somewhere"`},
		{"a path parameter that may be absent", `"in":"path","name":"job_id","required":true`, `"in":"path","name":"job_id","required":false`},
		{"a type that there is not", `"type":"integer"`, `"type":"int"`},
		{"a bound that is a word", `"minimum":2`, `"minimum":"2"`},
		{"a schema that is a list", `"items":{"type":"string"}`, `"items":[{"type":"string"}]`},
		{"a member that there is not", `"operationId":`, `"operationID":`},
		{"a reference that is none", `"$ref":"#/components/schemas/Problem"`, `"$ref":7`},
	} {
		wrong := strings.Replace(text, c.from, c.to, 1)
		if wrong == text {
			t.Errorf("%s: the document has no %s", c.what, c.from)
		} else if s.Validate(parsed(t, wrong)) == nil {
			t.Errorf("%s: the schema does not find it", c.what)
		}
	}
}

var inBraces = regexp.MustCompile(`\{([a-z_]+)\}`)

// TestTheDocumentHoldsTogether checks what no schema can: references lead somewhere, paths have their parameters,
// examples and defaults fit.
func TestTheDocumentHoldsTogether(t *testing.T) {
	doc := parsed(t, document(t)).(map[string]any)
	c := jsonschema.NewCompiler()
	if err := c.AddResource(documentURL, doc); err != nil {
		t.Fatal(err)
	}
	schemas, samples := 0, 0
	eachSchema(doc, nil, func(place []string, schema map[string]any) {
		schemas++
		s, err := c.Compile(documentURL + "#" + pointer(place...))
		if err != nil {
			t.Errorf("%v: %v", place, err)
			return
		}
		given, has := schema["default"]
		all := asList(schema["examples"])
		if has {
			all = append(slices.Clone(all), given)
		}
		for _, v := range all {
			samples++
			if err := s.Validate(v); err != nil {
				t.Errorf("%v: the example or default %v: %v", place, v, err)
			}
		}
	})
	if schemas < 200 || samples < 20 {
		t.Errorf("only %d schemas and %d samples were found", schemas, samples)
	}
	for template, item := range object(doc, "paths") {
		for method, op := range item.(map[string]any) {
			var want, got []string
			for _, m := range inBraces.FindAllStringSubmatch(template, -1) {
				want = append(want, m[1])
			}
			for _, p := range asList(object(op)["parameters"]) {
				if p := object(p); p["in"] == "path" {
					got = append(got, p["name"].(string))
				}
			}
			slices.Sort(want)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s %s: the path has %v, the parameters are %v", method, template, want, got)
			}
		}
	}
}

// eachSchema calls f for every schema of a document, with its place.
func eachSchema(v any, place []string, f func(place []string, schema map[string]any)) {
	below := func(names ...string) []string { return append(slices.Clone(place), names...) }
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			switch {
			case name == "schema":
				inSchema(object(member), below(name), f)
			case name == "schemas":
				for n, schema := range object(member) {
					inSchema(object(schema), below(name, n), f)
				}
			case name != "example" && name != "examples":
				eachSchema(member, below(name), f)
			}
		}
	case []any:
		for i, member := range v {
			eachSchema(member, below(strconv.Itoa(i)), f)
		}
	}
}

// inSchema calls f for a schema and those within it.
func inSchema(schema map[string]any, place []string, f func(place []string, schema map[string]any)) {
	f(place, schema)
	below := func(names ...string) []string { return append(slices.Clone(place), names...) }
	for name, member := range object(schema, "properties") {
		inSchema(object(member), below("properties", name), f)
	}
	for i, member := range asList(schema["oneOf"]) {
		inSchema(object(member), below("oneOf", strconv.Itoa(i)), f)
	}
	for _, name := range []string{"items", "additionalProperties"} {
		if member := object(schema, name); member != nil {
			inSchema(member, below(name), f)
		}
	}
}

// TestTheDocumentIsServed compares what goes over the wire.
func TestTheDocumentIsServed(t *testing.T) {
	w := open(t, httpapi.Options{}, service.Limits{})
	a, text := w.call("GET", "!/openapi.json", nil)
	if text != document(t) || a.Header.Get("Content-Type") != "application/vnd.oai.openapi+json;version=3.1" {
		t.Errorf("%v: %.200s", a.Header, text)
	}
}
