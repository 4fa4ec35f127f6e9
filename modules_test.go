package sadi_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// directModules are the modules that go.mod requires for the packages and tests of this one, and those of its tools.
func directModules(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var modules, tools []string
	block := ""
	for line := range strings.Lines(string(text)) {
		code, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		switch {
		case len(words) == 0:
			continue
		case len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case words[0] == ")":
			block = ""
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		switch {
		case words[0] == "require" && strings.TrimSpace(comment) != "indirect":
			modules = append(modules, words[1])
		case words[0] == "require":
			tools = append(tools, words[1])
		case words[0] == "tool": // its module is required as an indirect one
			i := slices.IndexFunc(tools, func(module string) bool { return strings.HasPrefix(words[1], module+"/") })
			if i < 0 {
				t.Fatalf("go.mod requires no module for the tool %s", words[1])
			}
			modules = append(modules, tools[i])
		}
	}
	return modules
}

func TestEveryDependencyHasItsReason(t *testing.T) {
	page, err := os.ReadFile("docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "\n## Dependencies\n")
	if !ok {
		t.Fatal("docs/ARCHITECTURE.md has no section on dependencies")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	modules := directModules(t)
	if len(modules) < 5 {
		t.Fatalf("go.mod requires only %v", modules)
	}
	reason := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\S+\.\S+)(?: \([a-z]+\))? \| [^|]+ \| [^|]+ \|$`).FindAllStringSubmatch(section, -1) {
		reason[m[1]] = true
		if !slices.Contains(modules, m[1]) {
			t.Errorf("docs/ARCHITECTURE.md gives a reason for %s, which go.mod does not require", m[1])
		}
	}
	for _, m := range modules {
		if !reason[m] {
			t.Errorf("docs/ARCHITECTURE.md does not say what %s is for and why this one", m)
		}
	}
}
