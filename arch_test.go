package sadi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layers is the architecture: a package may import packages of the lines above its own, and of no other line. "x/*"
// stands for the folders directly below x. docs/ARCHITECTURE.md says what each package is.
var layers = []string{
	"sadi",
	"isa elementary",
	"rng par num gemm fsx codec host near",
	"param table artifact blob mlflow",
	"table/csvio table/parquet dataset portfolio",
	"loss metric split search profile",
	"prep model search/* ensemble evaluate",
	"prep/* model/tree model/linear model/bayes explain",
	"prep/pipeline model/*",
	"bundle trial manifest interchange",
	"report",
	"engine",
	"catalog",
	"queue pack mlflow/flavor",
	"service worker",
	"blob/* mlflow/* jetqueue httpapi client config",
	"../bench/internal/*",
	"../cmd/sadi ../bench/*",
}

// bans are edges that the layers would allow and that must not exist.
var bans = []struct{ from, to, why string }{
	{"search/*", "dataset", "a searcher that sees data learns one model's quirks"},
	{"search/*", "metric", "a searcher compares scores and needs no scorer"},
	{"engine", "net/http", "a result must not depend on a transport"},
	{"engine", "math/rand", "chance comes from named streams"},
}

type pkg struct {
	name, dir string // name below internal/
	imports   []string
	doc       string
	files     int
}

func readPackages(t *testing.T) []pkg {
	t.Helper()
	byDir := map[string]*pkg{}
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(p))
		q := byDir[dir]
		if q == nil {
			q = &pkg{dir: dir, name: internalName(dir)}
			byDir[dir] = q
		}
		q.files++
		if f.Doc != nil {
			q.doc = f.Doc.Text()
		}
		for _, im := range f.Imports {
			q.imports = append(q.imports, strings.Trim(im.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for _, p := range byDir {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b pkg) int { return strings.Compare(a.dir, b.dir) })
	if len(all) < 10 {
		t.Fatalf("found only %d packages", len(all))
	}
	return all
}

func internalName(dir string) string {
	switch {
	case dir == ".":
		return "sadi"
	case strings.HasPrefix(dir, "internal/"):
		return strings.TrimPrefix(dir, "internal/")
	}
	return "../" + dir
}

// layerOf returns the line of a package; an exact name goes before a pattern.
func layerOf(name string) int {
	for _, exact := range []bool{true, false} {
		for i, line := range layers {
			for _, pattern := range strings.Fields(line) {
				if ok, _ := path.Match(pattern, name); ok && exact == (pattern == name) {
					return i
				}
			}
		}
	}
	return -1
}

func isTestSupport(name string) bool { return strings.HasSuffix(path.Base(name), "test") }

func TestDependenciesPointDown(t *testing.T) {
	for _, p := range readPackages(t) {
		if isTestSupport(p.name) {
			continue
		}
		mine := layerOf(p.name)
		if mine < 0 {
			t.Errorf("%s stands in no layer: give it a place in arch_test.go and docs/ARCHITECTURE.md", p.dir)
			continue
		}
		for _, im := range p.imports {
			var to string
			switch {
			case im == "sadi":
				to = "sadi"
			case strings.HasPrefix(im, "sadi/"):
				to = internalName(strings.TrimPrefix(im, "sadi/"))
			case p.name == "sadi" && strings.Contains(im, "."):
				t.Errorf("the root package imports %s: it is vocabulary and uses the standard library only", im)
				continue
			default:
				to = im
			}
			if isTestSupport(to) && to != im {
				t.Errorf("%s imports %s: test support is imported from tests only", p.dir, im)
			} else if to != im || to == "sadi" {
				if theirs := layerOf(to); theirs >= mine {
					t.Errorf("%s imports %s, which stands in the same layer or above", p.dir, im)
				}
			}
			for _, b := range bans {
				if ok, _ := path.Match(b.from, p.name); ok && (to == b.to || to == b.to+"/v2") && im != "math/rand/v2" {
					t.Errorf("%s imports %s: %s", p.dir, im, b.why)
				}
			}
			if im == "math/rand" {
				t.Errorf("%s imports math/rand: chance comes from sadi/internal/rng", p.dir)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	architecture, err := os.ReadFile("docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range readPackages(t) {
		want := "Package "
		if strings.HasPrefix(p.dir, "cmd/") || strings.HasPrefix(p.dir, "bench/") && !strings.HasPrefix(p.dir, "bench/internal/") {
			want = "Command "
		}
		if !strings.HasPrefix(p.doc, want) {
			t.Errorf("%s has no package comment that begins with %q", p.dir, want)
		}
		if parent := path.Dir(p.dir); !isTestSupport(p.name) && p.dir != "." &&
			!strings.Contains(string(architecture), "`"+p.dir+"`") && !strings.Contains(string(architecture), "`"+parent+"/*`") {
			t.Errorf("docs/ARCHITECTURE.md does not mention %s", p.dir)
		}
	}
}

// Functions whose bits differ from one processor to the next, and what gives the same bits everywhere.
var unequal = map[string]string{
	"NormFloat64": "rng.Normal", "ExpFloat64": "-elementary.Log of a uniform number",
	"Exp": "elementary", "Exp2": "elementary", "Expm1": "elementary", "Log": "elementary", "Log2": "elementary", "Log10": "elementary",
	"Log1p": "elementary", "Pow": "elementary", "Hypot": "elementary", "Erf": "elementary", "Erfc": "elementary", "Erfinv": "elementary",
	"Erfcinv": "elementary", "Sin": "elementary", "Cos": "elementary", "Sincos": "elementary", "Tan": "elementary", "Tanh": "elementary",
	"Atan": "elementary", "Atan2": "elementary", "Gamma": "elementary", "Lgamma": "elementary", "Cbrt": "elementary",
}

// A result has the same bits on every processor, so nothing in it comes from the functions above.
func TestArithmeticIsPortable(t *testing.T) {
	err := filepath.WalkDir("internal", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && isTestSupport(p) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, p, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				from, _ := s.X.(*ast.Ident)
				if use, bad := unequal[s.Sel.Name]; bad && (strings.HasSuffix(s.Sel.Name, "Float64") || from != nil && from.Name == "math") {
					t.Errorf("%s: %s gives other bits on other processors; use %s", set.Position(n.Pos()), s.Sel.Name, use)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
