package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sadi"
	"sadi/internal/config"
)

// The pages whose commands a person types as they stand.
var typed = []string{"README.md", "docs/runbook.md", "docs/runbook.es.md"}

// page is a Markdown file in its parts.
type page struct {
	name     string
	text     string
	headings []string // "## Overview"
	blocks   []string // of code, without their fences
	inline   []string // code within a line
	shape    []string // headings by level, tables by rows, lists and blocks by their place: what a translation keeps
}

func readPage(t *testing.T, name string) page {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	p := page{name: name, text: string(b)}
	code := regexp.MustCompile("`([^`]+)`")
	fenced := false
	var block strings.Builder
	for line := range strings.Lines(p.text) {
		switch {
		case strings.HasPrefix(line, "```"):
			if fenced = !fenced; !fenced {
				p.blocks, p.shape = append(p.blocks, block.String()), append(p.shape, "code")
				block.Reset()
			}
			continue
		case fenced:
			block.WriteString(line)
			continue
		case strings.HasPrefix(line, "#"):
			p.headings = append(p.headings, strings.TrimSpace(line))
			p.shape = append(p.shape, strings.TrimRight(line[:strings.IndexByte(line, ' ')], " "))
		case strings.HasPrefix(line, "|"):
			p.shape = append(p.shape, fmt.Sprintf("row of %d", strings.Count(line, "|")))
		case strings.HasPrefix(line, "- "), len(line) > 2 && line[0] >= '0' && line[0] <= '9' && line[1] == '.':
			p.shape = append(p.shape, "item")
		}
		for _, m := range code.FindAllStringSubmatch(line, -1) {
			p.inline = append(p.inline, m[1])
		}
	}
	if fenced || len(p.headings) == 0 {
		t.Fatalf("%s ends within a block, or has no heading", name)
	}
	return p
}

// remarks are the comments of a block; they are all that a translation of it changes.
var remarks = regexp.MustCompile(`(?m)[ \t]*#.*$`)

func TestRunbooksAreOneInTwoLanguages(t *testing.T) {
	en, es := readPage(t, "docs/runbook.md"), readPage(t, "docs/runbook.es.md")
	if !slices.Equal(en.shape, es.shape) {
		for i := range min(len(en.shape), len(es.shape)) {
			if en.shape[i] != es.shape[i] {
				t.Fatalf("part %d: %s and %s", i, en.shape[i], es.shape[i])
			}
		}
		t.Fatalf("%d parts and %d", len(en.shape), len(es.shape))
	}
	for i := range en.blocks {
		if a, b := remarks.ReplaceAllString(en.blocks[i], ""), remarks.ReplaceAllString(es.blocks[i], ""); a != b {
			t.Errorf("block %d:\n%s\n%s", i, a, b)
		}
	}
	for _, p := range []page{en, es} {
		for _, c := range sadi.Codes() {
			if !strings.Contains(p.text, "\n| `"+string(c)+"` | ") {
				t.Errorf("%s has no row for the error %s", p.name, c)
			}
		}
		for _, s := range []sadi.State{sadi.Queued, sadi.Running, sadi.NeedsTarget, sadi.Succeeded, sadi.Failed, sadi.Cancelled} {
			if !strings.Contains(p.text, "\n| `"+string(s)+"` | ") {
				t.Errorf("%s has no row for the state %s", p.name, s)
			}
		}
		// The request with which the module was asked for; it is part of the contract.
		if !slices.Contains(p.blocks, submitRequest) {
			t.Errorf("%s has not the request to submit", p.name)
		}
	}
}

const submitRequest = `curl -X POST -H "Content-Type: application/json" \
  http://localhost:8000/unified/v1/wpa/auto-ml/submit \
  -d '{
    "input_csv_path": "data/incoming/sample.csv",
    "task_type": "auto",
    "params": {
      "models": ["logistic_regression", "random_forest_classifier", "xgb_classifier"],
      "hpo": true,
      "budget": "small"
    }
  }'
`

// commands are the lines of a page that start sadi, from the variables before it on.
func (p page) commands() [][]string {
	var all [][]string
	add := func(line string) {
		words := strings.Fields(line)
		i := slices.Index(words, "sadi")
		if i < 0 || i+1 == len(words) {
			return
		}
		before := strings.Join(words[:i], " ")
		if before == "" || before == "docker-compose exec backend" || !slices.ContainsFunc(words[:i], func(w string) bool { return !strings.HasPrefix(w, "SADI_") }) {
			all = append(all, words[i+1:])
		}
	}
	for _, b := range p.blocks {
		for line := range strings.Lines(remarks.ReplaceAllString(strings.ReplaceAll(b, "\\\n", " "), "")) {
			for _, part := range strings.FieldsFunc(line, func(r rune) bool { return r == '&' || r == '|' }) {
				add(part)
			}
		}
	}
	for _, c := range p.inline {
		if strings.HasPrefix(c, "sadi ") {
			add(c)
		}
	}
	return all
}

// planned are commands that pages may name before they are there. Those that have settings are held to them already.
var planned = map[string]config.Role{"serve": config.Serve, "worker": config.Worker, "submit": 0, "jobs": 0}

func TestEveryCommandOfThePagesExists(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range typed {
		for _, words := range readPage(t, name).commands() {
			seen[words[0]] = true
			if err := understood(words); err != nil {
				t.Errorf("%s: sadi %s: %v", name, strings.Join(words, " "), err)
			}
		}
	}
	for _, c := range []string{"run", "serve", "worker", "submit", "jobs", "verify", "replay", "predict", "health"} {
		if !seen[c] {
			t.Errorf("no page tells of sadi %s", c)
		}
	}
}

// understood reports what is wrong with the words after sadi, without running anything.
func understood(words []string) error {
	app := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	root := app.root()
	c, rest, err := root.Find(words)
	if err != nil || c == root {
		role, ok := planned[words[0]]
		if !ok {
			return fmt.Errorf("there is no such command")
		}
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		if role == 0 {
			return nil
		}
		config.NewReader(role).Bind(flags)
		return flags.Parse(words[1:])
	}
	c.InitDefaultHelpFlag()
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if help, err := c.Flags().GetBool("help"); err == nil && help || len(c.Flags().Args()) == 0 && len(words) == 1 {
		return nil // a page may name a command without its arguments
	}
	return c.ValidateArgs(c.Flags().Args())
}

// TestTheCheckOfCommandsSeesMistakes holds the test above to its purpose.
func TestTheCheckOfCommandsSeesMistakes(t *testing.T) {
	for _, line := range []string{"rum x.csv", "run x.csv --budgett small", "verify", "verify a b", "serve --lissten x", "worker -X y", "health --wait soon"} {
		words := strings.Fields(line)
		if line == "verify" {
			words = append(words, "--json") // with an option it is a line to type, and lacks its folder
		}
		if understood(words) == nil {
			t.Errorf("sadi %s is taken", line)
		}
	}
}

// Every option and every variable that a runbook names within a sentence is one of some command.
func TestEveryOptionOfTheRunbooksExists(t *testing.T) {
	flags, variables := map[string]bool{}, map[string]bool{"SADI_SERVER": true, "SADI_TOKEN": true, "SADI_UID": true, "SADI_GID": true}
	for _, s := range config.Settings(config.Serve | config.Worker) {
		flags["--"+s.Name], variables[s.Env()] = true, true
		variables[s.Env()+"_FILE"] = s.Secret
	}
	flags["--print-config"] = true
	app := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		note := func(f *pflag.Flag) { flags["--"+f.Name] = true }
		c.Flags().VisitAll(note)
		c.PersistentFlags().VisitAll(note)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(app.root())
	option, variable := regexp.MustCompile(`^--[a-z-]+`), regexp.MustCompile(`SADI_[A-Z_]+`)
	for _, name := range typed[1:] {
		p := readPage(t, name)
		for _, c := range p.inline {
			if o := option.FindString(c); o != "" && !flags[o] {
				t.Errorf("%s: there is no option %s", name, o)
			}
		}
		for _, v := range variable.FindAllString(p.text, -1) {
			if !variables[v] {
				t.Errorf("%s: there is no variable %s", name, v)
			}
		}
	}
}

// routes are those of the service, below its base path; the others stand at the root.
var (
	base   = "/unified/v1/wpa/auto-ml"
	atRoot = []string{"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"}
	routes = []string{"/submit", "/jobs", "/jobs/{id}", "/jobs/{id}/events", "/jobs/{id}/result", "/jobs/{id}/manifest", "/jobs/{id}/artifacts",
		"/jobs/{id}/artifacts/report.html", "/jobs/{id}/logs", "/jobs/{id}/cancel", "/jobs/{id}/target", "/jobs/{id}/predict", "/datasets",
		"/datasets/{id}/profile", "/models", "/status", "/hpo/submit"}
)

func TestEveryRouteOfThePagesExists(t *testing.T) {
	called := regexp.MustCompile("(?:GET|POST|PUT|DELETE) (/[^\\s`]*)|http://localhost:8000(/[^\\s\"`]*)")
	for _, name := range typed {
		p := readPage(t, name)
		found := called.FindAllStringSubmatch(p.text, -1)
		if len(found) < 10 && strings.Contains(name, "runbook") {
			t.Errorf("%s: found only %d routes", name, len(found))
		}
		for _, m := range found {
			path := strings.ReplaceAll(m[1]+m[2], "$JOB", "{id}")
			below, ok := strings.CutPrefix(path, base)
			if !slices.Contains(atRoot, path) && !(ok && slices.Contains(routes, below)) {
				t.Errorf("%s: there is no route %s", name, path)
			}
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)]+)\)`)
	for _, name := range append(slices.Clone(typed[1:]), "docs/configuration.md") {
		p := readPage(t, name)
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			to, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, "://") {
				continue
			}
			if to != "" {
				if _, err := os.Stat(filepath.Join("..", "..", filepath.Dir(filepath.FromSlash(name)), filepath.FromSlash(to))); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if anchor != "" && to == "" && !slices.ContainsFunc(p.headings, func(h string) bool { return slug(h) == anchor }) {
				t.Errorf("%s: there is no heading #%s", name, anchor)
			}
		}
	}
}

// slug is the anchor of a heading.
func slug(heading string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(strings.TrimLeft(heading, "#"))), " ", "-")
}
