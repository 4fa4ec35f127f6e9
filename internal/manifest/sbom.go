package manifest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// SBOMName is the name of the bill of materials in a job's folder.
const SBOMName = "sbom.cdx.json"

// The part of CycloneDX 1.5 that a bill of Go modules needs; https://cyclonedx.org/docs/1.5/json/ describes it.
type (
	bom struct {
		Format       string       `json:"bomFormat"`
		SpecVersion  string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     bomMetadata  `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	bomMetadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type    string    `json:"type"`
		Ref     string    `json:"bom-ref"`
		Name    string    `json:"name"`
		Version string    `json:"version"`
		PURL    string    `json:"purl"`
		Hashes  []bomHash `json:"hashes,omitempty"`
	}
	bomHash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn,omitempty"`
	}
)

// SBOM is the bill of materials of the program in CycloneDX 1.5: its modules and Go's standard library. It holds no
// time, and its serial number is derived from what it lists, so equal programs give equal bytes.
func SBOM(p Program, modules []Module) ([]byte, error) {
	var main component
	library := []component{newComponent("library", Module{Path: "std", Version: strings.TrimPrefix(p.GoVersion, "go")})}
	for i, m := range modules {
		if i == 0 {
			main = newComponent("application", m)
			continue
		}
		library = append(library, newComponent("library", m))
	}
	uses := dependency{Ref: main.Ref}
	edges := make([]dependency, 0, len(library)+1)
	for _, c := range library {
		uses.DependsOn = append(uses.DependsOn, c.Ref)
	}
	edges = append(edges, uses)
	for _, c := range library {
		edges = append(edges, dependency{Ref: c.Ref}) // the linker does not say which module needs which
	}
	text, err := json.MarshalIndent(bom{
		Format: "CycloneDX", SpecVersion: "1.5", Serial: serial(Dependencies(p, modules)), Version: 1,
		Metadata: bomMetadata{main}, Components: library, Dependencies: edges,
	}, "", "  ")
	return append(text, '\n'), err
}

func newComponent(kind string, m Module) component {
	purl := "pkg:golang/" + escapePath(m.Path) + "@" + url.PathEscape(m.Version)
	c := component{Type: kind, Ref: purl, Name: m.Path, Version: m.Version, PURL: purl}
	// "h1:" is base64 of a SHA-256 over the files of the module.
	if text, ok := strings.CutPrefix(m.Sum, "h1:"); ok {
		if sum, err := base64.StdEncoding.DecodeString(text); err == nil {
			c.Hashes = []bomHash{{"SHA-256", hex.EncodeToString(sum)}}
		}
	}
	return c
}

func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// serial is a UUID of version 8 (RFC 9562) made of the SHA-256 of a text.
func serial(text string) string {
	u := sha256.Sum256([]byte("sadi/sbom/v1\n" + text))
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
