package manifest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/manifest/manifesttest"
	"sadi/internal/table"
)

var update = flag.Bool("update", false, "write docs/FORMATS/manifest.schema.json from the types and their comments")

const schemaFile = "../../docs/FORMATS/manifest.schema.json"

// The schema in the documentation is made from the types: a field, its comment, the constants of its type. This test
// fails when one was changed without the other; go test ./internal/manifest -update makes it anew.
func TestSchemaIsThatOfTheTypes(t *testing.T) {
	s := &schema{t: t, sources: map[string]*source{}, defs: object{}}
	root := s.structure(reflect.TypeFor[manifest.Manifest]())
	doc := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"$id", "urn:sadi:manifest:1"}, {"title", "manifest.json, " + manifest.Schema},
	}
	doc = append(append(doc, root...), pair{"$defs", s.defs})
	var want bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, want.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("docs/FORMATS/manifest.schema.json is not that of the types: run go test ./internal/manifest -update")
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestManifestsFitTheSchema(t *testing.T) {
	s := compile(t)
	for _, p := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		dir, _ := manifesttest.Finished(t, p)
		if err := s.Validate(instance(t, dir)); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	dir := t.TempDir() // the least that a manifest can hold
	m := &manifest.Manifest{JobID: "x", Status: sadi.Failed}
	d := &m.Determined
	d.Dataset.SHA256, d.Program.DependenciesSHA256, d.Split.TrainHash = manifesttest.Hash(1), manifesttest.Hash(2), manifesttest.Hash(3)
	d.Spec.TaskType, d.Target.Problem = sadi.Auto, sadi.Binary
	if err := manifest.Write(dir, m); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(instance(t, dir)); err != nil {
		t.Errorf("least: %v", err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compile(t)
	dir, _ := manifesttest.Finished(t, sadi.Binary)
	for name, change := range map[string]func(map[string]any){
		"another version": func(m map[string]any) { m["schema"] = "sadi.manifest/2" },
		"no digest":       func(m map[string]any) { delete(m, "digest") },
		"a short digest":  func(m map[string]any) { m["digest"] = "abc" },
		"a status":        func(m map[string]any) { m["status"] = "done" },
		"a trial's state": func(m map[string]any) { part(m, "trials", 0)["status"] = "great" },
		"a text as score": func(m map[string]any) { part(m, "trials", 0)["score"] = "0.5" },
		"a column's kind": func(m map[string]any) {
			part(m, "dataset", -1)["schema"] = []any{map[string]any{"name": "x", "kind": "decimal"}}
		},
		"a time":      func(m map[string]any) { m["created"] = "yesterday" },
		"a null list": func(m map[string]any) { part(m, "", -1)["clock"] = nil },
	} {
		m := instance(t, dir).(map[string]any)
		change(m)
		if s.Validate(m) == nil {
			t.Errorf("%s: the schema has nothing against it", name)
		}
	}
}

func part(m map[string]any, name string, i int) map[string]any {
	d := m["determined"].(map[string]any)
	switch {
	case name == "":
		return d
	case i < 0:
		return d[name].(map[string]any)
	}
	return d[name].([]any)[i].(map[string]any)
}

func instance(t *testing.T, dir string) any {
	t.Helper()
	f, err := os.Open(dir + "/" + manifest.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// object is a JSON object that keeps the order of its members.
type object []pair

type pair struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		var value bytes.Buffer
		e := json.NewEncoder(&value)
		e.SetEscapeHTML(false)
		if err := e.Encode(p.value); err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value.Bytes())
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// source is what the comments and constants of a package say.
type source struct {
	types  map[string]string   // type → comment
	fields map[string]string   // "Type.Field" → comment
	enums  map[string][]string // type → its string constants
}

type schema struct {
	t       *testing.T
	sources map[string]*source // by import path
	defs    object
}

func (s *schema) structure(typ reflect.Type) object {
	src := s.source(typ.PkgPath())
	if src.types[typ.Name()] == "" {
		s.t.Errorf("%s has no comment", typ)
	}
	var properties object
	required := []string{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name != strings.ToLower(name) {
			s.t.Errorf("%s.%s has no name in snake_case", typ, f.Name)
		}
		text := src.fields[typ.Name()+"."+f.Name]
		if text == "" {
			s.t.Errorf("%s.%s has no comment", typ, f.Name)
		}
		value := object{{"description", text}}
		if strings.HasSuffix(name, "hash") || strings.HasSuffix(name, "sha256") || name == "digest" {
			value = append(value, pair{"type", "string"}, pair{"pattern", "^[0-9a-f]{64}$"})
		} else if name == "schema" && typ == reflect.TypeFor[manifest.Manifest]() {
			value = append(value, pair{"const", manifest.Schema})
		} else {
			value = append(value, s.value(f.Type)...)
		}
		properties = append(properties, pair{name, value})
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	return object{{"description", src.types[typ.Name()]}, {"type", "object"}, {"properties", properties}, {"required", required}}
}

// value is the schema of a type: its keywords, to stand beside a description.
func (s *schema) value(typ reflect.Type) object {
	switch typ {
	case reflect.TypeFor[json.RawMessage]():
		return object{{"type", []string{"object", "null"}}}
	case reflect.TypeFor[manifest.Time]():
		return object{{"type", "string"}, {"format", "date-time"}}
	case reflect.TypeFor[manifest.Seed]():
		return object{{"anyOf", []object{{{"type", "integer"}, {"minimum", 0}}, {{"type", "string"}, {"pattern", "^[0-9]+$"}}}}}
	case reflect.TypeFor[sadi.Budget]():
		one := func(name string) object {
			return object{{"type", "object"}, {"properties", object{{name, object{{"type", "number"}, {"minimum", 1}}}}}, {"required", []string{name}}}
		}
		return object{{"anyOf", []object{{{"enum", []string{"small", "medium", "large"}}}, one("seconds"), one("trials")}}}
	case reflect.TypeFor[table.Kind]():
		var kinds []string
		for k := table.Number; k <= table.Text; k++ {
			kinds = append(kinds, k.String())
		}
		return object{{"enum", kinds}}
	}
	switch typ.Kind() {
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Int, reflect.Int64:
		return object{{"type", "integer"}}
	case reflect.Float64:
		return object{{"type", "number"}}
	case reflect.Map:
		return object{{"type", "object"}}
	case reflect.Slice:
		return object{{"type", "array"}, {"items", s.value(typ.Elem())}}
	case reflect.String:
		if typ.PkgPath() == "" {
			return object{{"type", "string"}}
		}
		enum := s.source(typ.PkgPath()).enums[typ.Name()]
		if len(enum) == 0 {
			s.t.Errorf("%s has no constants", typ)
		}
		return object{{"enum", enum}}
	case reflect.Pointer:
		return object{{"anyOf", []object{s.value(typ.Elem()), {{"type", "null"}}}}}
	case reflect.Struct:
		s.define(typ)
		return object{{"$ref", "#/$defs/" + typ.Name()}}
	}
	s.t.Fatalf("no schema for %s", typ)
	return nil
}

func (s *schema) define(typ reflect.Type) {
	for _, d := range s.defs {
		if d.name == typ.Name() {
			return
		}
	}
	at := len(s.defs)
	s.defs = append(s.defs, pair{typ.Name(), nil})
	s.defs[at].value = s.structure(typ)
}

// source reads the comments of a package of this module.
func (s *schema) source(importPath string) *source {
	if src := s.sources[importPath]; src != nil {
		return src
	}
	src := &source{types: map[string]string{}, fields: map[string]string{}, enums: map[string][]string{}}
	s.sources[importPath] = src
	dir := path.Join("../..", strings.TrimPrefix(strings.TrimPrefix(importPath, "sadi"), "/"))
	files, err := os.ReadDir(dir)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path.Join(dir, file.Name()), nil, parser.ParseComments)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, decl := range f.Decls {
			if g, ok := decl.(*ast.GenDecl); ok {
				for _, spec := range g.Specs {
					src.read(g, spec)
				}
			}
		}
	}
	return src
}

func (src *source) read(g *ast.GenDecl, spec ast.Spec) {
	oneLine := func(groups ...*ast.CommentGroup) string {
		for _, c := range groups {
			if text := strings.Join(strings.Fields(c.Text()), " "); text != "" {
				return text
			}
		}
		return ""
	}
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		src.types[spec.Name.Name] = oneLine(spec.Doc, g.Doc)
		if structure, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					src.fields[spec.Name.Name+"."+name.Name] = oneLine(field.Doc, field.Comment)
				}
			}
		}
	case *ast.ValueSpec:
		typ, ok := spec.Type.(*ast.Ident)
		if !ok || g.Tok != token.CONST || len(spec.Values) != 1 {
			return
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				src.enums[typ.Name] = append(src.enums[typ.Name], text)
			}
		}
	}
}
