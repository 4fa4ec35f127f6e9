package manifest

import (
	"encoding/json"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

var build = &debug.BuildInfo{
	Deps: []*debug.Module{
		{Path: "gonum.org/v1/gonum", Version: "v0.16.0", Sum: "h1:5+ul4Swaf3ESvrOnidPp4GZbzf0mxVQpDCYUQE7OJfk="},
		{Path: "example.org/a b", Version: "v1.0.0+incompatible", Replace: &debug.Module{Path: "example.org/fork", Version: "v2.0.0", Sum: "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}},
	},
}

func TestDependenciesAreLines(t *testing.T) {
	p, modules := describe(build)
	p.GoVersion = "go1.26.8"
	want := "go 1.26.8\nsadi v0.1.0\n" +
		"example.org/fork v2.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" +
		"gonum.org/v1/gonum v0.16.0 h1:5+ul4Swaf3ESvrOnidPp4GZbzf0mxVQpDCYUQE7OJfk=\n"
	if got := Dependencies(p, modules); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The linker tells a test binary nothing of its modules; TestDependenciesAreLines has them.
func TestRunningBinary(t *testing.T) {
	p, modules := Running()
	if !strings.HasPrefix(p.GoVersion, "go") || modules[0].Path != "sadi" {
		t.Errorf("got %+v, %v", p, modules)
	}
	if p.DependenciesSHA256 != hash([]byte(Dependencies(p, modules))) {
		t.Error("the hash is not that of dependencies.txt")
	}
}

func TestSBOM(t *testing.T) {
	p, modules := describe(build)
	text, err := SBOM(p, modules)
	if err != nil {
		t.Fatal(err)
	}
	var b bom
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	if b.Format != "CycloneDX" || b.SpecVersion != "1.5" || b.Version != 1 || b.Metadata.Component.Name != "sadi" || len(b.Components) != 3 {
		t.Errorf("got %s", text)
	}
	// the pattern of the CycloneDX schema
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(b.Serial) {
		t.Errorf("got the serial number %s", b.Serial)
	}
	gonum := b.Components[2]
	// base64 -d of the checksum, in hexadecimal
	const sum = "e7eba5e12c1a7f7112beb3a789d3e9e0665bcdfd26c554290c2614404ece25f9"
	if gonum.PURL != "pkg:golang/gonum.org/v1/gonum@v0.16.0" || len(gonum.Hashes) != 1 || gonum.Hashes[0].Content != sum {
		t.Errorf("got %+v", gonum)
	}
	refs := map[string]bool{b.Metadata.Component.Ref: true}
	for _, c := range b.Components {
		if refs[c.Ref] {
			t.Errorf("the reference %s stands twice", c.Ref)
		}
		refs[c.Ref] = true
	}
	for _, d := range b.Dependencies {
		for _, ref := range append(d.DependsOn, d.Ref) {
			if !refs[ref] {
				t.Errorf("the reference %s leads nowhere", ref)
			}
		}
	}
	if again, _ := SBOM(p, modules); string(again) != string(text) {
		t.Error("equal programs give other bytes")
	}
	if other, _ := SBOM(p, modules[:2]); strings.Contains(string(other), b.Serial) {
		t.Error("another program has the same serial number")
	}
}
